/** A gateway as its contract starts it, at other addresses and folders than in its pod. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  CONFIG_FOLDER,
  type Gateway,
  type GatewayProbe,
  type GatewaySpec,
  TLS_FOLDER,
} from '../../../gateway/contract.js';
import type { GatewayPolicy } from '../../../gateway/policy.js';
import type { KeyPair } from '../../harness/certificates.mjs';
import { type Service, startService } from '../../harness/processes.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { isReady } from '../world/is-ready.mjs';

export interface RunningGateway {
  readonly url: string;
  readonly spec: GatewaySpec;
  /** What it has said since it was made, restarts included. */
  readonly output: () => string;
  /** Ends it and starts it again with another policy; what must outlive its pod is there again. */
  readonly restart: (policy: GatewayPolicy) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface GatewayProgram {
  readonly gateway: Gateway;
  readonly command: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds that it may take to get ready. */
  readonly startSeconds: number;
  /**
   * How much higher than in its pod its ports are, so that several run beside each other.
   *
   * @default 0
   */
  readonly portShift?: number;
}

/** The contract with each of its ports so much higher. */
function shifted(spec: GatewaySpec, by: number): GatewaySpec {
  const probes = [spec.readiness, spec.liveness, ...(spec.metrics === undefined ? [] : [spec.metrics])];
  const ports = new Set([spec.port, ...probes.map(({ port }) => port)]);
  const text = (from: string): string =>
    from.replace(/\b\d+\b/g, (number) => (ports.has(Number(number)) ? String(Number(number) + by) : number));
  const probe = ({ path: at, port }: GatewayProbe): GatewayProbe => ({ path: at, port: port + by });
  return {
    ...spec,
    port: spec.port + by,
    ...(spec.metrics === undefined ? {} : { metrics: probe(spec.metrics) }),
    readiness: probe(spec.readiness),
    liveness: probe(spec.liveness),
    args: spec.args.map(text),
    files: spec.files.map(({ name, content }) => ({ name, content: text(content) })),
  };
}

/** Puts the pod's folders where this machine has them. */
function relocate(text: string, folders: Readonly<Record<string, string>>): string {
  return Object.entries(folders).reduce((moved, [from, to]) => moved.replaceAll(from, to), text);
}

/** One process of a gateway. */
export interface Instance {
  readonly spec: GatewaySpec;
  readonly service: Service;
}

export interface InstanceChoices {
  /** Folder of its files; what it keeps is there again. */
  readonly home: string;
  /** What callers see where the policy has TLS. */
  readonly tls?: KeyPair;
}

/** Starts it, and returns once it is ready by its contract. */
export async function startInstance(
  { gateway, command, env, startSeconds, portShift = 0 }: GatewayProgram,
  policy: GatewayPolicy,
  { home, tls }: InstanceChoices,
): Promise<Instance> {
  const spec = shifted(gateway.contract(policy), portShift);
  const folders = {
    [CONFIG_FOLDER]: path.join(home, 'config'),
    [TLS_FOLDER]: path.join(home, 'tls'),
    ...(spec.state === undefined ? {} : { [spec.state]: path.join(home, 'state') }),
  };
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
  for (const { name, content } of spec.files)
    await writeFile(path.join(home, 'config', name), relocate(content, folders));
  if (tls !== undefined) {
    await copyFile(tls.certificate, path.join(home, 'tls', 'tls.crt'));
    await copyFile(tls.key, path.join(home, 'tls', 'tls.key'));
  }
  const args = spec.args.map((arg) => relocate(arg, folders));
  const key = spec.masterKeyVariable === undefined ? {} : { [spec.masterKeyVariable]: `sk-${'0a1b2c3d'.repeat(6)}` };
  const { scheme = 'HTTP', readiness } = spec;
  const service = await startService(command, args, {
    cwd: home,
    env: { ...spec.env, ...key, ...env, HOME: home },
    ready: () => isReady(`${scheme.toLowerCase()}://127.0.0.1:${String(readiness.port)}${readiness.path}`),
    withinMs: startSeconds * 1000,
  });
  return { spec, service };
}

export async function startGateway(program: GatewayProgram, policy: GatewayPolicy): Promise<RunningGateway> {
  const home = await makeFolder('gateway');
  const said: string[] = [];
  let { spec, service } = await startInstance(program, policy, { home });
  const stop = async (): Promise<void> => {
    await service.stop();
    said.push(service.output());
  };
  return {
    get spec() {
      return spec;
    },
    url: `http://127.0.0.1:${String(spec.port)}`,
    output: () => [...said, service.output()].join('\n'),
    stop,
    restart: async (next) => {
      await stop();
      ({ spec, service } = await startInstance(program, next, { home }));
    },
  };
}
