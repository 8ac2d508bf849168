/** Between a push and its registry: writes down what is asked and counts what is uploaded, and can stop an upload at a byte. */
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request as send, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

export interface CountingProxy {
  /** `127.0.0.1:port`. */
  readonly authority: string;
  /** Methods and paths that may change something, in order. */
  readonly writes: string[];
  /** Bytes of blobs that the client has sent. */
  uploaded(): number;
  /** Lets so many bytes of one upload through, and nothing after them. @param bytes of the upload; of each, whichever gets there */
  holdAt(bytes: number): void;
  /** Whether an upload has come that far. */
  isHeld(): boolean;
  /** Holds nothing any more. */
  release(): void;
  stop(): Promise<void>;
}

/** @param authority of the registry; its answers name the proxy, since the Host header goes through as it came */
export async function startCountingProxy(authority: string): Promise<CountingProxy> {
  const target = new URL(`http://${authority}`);
  const agent = new Agent({ keepAlive: true });
  const passed = new Map<string, number>();
  const writes: string[] = [];
  let [uploaded, limit, held] = [0, Infinity, false];

  /** @returns false where the limit is reached, and what comes stays here */
  async function pass(
    request: IncomingMessage,
    upload: string,
    to: { write(bytes: Buffer): boolean } & NodeJS.EventEmitter,
  ): Promise<boolean> {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      const before = passed.get(upload) ?? 0;
      const part = chunk.subarray(0, Math.max(0, limit - before));
      uploaded += part.length;
      passed.set(upload, before + part.length);
      if (part.length > 0 && !to.write(part)) await once(to, 'drain');
      if (part.length === chunk.length) continue;
      held = true;
      return false;
    }
    return true;
  }

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    const { pathname } = new URL(url, target);
    if (method !== 'GET' && method !== 'HEAD') writes.push(`${method} ${pathname}`);
    if (method === 'PATCH' && (passed.get(pathname) ?? 0) >= limit) {
      held = true;
      return;
    }
    const upstream = send({ host: target.hostname, port: target.port, path: url, method, headers, agent });
    response.once('close', () => {
      if (!response.writableFinished) upstream.destroy();
    });
    upstream.once('error', () => response.destroy());
    upstream.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    if (method !== 'PATCH') request.pipe(upstream);
    else if (await pass(request, pathname, upstream)) upstream.end();
  }

  const server = createServer((request, response) => {
    forward(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    authority: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    writes,
    uploaded: () => uploaded,
    holdAt: (bytes) => {
      [limit, held] = [bytes, false];
    },
    isHeld: () => held,
    release: () => {
      limit = Infinity;
    },
    stop: async () => {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
