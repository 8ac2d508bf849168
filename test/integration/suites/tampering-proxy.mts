/** A TLS server in front of the mirror that changes its answers: what a wrong hash or a wrong package looks like to a client. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { type Certificates } from '../../harness/certificates.mjs';

/** Returns the body to send in place of `body`. */
export type Tamper = (url: string, body: Buffer) => Buffer;

export interface TamperingProxy {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

export async function startTamperingProxy(
  target: string,
  { certificate, key }: Certificates,
  tamper: Tamper,
): Promise<TamperingProxy> {
  const tls = { cert: await readFile(certificate), key: await readFile(key) };
  const server = createServer(tls, (request, response) => {
    const url = request.url ?? '/';
    fetch(`${target}${url}`)
      .then(async (upstream) => {
        const body = tamper(url, Buffer.from(await upstream.arrayBuffer()));
        response.writeHead(upstream.status, {
          'Content-Type': upstream.headers.get('content-type') ?? 'application/octet-stream',
          'Content-Length': body.length,
        });
        response.end(body);
      })
      .catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
