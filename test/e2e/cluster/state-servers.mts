/** Servers in which Terraform keeps its state: PostgreSQL from Debian, and the protocol of the `http` backend over TLS. */
import { chmod, readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { makeCertificates } from '../../harness/certificates.mjs';
import { mustRun, run, startService } from '../../harness/processes.mjs';
import { makeFolder } from '../../harness/scratch.mjs';

/** A server with state, and how it is seen from Terraform. */
export interface StateServer {
  readonly env: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

export interface HttpStateServer extends StateServer {
  readonly address: string;
  /** `<METHOD> <path>` of every request, in order. */
  readonly requests: readonly string[];
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

const POSTGRES = '/usr/lib/postgresql/15/bin';
const PORT = '15432';
/** PostgreSQL refuses to run as root. */
const AS_POSTGRES = ['--reuid=postgres', '--regid=postgres', '--init-groups'];

export interface PostgresState extends StateServer {
  /** One value of the database. */
  readonly query: (sql: string) => Promise<string>;
}

export async function startPostgres(): Promise<PostgresState> {
  const folder = await makeFolder('postgres');
  await chmod(folder, 0o755);
  const data = path.join(folder, 'data');
  await mustRun('install', ['-d', '-o', 'postgres', '-m', '700', data]);
  const initdb = [`${POSTGRES}/initdb`, `--pgdata=${data}`, '--auth=trust', '--username=airlock'];
  await mustRun('setpriv', [...AS_POSTGRES, ...initdb], { cwd: '/' });
  const connection = `postgres://airlock@127.0.0.1:${PORT}/postgres?sslmode=disable`;
  const args = [`${POSTGRES}/postgres`, '-D', data, '-p', PORT, '-h', '127.0.0.1', '-k', data];
  const service = await startService('setpriv', [...AS_POSTGRES, ...args], {
    cwd: '/',
    ready: async () => (await run(`${POSTGRES}/psql`, [connection, '-c', 'select 1'])).code === 0,
    withinMs: 30_000,
  });
  return {
    env: { PG_CONN_STR: connection },
    query: async (sql) => (await mustRun(`${POSTGRES}/psql`, [connection, '-Atc', sql])).stdout.trim(),
    stop: () => service.stop(),
  };
}
