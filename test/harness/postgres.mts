/** A PostgreSQL server of a suite's own, from Debian, with its data in a temporary folder. */
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { freePorts } from './ports.mjs';
import { mustRun, run, type Service, startService } from './processes.mjs';
import { makeFolder } from './scratch.mjs';

/** Folder of its programs. */
export const POSTGRES_PROGRAMS = '/usr/lib/postgresql/15/bin';
/** PostgreSQL refuses to run as root. */
const AS_POSTGRES = ['--reuid=postgres', '--regid=postgres', '--init-groups'];

export interface Postgres {
  readonly port: number;
  /** Address of a database, `postgres` where none is named. */
  readonly url: (database?: string) => string;
  /** Answer of a query, unaligned; of the database `postgres` where none is named. */
  readonly query: (sql: string, database?: string) => Promise<string>;
  /** Ends the server; its data stays. */
  readonly stop: () => Promise<void>;
  /** Starts it again with its data, on the same port. */
  readonly start: () => Promise<void>;
}

export async function startPostgres(): Promise<Postgres> {
  const folder = await makeFolder('postgres');
  await chmod(folder, 0o755);
  const data = path.join(folder, 'data');
  await mustRun('install', ['-d', '-o', 'postgres', '-m', '700', data]);
  const initdb = [`${POSTGRES_PROGRAMS}/initdb`, `--pgdata=${data}`, '--auth=trust', '--username=airlock'];
  await mustRun('setpriv', [...AS_POSTGRES, ...initdb], { cwd: '/' });
  const [port = 0] = await freePorts(1);
  const url = (database = 'postgres'): string => `postgresql://airlock@127.0.0.1:${String(port)}/${database}`;
  const args = [`${POSTGRES_PROGRAMS}/postgres`, '-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', data];
  let service: Service | undefined;
  const server: Postgres = {
    port,
    url,
    query: async (sql, database) =>
      (await mustRun(`${POSTGRES_PROGRAMS}/psql`, [url(database), '-Atc', sql])).stdout.trim(),
    stop: async () => {
      // SIGTERM would wait for clients to hang up (postgres(1), "smart shutdown"); SIGINT does not.
      if (service !== undefined) process.kill(-service.pid, 'SIGINT');
      await service?.stop();
    },
    start: async () => {
      service = await startService('setpriv', [...AS_POSTGRES, ...args], {
        cwd: '/',
        ready: async () => (await run(`${POSTGRES_PROGRAMS}/psql`, [url(), '-c', 'select 1'])).code === 0,
      });
    },
  };
  await server.start();
  return server;
}
