/** The guard: one server before the gateway, one behind it. */
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { MODELS_PATH } from '../../gateway/policy';
import { environmentFailed } from '../../core/errors';
import { systemCode } from '../../core/system-errors';
import { type Line, show } from '../../core/visible';
import { Call } from '../call';
import type { GuardPolicy } from '../config/policy';
import { type Api, type Endpoint, ENDPOINTS, type EndpointName } from '../endpoints';
import { Callers } from '../identity/callers';
import { readBody } from '../json/read-body';
import { Refusal } from '../refusal';
import { sendAnswer } from './answers';
import { errorBody } from './errors';
import { guardMetrics, type GuardMetrics } from './metrics';
import { passedFields, Upstream } from './upstream';

export interface GuardOptions {
  readonly policy: GuardPolicy;
  /** Address to listen on. */
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** PEM texts; plain HTTP where absent. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Told what failed here, never what a call says. @default - not told */
  readonly note?: (line: Line) => void;
}

export interface RunningGuard {
  /** `http[s]://host:port` as bound. */
  readonly url: string;
  /** Takes no more calls, lets those under way go on for a while, then cuts them. @param graceMs milliseconds */
  close(graceMs?: number): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 30_000;
const REQUEST_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_MS = 65_000;
/** Below the 30 s that Kubernetes waits before it kills (pod `terminationGracePeriodSeconds`). */
const GRACE_MS = 20_000;
const IDLE_CHECK_MS = 100;
const PROBES: readonly string[] = ['/healthz', '/readyz', '/metrics'];

const TIMEOUTS = {
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  keepAliveTimeout: KEEP_ALIVE_MS,
};

const createServer = (listener: RequestListener, tls: GuardOptions['tls']): Server =>
  tls === undefined
    ? createHttpServer(TIMEOUTS, listener)
    : createHttpsServer({ ...TIMEOUTS, ...tls, minVersion: 'TLSv1.2' }, listener);

const PARAMETERS = new Refusal(
  400,
  'field_not_allowed',
  'the address is written in another way, or has parameters: no field is taken from there',
);
/** What no route hears of, since it is no request: never repeated. */
const NOT_HTTP = new Refusal(400, 'invalid_body', 'the request is not understood');

const endpointOf = (url: string): EndpointName | undefined =>
  (Object.keys(ENDPOINTS) as EndpointName[]).find((name) => ENDPOINTS[name].path === url.split('?')[0]);

const apiOf = (url: string): Api => ENDPOINTS[endpointOf(url) ?? 'chat'].api;

/** What the server itself refuses, in our words: some of its own quote the request. */
function refusalOf(error: Error & { readonly statusCode?: number }): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (error.statusCode === 413) return new Refusal(413, 'invalid_body', 'the body is longer than this site allows');
  if (error.statusCode === 415)
    return new Refusal(415, 'unsupported_media_type', 'send application/json, without an encoding');
  if (error.statusCode !== undefined && error.statusCode < 500)
    return new Refusal(error.statusCode, 'invalid_body', 'the request is not understood');
  return undefined;
}

/** Where an error came from; its message may quote a call. */
const placeOf = ({ name, stack = '' }: Error): Line =>
  show`${name} ${(/\n\s+(at .*)/.exec(stack)?.[1] ?? '').replace(/\(.*\//, '(')}`;

function answerErrors(app: FastifyInstance, note: (line: Line) => void): void {
  const send = (request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply =>
    reply.code(refusal.status).send(errorBody(apiOf(request.url), refusal));
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply: FastifyReply) => {
    const refusal = refusalOf(error);
    if (refusal === undefined) note(show`a call failed: ${placeOf(error)}`);
    return send(request, reply, refusal ?? new Refusal(500, 'internal_error', 'the guard failed; its log says where'));
  });
  app.setNotFoundHandler((request, reply) =>
    send(request, reply, new Refusal(404, 'not_found', 'nothing answers at this address')),
  );
}

/** Bodies as they came; in no encoding, since nobody reads what comes out of one before it is all there. */
function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (request.headers['content-encoding'] === undefined) done(null, body);
    else done(new Refusal(415, 'unsupported_media_type', 'send application/json, without an encoding'));
  });
}

interface Context {
  readonly policy: GuardPolicy;
  readonly callers: Callers;
  readonly upstream: Upstream;
  readonly metrics: GuardMetrics;
}

/** Aborts when the caller leaves before its answer is complete. */
function leaving(reply: FastifyReply): AbortSignal {
  const left = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) left.abort();
  });
  return left.signal;
}

function serveEndpoint(app: FastifyInstance, name: EndpointName, endpoint: Endpoint, context: Context): void {
  const { policy, callers, upstream, metrics } = context;
  app.post(endpoint.path, async (request, reply) => {
    const caller = await callers.identify(request.headers);
    if (request.url !== endpoint.path) throw PARAMETERS;
    const call = new Call(policy, caller, name, readBody(request.body as Buffer), metrics);
    const signal = leaving(reply);
    const fields = passedFields(request.headers);
    const answer = await upstream.ask(`${call.workflow.upstream}${endpoint.path}`, call.request, fields, signal);
    return sendAnswer(reply, {
      ...{ call, endpoint, answer, longest: policy.answerBytes },
      failed: ({ status }) => metrics.broken(name, status),
    });
  });
}

/** Every caller sees the workflows that it may use; upstream knows them by other names. */
function serveModels(app: FastifyInstance, { policy, callers }: Context): void {
  app.get(MODELS_PATH, async (request) => {
    const { workflows } = await callers.identify(request.headers);
    if (request.url !== MODELS_PATH) throw PARAMETERS;
    const data = [...policy.workflows.keys()]
      .filter((name) => workflows.has(name))
      .map((id) => ({ id, object: 'model', created: 0, owned_by: 'site' }));
    return { object: 'list', data };
  });
}

function serveProbes(app: FastifyInstance, metrics: GuardMetrics): void {
  for (const url of ['/healthz', '/readyz']) app.get(url, (_request, reply) => reply.type('text/plain').send('ok\n'));
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
  app.addHook('onResponse', (request, reply, done) => {
    if (!PROBES.includes(request.url)) metrics.answered(endpointOf(request.url) ?? 'other', reply.statusCode);
    done();
  });
}

/**
 * Serves until closed.
 *
 * @throws AirlockError (environment) when it cannot listen
 */
export async function startGuard(options: GuardOptions): Promise<RunningGuard> {
  const { policy, host, port, tls, note = () => undefined } = options;
  const app = fastify({
    serverFactory: (listener) => createServer(listener, tls),
    bodyLimit: policy.requestBytes,
    forceCloseConnections: false,
    return503OnClosing: false,
    logger: false,
    frameworkErrors: (_error, request, reply: FastifyReply) => {
      void reply.code(NOT_HTTP.status).send(errorBody(apiOf(request.url), NOT_HTTP));
    },
    clientErrorHandler: (_error, socket) => {
      const body = JSON.stringify(errorBody('openai', NOT_HTTP));
      if (socket.writable)
        socket.end(
          `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
        );
    },
  });
  const metrics = guardMetrics();
  const upstream = new Upstream(policy);
  const context: Context = { policy, upstream, metrics, callers: new Callers(policy) };
  answerErrors(app, note);
  readBodies(app);
  serveProbes(app, metrics);
  serveModels(app, context);
  for (const [name, endpoint] of Object.entries(ENDPOINTS)) serveEndpoint(app, name as EndpointName, endpoint, context);
  try {
    return { url: await app.listen({ host, port }), close: (graceMs) => close(app, upstream, graceMs) };
  } catch (error) {
    throw environmentFailed(
      'GUARD_CANNOT_LISTEN',
      `cannot listen on ${host}:${port}: ${systemCode(error) ?? String(error)}`,
      undefined,
      error,
    );
  }
}

async function close(app: FastifyInstance, upstream: Upstream, graceMs = GRACE_MS): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
  // Connections whose last answer has gone out since would be kept for the next one.
  const idle = setInterval(() => app.server.closeIdleConnections(), IDLE_CHECK_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
    clearInterval(idle);
    await upstream.close();
  }
}
