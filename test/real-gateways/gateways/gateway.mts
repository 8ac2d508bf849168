/** A gateway as its contract starts it, at other addresses and folders than in its pod. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CONFIG_FOLDER, type Gateway, type GatewayProbe, type GatewaySpec } from '../../../gateway/contract.js';
import type { GatewayPolicy } from '../../../gateway/policy.js';
import { startService } from '../../harness/processes.mjs';
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

export async function startGateway(program: GatewayProgram, policy: GatewayPolicy): Promise<RunningGateway> {
  const home = await makeFolder('gateway');
  const said: string[] = [];
  const launch = async (wanted: GatewayPolicy) => {
    const spec = shifted(program.gateway.contract(wanted), program.portShift ?? 0);
    const folders = {
      [CONFIG_FOLDER]: path.join(home, 'config'),
      ...(spec.state === undefined ? {} : { [spec.state]: path.join(home, 'state') }),
    };
    for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
    for (const { name, content } of spec.files)
      await writeFile(path.join(home, 'config', name), relocate(content, folders));
    const args = spec.args.map((arg) => relocate(arg, folders));
    const key = spec.masterKeyVariable === undefined ? {} : { [spec.masterKeyVariable]: `sk-${'0a1b2c3d'.repeat(6)}` };
    const service = await startService(program.command, args, {
      cwd: home,
      env: { ...spec.env, ...key, ...program.env, HOME: home },
      ready: () => isReady(`http://127.0.0.1:${String(spec.readiness.port)}${spec.readiness.path}`),
      withinMs: program.startSeconds * 1000,
    });
    return { spec, service };
  };
  let { spec, service } = await launch(policy);
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
      ({ spec, service } = await launch(next));
    },
  };
}
