/** Child processes of the suite: bounded in time, ended by their own process group, never by name. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Buffer;
  /** @default 120 seconds */
  readonly timeoutMs?: number;
}

export interface Ran {
  /** Exit code; 128 + n after signal n, 124 after the time limit. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

const live = new Set<ChildProcess>();

function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal); // each child leads a group of its own
  } catch {
    // It has ended already.
  }
}

/** Ends whatever is still running; for the end of the run and for signals. */
export function endAll(): void {
  for (const child of live) endGroup(child, 'SIGKILL');
}

process.on('exit', endAll);
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => {
    process.exitCode = code;
    endAll();
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 2000).unref();
  });
}

function start(command: string, args: readonly string[], { cwd, env, input }: RunOptions): ChildProcess {
  const environment: NodeJS.ProcessEnv = { ...process.env, CHECKPOINT_DISABLE: '1', ...env };
  for (const [name, value] of Object.entries(environment))
    if (value === undefined) Reflect.deleteProperty(environment, name);
  const child = spawn(command, [...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: environment,
    detached: true,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  live.add(child);
  child.once('close', () => live.delete(child));
  child.once('error', () => live.delete(child));
  if (input !== undefined) {
    child.stdin?.on('error', () => undefined); // the child may end without reading
    child.stdin?.end(input);
  }
  return child;
}

/** Runs a command to its end and returns what it said, whatever its exit code. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const began = performance.now();
  const child = start(command, args, options);
  const parts = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  child.stdout?.on('data', (chunk: Buffer) => parts.stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => parts.stderr.push(chunk));
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    endGroup(child, 'SIGKILL');
  }, options.timeoutMs ?? 120_000);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve(late ? 124 : (status ?? (signal === null ? 1 : 128 + 9))));
  }).finally(() => clearTimeout(limit));
  return {
    code,
    stdout: Buffer.concat(parts.stdout).toString('utf8'),
    stderr: Buffer.concat(parts.stderr).toString('utf8'),
    seconds: (performance.now() - began) / 1000,
  };
}

/** The end of what a command said, for messages. */
export const tail = ({ stdout, stderr }: Pick<Ran, 'stdout' | 'stderr'>, lines = 25): string =>
  `${stdout}\n${stderr}`.trim().split('\n').slice(-lines).join('\n');

/** Runs a command that must end with status 0. */
export async function mustRun(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const ran = await run(command, args, options);
  if (ran.code === 0) return ran;
  const what = ran.code === 124 ? 'ran past its time limit' : `ended with status ${String(ran.code)}`;
  throw new Error(`${[command, ...args].join(' ')} ${what}:\n${tail(ran)}`);
}

export interface Service {
  readonly pid: number;
  /** Everything it has said so far. */
  readonly output: () => string;
  /** SIGTERM, then time to end by itself. @returns the seconds that it took; undefined where it had to be killed */
  readonly end: (withinMs: number) => Promise<number | undefined>;
  readonly stop: () => Promise<void>;
}

export interface ServiceOptions extends RunOptions {
  /** Returns what the caller waits for, undefined while it is not there. */
  readonly ready: (output: string) => Promise<boolean> | boolean;
  /** How long it may take to get ready. @default 30 seconds */
  readonly withinMs?: number;
}

/** Starts a program that stays, and returns once it is ready. */
export async function startService(
  command: string,
  args: readonly string[],
  options: ServiceOptions,
): Promise<Service> {
  const child = start(command, args, options);
  const said: string[] = [];
  child.stdout?.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
  let ended: string | undefined;
  child.once('error', (error) => (ended = error.message));
  child.once('close', (status) => (ended ??= `status ${String(status)}`));
  const output = (): string => said.join('');
  const hasEnded = (): string | undefined => ended;
  const end = async (withinMs: number): Promise<number | undefined> => {
    const began = performance.now();
    endGroup(child, 'SIGTERM');
    while (hasEnded() === undefined && performance.now() - began < withinMs) await pause(50);
    const seconds = hasEnded() === undefined ? undefined : (performance.now() - began) / 1000;
    endGroup(child, 'SIGKILL');
    return seconds;
  };
  const stop = async (): Promise<void> => {
    await end(5000);
  };
  const until = performance.now() + (options.withinMs ?? 30_000);
  while (!(await options.ready(output()))) {
    const end = hasEnded();
    if (end !== undefined || performance.now() > until) {
      await stop();
      const why = end === undefined ? 'did not get ready in time' : `ended with ${end} before it was ready`;
      throw new Error(`${[command, ...args].join(' ')} ${why}:\n${tail({ stdout: output(), stderr: '' })}`);
    }
    await pause(50);
  }
  return { pid: child.pid ?? 0, output, end, stop };
}

/** True once the address answers at all. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

/** True once the address answers with success. */
export async function isOk(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok ?? false;
}
