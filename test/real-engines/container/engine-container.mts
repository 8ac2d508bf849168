/** Runs an engine as its contract says: containerd, a read-only root, a numeric user, no capability, a network of its own. */
import { access, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { EngineProbe, EngineSpec } from '../../../engines/contract.js';
import { startContainerd } from '../../harness/containerd.mjs';
import { mustRun, type Ran, run, type Service, startService } from '../../harness/processes.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { type EngineProgram, runtimeSpec } from './runtime-spec.mjs';
import { type NetworkCalls, startTrace } from '../../harness/network-trace.mjs';

const beside = (name: string): string => path.join(path.dirname(fileURLToPath(import.meta.url)), name);
const [ASK, STREAM] = [beside('ask.mjs'), beside('stream.mjs')];
/** Address of the pod: the kubelet and clients come by it, not by loopback. */
const POD_ADDRESS = '10.244.7.7';
export interface Answer {
  /** 0 where there was no answer. */
  readonly status: number;
  readonly body: string;
}

export interface RunningEngine {
  readonly spec: EngineSpec;
  readonly pid: number;
  /** Asks on the port of the contract, at the pod's address. */
  readonly ask: (path: string, method?: string, body?: unknown) => Promise<Answer>;
  /** A client that waits for a streamed answer, once the first of it has come. */
  readonly stream: (path: string, body: unknown) => Promise<Service>;
  /** Whether the kubelet would take the probe for passed. */
  readonly probe: (probe: EngineProbe) => Promise<boolean>;
  /** Runs a program in the network of the container. */
  readonly inNetwork: (command: string, args: readonly string[]) => Promise<Ran>;
  /** A file of the container's process below /proc. */
  readonly proc: (file: string) => Promise<string>;
  readonly isRunning: () => Promise<boolean>;
  /** Sum of what each process in the container had in memory at most, in bytes. */
  readonly peakMemory: () => Promise<number>;
  /** Sends SIGTERM, as the kubelet does. */
  readonly terminate: () => Promise<void>;
  /** Waits for the end of the process. @returns seconds that it took, undefined where it lives on */
  readonly ended: (withinSeconds: number) => Promise<number | undefined>;
  /** What it has said. */
  readonly output: () => Promise<string>;
  /** Ends everything and returns whom it spoke to. */
  readonly close: () => Promise<NetworkCalls>;
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** Processes that share a process namespace with another. */
async function companions(pid: number): Promise<number[]> {
  const namespaceOf = (of: number | string): Promise<string> =>
    readlink(`/proc/${String(of)}/ns/pid`).catch(() => 'ended');
  const [own, all] = [await namespaceOf(pid), (await readdir('/proc')).filter((name) => /^\d+$/.test(name))];
  const found = [];
  for (const other of all) if ((await namespaceOf(other)) === own) found.push(Number(other));
  return found;
}

export async function startEngine(engine: EngineProgram): Promise<RunningEngine> {
  const { spec } = engine;
  const containerd = await startContainerd(await makeFolder('containerd'));
  const trace = await startTrace(containerd.pid);
  const folder = await makeFolder('engine');
  const [log, pidFile] = [path.join(folder, 'log'), path.join(folder, 'pid')];
  const id = 'engine';
  const config = await runtimeSpec(containerd, engine, POD_ADDRESS);
  const runtime = await makeFolder('runc');
  const streams = ['--runc-root', runtime, '--pid-file', pidFile, '--log-uri', `file://${log}`];
  await containerd.ctr(['run', '--detach', ...streams, '--config', config, id]);
  const pid = Number(await readFile(pidFile, 'utf8'));
  const inNetwork = (command: string, args: readonly string[]): Promise<Ran> =>
    mustRun('nsenter', ['--net', '--target', String(pid), command, ...args]);
  await inNetwork('ip', ['address', 'add', `${POD_ADDRESS}/32`, 'dev', 'lo']);
  const urlOf = (asked: string): string => `http://${POD_ADDRESS}:${String(spec.port)}${asked}`;
  const ask: RunningEngine['ask'] = async (asked, method = 'GET', body) => {
    const args = [ASK, urlOf(asked), method, ...(body === undefined ? [] : [JSON.stringify(body)])];
    return JSON.parse((await inNetwork(process.execPath, args)).stdout) as Answer;
  };
  const isRunning = (): Promise<boolean> => exists(`/proc/${String(pid)}/exe`);
  return {
    spec,
    pid,
    ask,
    inNetwork,
    isRunning,
    peakMemory: async () => {
      let bytes = 0;
      for (const one of await companions(pid)) {
        const status = await readFile(`/proc/${String(one)}/status`, 'utf8');
        bytes += Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
      }
      return bytes;
    },
    stream: (asked, body) =>
      startService(
        'nsenter',
        ['--net', '--target', String(pid), process.execPath, STREAM, urlOf(asked), JSON.stringify(body)],
        { ready: (output) => output.includes('data:') },
      ),
    proc: (file) => readFile(`/proc/${String(pid)}/${file}`, 'utf8'),
    output: () => readFile(log, 'utf8').catch(() => ''),
    // Success as the kubelet counts it (Kubernetes documentation, "Configure Probes").
    probe: async (probe) => {
      if (typeof probe === 'string') {
        const { status } = await ask(probe);
        return status >= 200 && status < 400;
      }
      // By the runtime and without a standard input, as the kubelet's ExecSync does it; `ctr tasks exec` always has one.
      const args = ['--root', path.join(runtime, 'default'), 'exec', id, ...probe.exec];
      return (await run('runc', args)).code === 0;
    },
    terminate: async () => {
      await containerd.ctr(['tasks', 'kill', '--signal', 'SIGTERM', id]);
    },
    ended: async (withinSeconds) => {
      const began = performance.now();
      const passed = (): number => (performance.now() - began) / 1000;
      while (await isRunning()) {
        if (passed() > withinSeconds) return undefined;
        await pause(20);
      }
      return passed();
    },
    close: async () => {
      await containerd.attempt(['tasks', 'delete', '--force', id]);
      const calls = await trace.finish();
      await containerd.stop();
      return calls;
    },
  };
}
