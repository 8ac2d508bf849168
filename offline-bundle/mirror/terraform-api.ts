/** The provider network mirror protocol (Terraform documentation, "Provider Network Mirror Protocol"). */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ProviderPackage } from './content';
import type { MirrorContext, Protocol } from './protocol';
import { requestTarget } from './request-path';
import { sendContent } from './send-content';

const ROUTE = /^\/terraform\/([^/]+\/[^/]+\/[^/]+)\/([^/]+)$/;

const notFound = (reply: FastifyReply, message: string): FastifyReply => reply.code(404).send({ errors: [message] });

/** Addresses are relative to the document, so the mirror needs not know its own name. */
const archives = (packages: ReadonlyMap<string, ProviderPackage>): object =>
  Object.fromEntries(
    [...packages].map(([platform, { filename, hashes }]) => [platform, { url: encodeURIComponent(filename), hashes }]),
  );

async function answer(context: MirrorContext, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const [, source = '', document = ''] = ROUTE.exec(requestTarget(request)?.path ?? '') ?? [];
  const versions = (await context.catalog()).providers.get(source);
  if (versions === undefined) {
    notFound(reply, source === '' ? 'no such path' : `no verified bundle brought provider ${source}`);
    return;
  }
  if (document === 'index.json') {
    reply.send({ versions: Object.fromEntries([...versions.keys()].map((version) => [version, {}])) });
    return;
  }
  const version = versions.get(document.replace(/\.json$/, ''));
  if (document.endsWith('.json') && version !== undefined) {
    reply.send({ archives: archives(version) });
    return;
  }
  const pack = [...versions.values()]
    .flatMap((packages) => [...packages.values()])
    .find(({ filename }) => filename === document);
  if (pack === undefined) notFound(reply, `provider ${source} has no ${document}`);
  else await sendContent(context, request, reply, pack.content);
}

/** `/terraform/<host>/<namespace>/<type>/…`: versions, packages, archives. */
export const terraformApi: Protocol = (app, context) => {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/terraform/*',
    handler: async (request, reply) => {
      await answer(context, request, reply);
      return reply;
    },
  });
};
