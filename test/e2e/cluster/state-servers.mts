/** A server in which Terraform keeps its state: the protocol of the `http` backend over TLS. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeCertificates } from '../../harness/certificates.mjs';
import { makeFolder } from '../../harness/scratch.mjs';

export interface HttpStateServer {
  readonly address: string;
  /** How it is seen from Terraform. */
  readonly env: Readonly<Record<string, string>>;
  /** `<METHOD> <path>` of every request, in order. */
  readonly requests: readonly string[];
  readonly stop: () => Promise<void>;
}

/** What Terraform expects of such a server (developer.hashicorp.com, "Backend Type: http"). */
export async function startHttpState(): Promise<HttpStateServer> {
  const { authority, certificate, key } = await makeCertificates(await makeFolder('http-state'));
  const states = new Map<string, Buffer>();
  const locks = new Map<string, Buffer>();
  const requests: string[] = [];
  const answer = (method: string, place: string, body: Buffer): { status: number; body?: Buffer } => {
    requests.push(`${method} ${place}`);
    const [state, lock] = [states.get(place), locks.get(place)];
    switch (method) {
      case 'GET':
        return state === undefined ? { status: 404 } : { status: 200, body: state };
      case 'POST':
        states.set(place, body);
        return { status: 200 };
      case 'LOCK':
        if (lock !== undefined) return { status: 423, body: lock };
        locks.set(place, body);
        return { status: 200 };
      case 'UNLOCK':
        locks.delete(place);
        return { status: 200 };
      default:
        return { status: 405 };
    }
  };
  const server = createServer({ cert: await readFile(certificate), key: await readFile(key) }, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const place = (request.url ?? '').split('?')[0] ?? '';
      const { status, body } = answer(request.method ?? '', place, Buffer.concat(parts));
      response.writeHead(status).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `https://127.0.0.1:${String(port)}/state`,
    requests,
    env: { TF_HTTP_CLIENT_CA_CERTIFICATE_PEM: await readFile(authority, 'utf8') },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
