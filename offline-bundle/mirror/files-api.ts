/** Plain files of the site: `/files/<name>/<file name>`. */
import type { Protocol } from './protocol';
import { requestTarget } from './request-path';
import { sendContent } from './send-content';

export const filesApi: Protocol = (app, context) => {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/files/*',
    handler: async (request, reply) => {
      const path = requestTarget(request)?.path.slice('/files/'.length) ?? '';
      const content = (await context.catalog()).files.get(path);
      if (content === undefined) reply.code(404).send({ error: `no verified bundle brought file ${path}` });
      else await sendContent(context, request, reply, content);
      return reply;
    },
  });
};
