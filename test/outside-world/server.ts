/** The HTTP server under each part of the outside world: records requests, obeys faults, serves ranges. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { bytesContent, type Content } from './bytes';
import { type Fault, FaultPlan, type FaultRule } from './faults';

export interface RecordedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** The Range header, when there was one. */
  readonly range: string | undefined;
  /** 0 where no answer was given. */
  status: number;
  /** Bytes of body handed to the socket. */
  bytesSent: number;
  /** Kind of the fault that the request met. */
  fault?: Fault['kind'];
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Content;
  /** Whether Range is honored for this answer. */
  readonly ranges?: boolean;
}

export interface Asked {
  readonly method: string;
  /** Absolute, so that `searchParams` and `pathname` can be read. */
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
}

export type Responder = (asked: Asked) => Answer;

export interface ServerOptions {
  /**
   * The name clients use. Two servers under different names are different hosts to an HTTP client, though both
   * listen on 127.0.0.1.
   *
   * @default '127.0.0.1'
   */
  readonly hostname?: '127.0.0.1' | 'localhost';
  /** PEM; plain HTTP when absent. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly faults?: readonly FaultRule[];
}

export interface OutsideServer {
  /** `http://host:port`, without a final slash. */
  readonly url: string;
  /** `host:port`. */
  readonly authority: string;
  readonly requests: RecordedRequest[];
  readonly faults: FaultPlan;
  /** Ends every connection, and refuses new ones until {@link up}. */
  down(): Promise<void>;
  /** Listens again, under the same address. */
  up(): Promise<void>;
  close(): Promise<void>;
}

export const jsonAnswer = (status: number, value: unknown, headers: Answer['headers'] = {}): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
  body: bytesContent(JSON.stringify(value)),
});

export const textAnswer = (status: number, text: string, headers: Answer['headers'] = {}): Answer => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers },
  body: bytesContent(text),
});

/** `bytes=a-b`, `bytes=a-` and `bytes=-n` (RFC 9110 §14.1.2); undefined for what a server may ignore. */
function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size : Math.min(size, Number(match[2]) + 1);
  return start >= size || end <= start ? 'unsatisfiable' : { start, end };
}

async function* flipped(source: AsyncIterable<Uint8Array>, start: number, at: number): AsyncIterable<Uint8Array> {
  let offset = start;
  for await (const chunk of source) {
    const inside = at - offset;
    offset += chunk.length;
    if (inside < 0 || inside >= chunk.length) {
      yield chunk;
      continue;
    }
    const changed = Buffer.from(chunk);
    changed[inside] = (changed[inside] ?? 0) ^ 1;
    yield changed;
  }
}

async function* trickled(source: AsyncIterable<Uint8Array>, bytes: number, everyMs: number): AsyncIterable<Uint8Array> {
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += bytes) {
      await pause(everyMs);
      yield chunk.subarray(at, at + bytes);
    }
  }
}

async function write(response: ServerResponse, chunk: Uint8Array, record: RecordedRequest): Promise<void> {
  if (response.destroyed) return;
  record.bytesSent += chunk.length;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off('close', done);
      resolve();
    };
    response.once('close', done);
    response.write(chunk, done);
  });
}

/** Sends the part of the content that is due, as the fault has it. */
async function sendBody(
  response: ServerResponse,
  body: Content,
  { start, end }: { start: number; end: number },
  fault: Fault | undefined,
  record: RecordedRequest,
): Promise<void> {
  const short = fault?.kind === 'short-body' || fault?.kind === 'truncated' ? fault.missing : 0;
  let source = body.read(start, Math.max(start, end - short));
  if (fault?.kind === 'wrong-bytes') source = flipped(source, start, fault.at ?? Math.floor(body.size / 2));
  if (fault?.kind === 'trickle') source = trickled(source, fault.bytes, fault.everyMs);
  const limit = fault?.kind === 'reset-body' ? fault.after : Infinity;
  for await (const chunk of source) {
    const left = limit - record.bytesSent;
    await write(response, left < chunk.length ? chunk.subarray(0, left) : chunk, record);
    if (record.bytesSent >= limit) {
      response.socket?.resetAndDestroy();
      return;
    }
    if (response.destroyed) return;
  }
  if (fault?.kind === 'short-body') response.socket?.end();
  else response.end();
}

async function send(
  method: string,
  response: ServerResponse,
  answer: Answer,
  fault: Fault | undefined,
  record: RecordedRequest,
): Promise<void> {
  const body = answer.body ?? bytesContent('');
  const headers: Record<string, string | readonly string[]> = { ...answer.headers };
  let { status } = answer;
  let part = { start: 0, end: body.size };
  if (answer.ranges === true) {
    headers['Accept-Ranges'] = 'bytes';
    const range = fault?.kind === 'ignore-range' ? undefined : parseRange(record.range, body.size);
    if (range === 'unsatisfiable') {
      await send(
        method,
        response,
        { status: 416, headers: { 'Content-Range': `bytes */${String(body.size)}` } },
        undefined,
        record,
      );
      return;
    }
    if (range !== undefined) {
      status = 206;
      part = range;
      headers['Content-Range'] = `bytes ${String(range.start)}-${String(range.end - 1)}/${String(body.size)}`;
    }
  }
  const stated = part.end - part.start - (fault?.kind === 'truncated' ? fault.missing : 0);
  headers['Content-Length'] = String(Math.max(0, stated));
  record.status = status;
  response.writeHead(
    status,
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value as string])),
  );
  if (method === 'HEAD') response.end();
  else await sendBody(response, body, part, fault, record);
}

const statusAnswer = (fault: Extract<Fault, { kind: 'status' }>): Answer =>
  textAnswer(fault.status, fault.body ?? `fault: status ${String(fault.status)}\n`, {
    ...(fault.retryAfter === undefined ? {} : { 'Retry-After': String(fault.retryAfter) }),
    ...fault.headers,
  });

/** Starts a server on 127.0.0.1 and any free port. */
export async function startServer(respond: Responder, options: ServerOptions = {}): Promise<OutsideServer> {
  const requests: RecordedRequest[] = [];
  const faults = new FaultPlan(options.faults);
  let url = '';

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = request.method ?? 'GET';
    const target = request.url ?? '/';
    const { headers } = request;
    const record: RecordedRequest = { method, url: target, headers, range: headers.range, status: 0, bytesSent: 0 };
    requests.push(record);
    const fault = faults.next(method, target);
    if (fault !== undefined) record.fault = fault.kind;
    request.resume();
    if (fault?.kind === 'reset') request.socket.resetAndDestroy();
    else if (fault?.kind === 'status') await send(method, response, statusAnswer(fault), undefined, record);
    else if (fault?.kind !== 'stall')
      await send(method, response, respond({ method, url: new URL(target, url), headers }), fault, record);
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    serve(request, response).catch((error: unknown) => {
      // A fault in the outside world itself must fail the test that met it, not hang it.
      if (!response.headersSent) response.writeHead(500, { 'X-Outside-World': 'broken' });
      response.end(String(error));
    });
  };
  const server = options.tls === undefined ? createServer(listener) : createTlsServer({ ...options.tls }, listener);
  const listen = async (at: number): Promise<void> => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
  };
  const down = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const authority = `${options.hostname ?? '127.0.0.1'}:${String(port)}`;
  url = `${options.tls === undefined ? 'http' : 'https'}://${authority}`;
  return {
    url,
    authority,
    requests,
    faults,
    down,
    up: () => listen(port),
    close: down,
  };
}
