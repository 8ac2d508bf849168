/** The trace store's own PostgreSQL, as a contract: what its pod must give it; and how its backup finds a database. */
import { backupScript } from './backup';
import { PHOENIX_DATABASE, type SecretVariable, STORE_SECRET_KEYS } from './phoenix';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** Port that PostgreSQL listens on. */
export const DATABASE_PORT = 5432;
/** The user of the official image on Debian (docker-library/postgres, Dockerfile-debian.template). */
export const POSTGRES_USER = { uid: 999, gid: 999 } as const;

const DATA_FOLDER = '/var/lib/postgresql/data';
const MEMORY_BYTES = 2 * GIB;
/** A quarter of the memory (PostgreSQL documentation, "Resource Consumption", shared_buffers). */
const SHARED_BUFFERS_BYTES = MEMORY_BYTES / 4;

/** What the pod must give. */
export interface PostgresSpec {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretVariable[];
  /** Succeeds once the server takes connections. */
  readonly readyCommand: readonly string[];
  /** Where its volume is mounted. */
  readonly dataFolder: string;
  /** Paths that it writes to beside its volume; `memory` is counted as memory. */
  readonly writable: readonly {
    readonly name: string;
    readonly path: string;
    readonly size: string;
    readonly memory?: true;
  }[];
  readonly memoryBytes: number;
  /** Seconds that it gets to write a checkpoint. */
  readonly shutdownSeconds: number;
}

export const POSTGRES: PostgresSpec = {
  args: [
    '-c',
    `shared_buffers=${String(SHARED_BUFFERS_BYTES / MIB)}MB`,
    '-c',
    'log_statement=none',
    '-c',
    'log_min_error_statement=panic',
  ],
  env: {
    POSTGRES_USER: PHOENIX_DATABASE,
    POSTGRES_DB: PHOENIX_DATABASE,
    // Below the volume's root, which file systems share with folders of their own (`lost+found`).
    PGDATA: `${DATA_FOLDER}/pgdata`,
    POSTGRES_INITDB_ARGS: '--auth-host=scram-sha-256 --data-checksums',
  },
  secrets: [{ variable: 'POSTGRES_PASSWORD', key: STORE_SECRET_KEYS.databasePassword }],
  readyCommand: ['pg_isready', '--username', PHOENIX_DATABASE, '--dbname', PHOENIX_DATABASE],
  dataFolder: DATA_FOLDER,
  writable: [
    { name: 'sockets', path: '/var/run/postgresql', size: '1Mi' },
    { name: 'scratch', path: '/tmp', size: '64Mi' },
    { name: 'shared-memory', path: '/dev/shm', size: '256Mi', memory: true },
  ],
  memoryBytes: MEMORY_BYTES,
  // The image's stop signal is SIGINT: connections are cut, and a checkpoint is written.
  shutdownSeconds: 120,
};

/** What the backup's pod must give: the script, and the environment by which libpq finds the database. */
export interface BackupSpec {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretVariable[];
}

/**
 * @param keep how many backups are kept
 * @param host of the kit's own database; undefined where the site has one, whose address is in the Secret
 */
export function backupSpec(keep: number, host: string | undefined): BackupSpec {
  const command = ['/bin/sh', '-c', backupScript(keep)];
  if (host === undefined)
    return { command, env: {}, secrets: [{ variable: 'DATABASE_URL', key: STORE_SECRET_KEYS.databaseUrl }] };
  return {
    command,
    env: { PGHOST: host, PGPORT: String(DATABASE_PORT), PGUSER: PHOENIX_DATABASE, PGDATABASE: PHOENIX_DATABASE },
    secrets: [{ variable: 'PGPASSWORD', key: STORE_SECRET_KEYS.databasePassword }],
  };
}
