/** The mirror: one read-only server over a store. */
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { environmentFailed } from '../../core/errors';
import { systemCode } from '../../core/system-errors';
import { type Line, show } from '../../core/visible';
import type { Store } from '../store/store';
import { BlobHealth, type Damage, DamagedBlobError, type NamedBlob } from './blob-health';
import type { Catalog } from './catalog';
import { field, type Fields, setFields } from './fields';
import { filesApi } from './files-api';
import { hubApi } from './hub-api';
import { LiveCatalog } from './live-catalog';
import { METRICS_PATH, serveMetrics } from './metrics';
import { ociApi, ociError } from './oci-api';
import { readiness } from './readiness';
import { Scrubber, type ScrubOptions } from './scrub';
import { terraformApi } from './terraform-api';

export interface MirrorOptions {
  readonly store: Store;
  /** Address to listen on. */
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** PEM texts; plain HTTP where absent. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** False while the store is being filled: everything but `/healthz` and `/metrics` answers 503. @default - always ready */
  readonly isReady?: () => boolean;
  /** Gets a damaged blob anew from a source. @default - the mirror has none; an import brings it back */
  readonly mend?: (blob: NamedBlob) => void;
  /** How blobs are read again in the background. @default - see ScrubOptions */
  readonly scrub?: ScrubOptions;
  /** Told one line per finished request. */
  readonly accessLog?: (line: Line) => void;
  /** Told about roots and blobs that cannot be served and about requests that failed here. @default - not told */
  readonly note?: (line: Line) => void;
}

export interface Mirror {
  /** `http[s]://host:port` as bound. */
  readonly url: string;
  /** What is served now. */
  catalog(): Promise<Catalog>;
  /**
   * Takes no more requests, lets transfers under way go on for a while, then cuts them (clients continue by Range).
   *
   * @param graceMs milliseconds
   */
  close(graceMs?: number): Promise<void>;
}

/** A request line and its headers must arrive in this time. */
const HEADERS_TIMEOUT_MS = 30_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** Silence on a connection, not the length of a transfer: a slow client of a 100 GB file is never cut. */
const IDLE_TIMEOUT_MS = 600_000;
const KEEP_ALIVE_MS = 65_000;
/** Below the 30 s that Kubernetes waits before it kills (pod `terminationGracePeriodSeconds`). */
const GRACE_MS = 10_000;
const SWEEP_MS = 50;
const MEBIBYTE = 1024 * 1024;
/** When to ask again. */
const AGAIN: Fields = { 'retry-after': field(2) };
/** Answered while the store is being filled. */
const ALWAYS: readonly string[] = ['/healthz', METRICS_PATH];

function createServer(listener: RequestListener, tls: MirrorOptions['tls']): Server {
  const timeouts = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAlive: true,
  };
  const server =
    tls === undefined
      ? createHttpServer(timeouts, listener)
      : createHttpsServer({ ...timeouts, ...tls, minVersion: 'TLSv1.2' }, listener);
  return server.setTimeout(IDLE_TIMEOUT_MS);
}

const isQuery = (request: FastifyRequest): boolean =>
  request.method === 'POST' && /^\/api\/models\/.*\/paths-info\//.test(request.url);

function refuseWrites(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.method === 'GET' || request.method === 'HEAD' || isQuery(request)) return;
    // A body may be on its way: it is not read, so the connection cannot be used again.
    await setFields(reply, { allow: field('GET, HEAD'), connection: field('close') })
      .code(405)
      .send(ociError('UNSUPPORTED', 'the mirror is read-only'));
  });
}

function waitUntilReady(app: FastifyInstance, isReady: () => boolean): void {
  app.addHook('onRequest', async (request, reply) => {
    if (isReady() || ALWAYS.includes(request.url)) return;
    await setFields(reply, AGAIN).code(503).send(ociError('UNAVAILABLE', 'the mirror is still being filled'));
  });
}

function logAccess(app: FastifyInstance, log: (line: Line) => void): void {
  app.addHook('onResponse', (request, reply, done) => {
    const length = String(reply.getHeader('content-length') ?? 0);
    const state = reply.raw.writableFinished ? '' : ' aborted';
    const time = new Date().toISOString();
    log(
      show`${time} ${request.ip} "${request.method} ${request.url}" ${reply.statusCode} ${length} ${reply.elapsedTime.toFixed(0)}ms${state}`,
    );
    done();
  });
}

/** A body for the clients of every protocol; of the message, Hub clients show the header. */
function sendDamaged(reply: FastifyReply, { message, statusCode, isMending }: DamagedBlobError): FastifyReply {
  if (isMending) setFields(reply, AGAIN);
  const body = { error: message, ...ociError('UNAVAILABLE', message) };
  return setFields(reply, { 'x-error-message': field(message) })
    .code(statusCode)
    .type('application/json')
    .send(body);
}

function answerErrors(app: FastifyInstance, note: (line: Line) => void): void {
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply: FastifyReply) => {
    if (error instanceof DamagedBlobError) return sendDamaged(reply, error);
    const status = error.statusCode ?? 500;
    if (status >= 500) note(show`${request.method} ${request.url}: ${error.message}`);
    return reply.code(status).send({ error: status >= 500 ? 'the mirror failed; its log says why' : error.message });
  });
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = systemCode(error) ?? String(error);
    throw environmentFailed(
      'MIRROR_CANNOT_LISTEN',
      `cannot listen on ${host}:${port}: ${code}`,
      code === 'EADDRINUSE' ? 'another program uses the port: name another with --listen' : 'check --listen host:port',
      error,
    );
  }
}

function boundUrl(server: Server, secure: boolean): string {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw environmentFailed('MIRROR_CANNOT_LISTEN', 'the mirror has no address');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `${secure ? 'https' : 'http'}://${host}:${address.port}`;
}

/**
 * Serves a store over OCI, the Hub API, Terraform's network mirror protocol and as plain files, until closed.
 *
 * One bad record, manifest or blob is named and not served; the rest is.
 *
 * @throws AirlockError (environment) when it cannot listen
 */
export async function startMirror(options: MirrorOptions): Promise<Mirror> {
  const { store, host, port, tls, isReady = () => true, accessLog, note = () => undefined } = options;
  const live = new LiveCatalog(store, note);
  await live.current();
  const health = new BlobHealth(store, note, options.mend);
  const app = fastify({
    serverFactory: (listener) => createServer(listener, tls),
    bodyLimit: MEBIBYTE,
    forceCloseConnections: false,
    logger: false,
  });
  if (accessLog !== undefined) logAccess(app, accessLog);
  const catalog = (): Promise<Catalog> => live.current();
  const damages = (now: Catalog): Promise<readonly Damage[]> => health.survey(now);
  serveMetrics(app, { catalog, damages, isReady, ...(tls === undefined ? {} : { certificate: tls.cert }) });
  refuseWrites(app);
  waitUntilReady(app, isReady);
  answerErrors(app, note);
  const method = ['GET', 'HEAD'];
  app.route({ method, url: '/healthz', handler: (_request, reply) => reply.type('text/plain').send('ok\n') });
  app.route({
    method,
    url: '/readyz',
    handler: async (_request, reply) => {
      const now = await catalog();
      const { isReady: ready, text } = readiness(now, await damages(now));
      return reply
        .code(ready ? 200 : 503)
        .type('text/plain')
        .send(`${text}\n`);
    },
  });
  const context = { store, health, catalog };
  for (const protocol of [ociApi, terraformApi, filesApi, hubApi]) protocol(app, context);
  await listen(app, host, port);
  const scrubber = new Scrubber(store, health, catalog, isReady, options.scrub);
  scrubber.start();
  return {
    url: boundUrl(app.server, tls !== undefined),
    catalog,
    close: async (graceMs = GRACE_MS) => {
      // A connection whose transfer ends after the close stays open for its next request, which will not be taken.
      const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_MS);
      const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
      try {
        await app.close();
        await scrubber.stop();
      } finally {
        clearInterval(sweep);
        clearTimeout(cut);
      }
    },
  };
}
