/** Runs a command and watches it: wall time, peak memory of each of its processes, peak disk use of folders. */
import { spawn } from 'node:child_process';
import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface Measured {
  readonly seconds: number;
  /** Processor time of all processes, to a sample's length; other work on the machine adds little to it. */
  readonly cpuSeconds: number;
  /** Largest resident set of any one process, bytes. */
  readonly peakMemory: number;
  /** Sum of the largest resident sets of all processes, bytes: at least what they held together at any time. */
  readonly treeMemory: number;
  /** Largest sum of allocated blocks below the watched folder, bytes. */
  readonly peakDisk: number;
}

export interface MeasureOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Folder whose disk use is sampled; partial files count. */
  readonly watch?: string;
  /** Told what it wrote to standard output, at its end. */
  readonly told?: (stdout: string) => void;
}

/** Clock ticks of /proc in a second: `sysconf(_SC_CLK_TCK)`, 100 on every Linux that Node runs on. */
const TICKS = 100;

interface Member {
  readonly pid: number;
  readonly cpuSeconds: number;
}

/** Processes of a group, read from /proc (proc(5), `stat`: field 5 is the process group, 14 and 15 its time). */
async function groupMembers(group: number): Promise<Member[]> {
  const members: Member[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(fields[2]) !== group) continue;
    members.push({ pid: Number(name), cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS });
  }
  return members;
}

/** High-water mark of a process's resident set (proc(5), `VmHWM`), bytes: a late reading misses nothing before it. */
async function highWater(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

/** Allocated bytes of a folder, as `du` counts them. */
export async function diskUse(folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) sum += await diskUse(file);
    else
      sum += await lstat(file).then(
        ({ blocks }) => blocks * 512,
        () => 0,
      ); // renamed meanwhile
  }
  return sum;
}

const MEMORY_EVERY_MS = 40;
const DISK_EVERY_MS = 100;

/** @throws when the command ends with another status than 0, with what it said */
export async function measure(
  command: string,
  args: readonly string[],
  options: MeasureOptions = {},
): Promise<Measured> {
  const { cwd, env, watch } = options;
  const began = performance.now();
  const child = spawn(command, [...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    detached: true, // a process group of its own
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: Buffer[] = [];
  const out: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    said.push(chunk);
    out.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const state = { ended: false, peakDisk: 0 };
  const marks = new Map<number, number>();
  const times = new Map<number, number>();
  const sample = async (everyMs: number, take: () => Promise<void>): Promise<void> => {
    while (!state.ended) {
      await take();
      await pause(everyMs);
    }
  };
  const group = child.pid ?? 0;
  const watchers = Promise.all([
    sample(MEMORY_EVERY_MS, async () => {
      const members = await groupMembers(group);
      await Promise.all(
        members.map(async ({ pid, cpuSeconds }) => {
          times.set(pid, cpuSeconds);
          marks.set(pid, Math.max(marks.get(pid) ?? 0, await highWater(pid)));
        }),
      );
    }),
    watch === undefined
      ? undefined
      : sample(DISK_EVERY_MS, async () => {
          state.peakDisk = Math.max(state.peakDisk, await diskUse(watch));
        }),
  ]);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? 1));
  }).finally(() => (state.ended = true));
  const seconds = (performance.now() - began) / 1000;
  await watchers;
  if (watch !== undefined) state.peakDisk = Math.max(state.peakDisk, await diskUse(watch));
  if (code !== 0) {
    throw new Error(
      `${[command, ...args].join(' ')} ended with status ${code}:\n${Buffer.concat(said).toString('utf8')}`,
    );
  }
  options.told?.(Buffer.concat(out).toString('utf8'));
  const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
  return {
    seconds,
    cpuSeconds: sum(times.values()),
    peakMemory: Math.max(0, ...marks.values()),
    treeMemory: sum(marks.values()),
    peakDisk: state.peakDisk,
  };
}
