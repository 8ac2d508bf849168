/** The part of the Hub API that huggingface_hub, transformers, vLLM and @huggingface/hub use to read a model. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { field, setFields } from './fields';
import type { HubRepository } from './catalog';
import { commits, modelInfo, pathItems, refs, treeItems } from './hub-json';
import type { HubRevision } from './hub-model';
import { readModelCard } from './model-card';
import type { MirrorContext, Protocol } from './protocol';
import { requestTarget } from './request-path';
import { sendContent } from './send-content';

/** Lists of paths are short; a model has some thousand files at most. Bytes. */
const MAX_FORM_BYTES = 4 * 1024 * 1024;

/** Codes by which huggingface_hub tells absence from trouble (huggingface_hub, utils/_http.py, hf_raise_for_status). */
type HubErrorCode = 'RepoNotFound' | 'RevisionNotFound' | 'EntryNotFound';

/** Views of a model beside that of a revision. */
const VIEWS = 'revision|tree|paths-info|refs|commits|auth-check';

function refuse(reply: FastifyReply, code: HubErrorCode, message: string, commit?: string): void {
  // With the commit, clients may remember that the entry does not exist.
  if (commit !== undefined) setFields(reply, { 'x-repo-commit': field(commit) });
  setFields(reply, { 'x-error-code': field(code), 'x-error-message': field(message) })
    .code(404)
    .send({ error: message });
}

/** `main` or a commit. */
function revisionOf(repository: HubRepository, name: string): HubRevision | undefined {
  return repository.revisions.get(name === 'main' || name === 'HEAD' ? repository.main : name);
}

const isTrue = (value: string | null): boolean => value !== null && /^(?:1|true)$/i.test(value);

/** What a request asks of a model. */
interface ModelRequest {
  readonly context: MirrorContext;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly repository: HubRepository;
  readonly revision: HubRevision;
  /** What follows the revision, without a slash at its ends. */
  readonly rest: string;
  readonly query: URLSearchParams;
}

/** Finds repository and revision, or says which of them is not there. */
async function locate(
  context: MirrorContext,
  reply: FastifyReply,
  id: string,
  name: string,
): Promise<Pick<ModelRequest, 'repository' | 'revision'> | undefined> {
  const repository = (await context.catalog()).hub.get(id);
  if (repository === undefined) {
    refuse(reply, 'RepoNotFound', `no verified bundle brought model ${id}`);
    return undefined;
  }
  const revision = revisionOf(repository, name);
  if (revision === undefined) {
    refuse(reply, 'RevisionNotFound', `${id} is here as ${[...repository.revisions.keys()].join(', ')}, not ${name}`);
    return undefined;
  }
  return { repository, revision };
}

async function sendFile({ context, request, reply, repository, revision, rest }: ModelRequest): Promise<void> {
  const file = revision.files.get(rest);
  if (file === undefined) {
    refuse(reply, 'EntryNotFound', `${repository.id} has no ${rest} at ${revision.commit}`, revision.commit);
    return;
  }
  await sendContent(context, request, reply, file.content, {
    etag: file.etag,
    contentType: 'application/octet-stream',
    headers: {
      'x-repo-commit': field(revision.commit),
      ...(file.pointerSize === undefined
        ? {}
        : { 'x-linked-etag': field(`"${file.sha256}"`), 'x-linked-size': field(file.content.size) }),
    },
  });
}

async function sendInfo({ context, reply, repository, revision, query }: ModelRequest): Promise<void> {
  const card = await readModelCard(context, revision);
  reply.send(modelInfo(repository, revision, card, isTrue(query.get('blobs'))));
}

function sendTree({ reply, repository, revision, rest, query }: ModelRequest): void {
  const items = treeItems(revision, rest, isTrue(query.get('recursive')), isTrue(query.get('expand')));
  if (items === undefined) {
    refuse(reply, 'EntryNotFound', `${repository.id} has no directory ${rest}`, revision.commit);
    return;
  }
  reply.send(items);
}

/** Python sends form fields, the JavaScript client sends JSON. */
function pathsOf(body: unknown): string[] {
  const given = (body as { readonly paths?: unknown } | null | undefined)?.paths;
  return (Array.isArray(given) ? given : [given]).filter((path): path is string => typeof path === 'string');
}

function formField(body: unknown, name: string): string | null {
  const value = (body as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : null;
}

/** Models that are here, as `list_models` asks for them: by author, and by a part of the name. */
async function sendList(context: MirrorContext, reply: FastifyReply, query: URLSearchParams): Promise<void> {
  const author = query.get('author');
  const search = (query.get('search') ?? '').toLowerCase();
  const found: object[] = [];
  for (const repository of (await context.catalog()).hub.values()) {
    const revision = revisionOf(repository, 'main');
    if (revision === undefined) continue;
    if (author !== null && author !== repository.id.split('/')[0]) continue;
    if (!repository.id.toLowerCase().includes(search)) continue;
    found.push(modelInfo(repository, revision, await readModelCard(context, revision), false));
  }
  reply.send(found.slice(0, Number(query.get('limit') ?? found.length) || found.length));
}

const trimSlashes = (path: string): string => path.replace(/^\/+|\/+$/g, '');

// A line end in a path is a character like others (`s`).
const API = new RegExp(`^/api/models/([^/]+/[^/]+)(?:/(${VIEWS})(?:/([^/]+)(/.*)?)?)?/?$`, 's');
const LIST = /^\/api\/models\/?$/;
const MODEL = /^\/api\/models\/([^/]+\/[^/]+)\//;
const RESOLVE = /^\/([^/]+\/[^/]+)\/(?:resolve|raw)\/([^/]+)\/(.+)$/s;

async function answerApi(context: MirrorContext, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const target = requestTarget(request);
  const match = API.exec(target?.path ?? '');
  if (target !== undefined && LIST.test(target.path)) {
    await sendList(context, reply, target.query);
    return;
  }
  if (target === undefined || match === null) {
    // Of a model that is here, clients are told that it is not, and to log in, by the code that says so.
    const id = MODEL.exec(target?.path ?? '')?.[1];
    const isHere = id !== undefined && (await context.catalog()).hub.has(id);
    if (isHere) reply.code(404).send({ error: `the mirror answers nothing of this kind for model ${id}` });
    else refuse(reply, 'RepoNotFound', 'the mirror answers for models it holds, and nothing else');
    return;
  }
  const [, id = '', view = 'revision', name = 'main', rest = ''] = match;
  const found = await locate(context, reply, id, name);
  if (found === undefined) return;
  const asked = { context, request, reply, ...found, rest: trimSlashes(rest), query: target.query };
  if (view === 'revision') await sendInfo(asked);
  else if (view === 'tree') sendTree(asked);
  else if (view === 'paths-info')
    reply.send(pathItems(found.revision, pathsOf(request.body), isTrue(formField(request.body, 'expand'))));
  else if (view === 'commits') reply.send(commits(found.revision));
  // Whoever reaches the mirror may read what it holds (huggingface_hub, hf_api.py, `auth_check`).
  else if (view === 'auth-check') reply.send({});
  else reply.send(refs(found.repository));
}

async function answerResolve(context: MirrorContext, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const target = requestTarget(request);
  const [, id, name = '', rest = ''] = RESOLVE.exec(target?.path ?? '') ?? [];
  if (target === undefined || id === undefined) {
    reply.code(404).send({ error: 'not found' });
    return;
  }
  const found = await locate(context, reply, id, name);
  if (found !== undefined) await sendFile({ context, request, reply, ...found, rest, query: target.query });
}

/** `/api/models/…` and `/<owner>/<name>/resolve/<revision>/<path>`. */
export const hubApi: Protocol = (app, context) => {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: MAX_FORM_BYTES },
    (_request, body, done) => {
      const form = new URLSearchParams(String(body));
      done(null, { paths: form.getAll('paths'), expand: form.get('expand') });
    },
  );
  app.route({
    method: ['GET', 'HEAD', 'POST'],
    url: '/api/models/*',
    bodyLimit: MAX_FORM_BYTES,
    handler: async (request, reply) => {
      await answerApi(context, request, reply);
      return reply;
    },
  });
  app.route({
    method: ['GET', 'HEAD'],
    url: '/api/models',
    handler: async (request, reply) => {
      await answerApi(context, request, reply);
      return reply;
    },
  });
  app.route({
    method: ['GET', 'HEAD'],
    url: '/*',
    handler: async (request, reply) => {
      await answerResolve(context, request, reply);
      return reply;
    },
  });
};
