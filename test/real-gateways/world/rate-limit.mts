/** The rate-limit service and its store, as their contracts start them. */
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { IssuerPolicy } from '../../../gateway/policy.js';
import {
  RATE_LIMIT_CONFIG_FOLDER,
  RATE_LIMIT_HEALTH,
  RATE_LIMIT_PORT,
  rateLimitSpec,
  STORE_PASSWORD_VARIABLE,
} from '../../../gateway/rate-limit/service.js';
import { PASSWORD_VARIABLE, VALKEY_FOLDER, VALKEY_PORT, valkeyArguments } from '../../../gateway/rate-limit/store.js';
import { type GoProgram, goProgram, installGoProgram } from '../../harness/go.mjs';
import { mustRun, run, type Service, startService } from '../../harness/processes.mjs';
import { makeFolder } from '../../harness/scratch.mjs';

/** Valkey is no package of Debian 12; Redis 7.0, from which it was forked, reads the same arguments. */
export const STORE_PACKAGES = ['redis-server=5:7.0*'] as const;
const STORE_PROGRAM = 'redis-server';

/** The commit of the release that the documents name. */
const RATE_LIMIT: GoProgram = {
  name: 'ratelimit',
  module: 'github.com/envoyproxy/ratelimit/src/service_cmd',
  version: 'v1.4.1-0.20260122083618-3fb702589d36',
};
/** Asks as a probe of Kubernetes does (grpc.health.v1). */
const PROBE: GoProgram = {
  name: 'grpc-health-probe',
  module: 'github.com/grpc-ecosystem/grpc-health-probe',
  version: 'v0.4.62',
};
/** Where it answers JSON, in its own pod alone. */
export const JSON_URL = 'http://127.0.0.1:8080';

export async function installRateLimit(): Promise<string> {
  const installed = [await installGoProgram(RATE_LIMIT), await installGoProgram(PROBE)];
  return installed.join(', its probe ');
}

/** Whether the probe of its pod finds it ready. */
export async function isCounting(): Promise<boolean> {
  const address = `127.0.0.1:${String(RATE_LIMIT_PORT)}`;
  return (await run(goProgram(PROBE), [`-addr=${address}`, `-service=${RATE_LIMIT_HEALTH}`])).code === 0;
}

const PASSWORD = 'a-password-of-the-test';

export interface RateLimitWorld {
  /** Answer of the store to a command. */
  readonly store: (...command: string[]) => Promise<string>;
  /** The same from somebody without the password. */
  readonly storeUnasked: (...command: string[]) => Promise<string>;
  readonly stopStore: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>;
  /** With what it had. */
  readonly startStore: () => Promise<void>;
  /** Ends the service and starts it with other budgets, as a rollout does. */
  readonly restart: (issuers: readonly IssuerPolicy[]) => Promise<void>;
  readonly output: () => string;
  readonly close: () => Promise<void>;
}

/** Files as a ConfigMap lies in a pod: behind a symbolic link to a hidden folder (kubernetes, atomic_writer.go). */
async function mountFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.join(folder, '..2026'), { recursive: true });
  await symlink('..2026', path.join(folder, '..data'));
  for (const [name, content] of files) {
    await writeFile(path.join(folder, '..2026', name), content);
    await symlink(path.join('..data', name), path.join(folder, name));
  }
}

const client = async (env: Readonly<Record<string, string>>, command: readonly string[]): Promise<string> =>
  (await run('redis-cli', ['-p', String(VALKEY_PORT), ...command], { env })).stdout.trim();

export async function startRateLimit(issuers: readonly IssuerPolicy[]): Promise<RateLimitWorld> {
  const home = await makeFolder('rate-limit');
  const data = path.join(home, 'data');
  await mkdir(data);
  const args = valkeyArguments().map((arg) =>
    arg.replace(VALKEY_FOLDER, data).replace(`$(${PASSWORD_VARIABLE})`, PASSWORD),
  );
  const store = (...command: string[]): Promise<string> => client({ REDISCLI_AUTH: PASSWORD }, command);
  let [storeService, service]: (Service | undefined)[] = [];
  const startStore = async (): Promise<void> => {
    storeService = await startService(STORE_PROGRAM, args, {
      cwd: home,
      ready: async () => (await store('PING')) === 'PONG',
    });
  };
  const startCounting = async (of: readonly IssuerPolicy[]): Promise<void> => {
    const { files, env } = rateLimitSpec(of, '127.0.0.1');
    const root = env['RUNTIME_ROOT'] ?? '';
    await mountFiles(
      RATE_LIMIT_CONFIG_FOLDER.replace(root, home),
      new Map(files.map(({ name, content }) => [name, content])),
    );
    service = await startService(goProgram(RATE_LIMIT), [], {
      cwd: home,
      env: { ...env, RUNTIME_ROOT: home, [STORE_PASSWORD_VARIABLE]: PASSWORD },
      ready: isCounting,
    });
  };
  await startStore();
  await startCounting(issuers);
  return {
    store,
    storeUnasked: (...command) => client({}, command),
    startStore,
    stopStore: async (signal) => {
      if (storeService === undefined) return;
      if (signal === 'SIGKILL') process.kill(-storeService.pid, signal);
      await storeService.stop();
    },
    restart: async (of) => {
      await service?.stop();
      await startCounting(of);
    },
    output: () => service?.output() ?? '',
    close: async () => {
      await service?.stop();
      await storeService?.stop();
    },
  };
}

/** Addresses at which the programs of this namespace listen, sorted, e.g. `127.0.0.1:6070`. */
export async function listeners(): Promise<string[]> {
  const { stdout } = await mustRun('ss', ['-Hltn']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/)[3] ?? '')
    .sort();
}
