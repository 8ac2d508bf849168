/** Phoenix as its contract says: its environment and nothing else, its user, no capability, a read-only root. */
import { homedir } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { PHOENIX_KNOWN, type PhoenixSpec, phoenixSpec } from '../../../telemetry/traces/phoenix.js';
import { MIDDLEWARE_FILE, MIDDLEWARE_FOLDER } from '../../../telemetry/traces/phoenix-middleware.js';
import { isOk, mustRun, run, type Service, startService } from '../../harness/processes.mjs';
import type { Postgres } from '../../harness/postgres.mjs';
import { PHOENIX, PYTHON, VENV } from '../install/phoenix.mjs';

export const RETENTION_DAYS = 30;

/** Values of the Secret; made up here, since Phoenix judges their form. */
export const SECRETS = {
  'database-password': 'database-password-of-the-tests',
  'signing-secret': 'signing-secret-of-the-tests-0123456789',
  'admin-secret': 'admin-secret-of-the-tests-0123456789-x',
  'admin-initial-password': 'Initial-password-1',
} as const;

/** The contract, its database being the kit's own on that port. */
const specFor = (port: number): PhoenixSpec =>
  phoenixSpec({
    version: PHOENIX_KNOWN,
    retentionDays: RETENTION_DAYS,
    storageBytes: 10 * 1024 ** 3,
    database: { host: '127.0.0.1', port },
  });

/** What does not depend on the port. */
export const spec = specFor(0);

export const PHOENIX_URL = `http://127.0.0.1:${String(spec.port)}`;

export interface Phoenix {
  readonly pid: number;
  readonly output: () => string;
  /** SIGTERM, as the kubelet sends it; returns once it has ended. */
  readonly stop: () => Promise<void>;
  /** SIGKILL to all of it. */
  readonly kill: () => Promise<void>;
}

function environment(postgres: Postgres): Record<string, string> {
  const values: Readonly<Record<string, string>> = SECRETS;
  const { env, secrets } = specFor(postgres.port);
  return {
    PATH: '/usr/bin:/bin',
    ...env,
    ...Object.fromEntries(secrets.map(({ variable, key }) => [variable, values[key] ?? ''])),
  };
}

/** Where the interpreter and its packages are; homes may be closed to others, so they are mounted through. */
const installed = async (): Promise<string[]> => {
  const { stdout } = await mustRun(PYTHON, ['-c', 'import sys; print(sys.base_prefix)']);
  return [VENV, stdout.trim()];
};

/** Shell that makes a mount namespace: the installation in an otherwise empty home, the contract's writable paths, the rest read-only. */
async function confinement(): Promise<string> {
  const folders = await installed();
  const kept = (index: number): string => `/tmp/kept-${String(index)}`;
  return [
    'mount -t tmpfs tmpfs /tmp',
    ...folders.map((folder, index) => `mkdir ${kept(index)} && mount --bind ${folder} ${kept(index)}`),
    `mount -t tmpfs -o mode=755 tmpfs ${homedir()}`,
    ...folders.map((folder, index) => `mkdir -p ${folder} && mount --bind ${kept(index)} ${folder}`),
    'mount -t tmpfs tmpfs /mnt',
    ...spec.writable.map(
      ({ path, sizeBytes }) =>
        `mkdir -p ${path} && mount -t tmpfs -o mode=1777,size=${String(sizeBytes)} tmpfs ${path}`,
    ),
    `mkdir ${MIDDLEWARE_FOLDER} && printf %s '${MIDDLEWARE_FILE.content}' > ${MIDDLEWARE_FOLDER}/${MIDDLEWARE_FILE.name}`,
    ...[homedir(), '/mnt', '/'].map((folder) => `mount -o remount,bind,ro ${folder}`),
    'exec "$@"',
  ].join(' && ');
}

const AS_USER = [
  ...[`--reuid=${String(spec.user.uid)}`, `--regid=${String(spec.user.gid)}`, '--clear-groups'],
  ...['--no-new-privs', '--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all'],
];

export interface PhoenixStart {
  /**
   * Clock that it starts with, as libfaketime(1) reads it, e.g. `@2030-01-05 23:59:40`.
   *
   * @default - the real one
   */
  readonly clock?: string;
  /**
   * Capacity of the database in GiB.
   *
   * @default - that of the contract
   */
  readonly capacityGib?: number;
}

const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';

export async function startPhoenix(postgres: Postgres, { clock, capacityGib }: PhoenixStart = {}): Promise<Phoenix> {
  const env = {
    ...environment(postgres),
    ...(capacityGib === undefined
      ? {}
      : { PHOENIX_DATABASE_ALLOCATED_STORAGE_CAPACITY_GIBIBYTES: String(capacityGib) }),
    ...(clock === undefined ? {} : { LD_PRELOAD: FAKETIME, FAKETIME: clock, TZ: 'UTC' }),
  };
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const service: Service = await startService(
    'unshare',
    [
      ...['--mount', '--propagation', 'private', '/bin/sh', '-c', await confinement(), 'sh'],
      ...['setpriv', ...AS_USER, 'env', '-i', ...variables, PHOENIX, 'serve'],
    ],
    {
      cwd: '/',
      ready: () => isOk(`${PHOENIX_URL}${spec.probes.readiness.path}`),
      withinMs: 120_000,
    },
  );
  const signal = async (name: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    process.kill(-service.pid, name);
    for (let waited = 0; waited < 40_000; waited += 100) {
      if ((await run('kill', ['-0', String(service.pid)])).code !== 0) return;
      await pause(100);
    }
    throw new Error(`Phoenix did not end at ${name}`);
  };
  return { pid: service.pid, output: service.output, stop: () => signal('SIGTERM'), kill: () => signal('SIGKILL') };
}
