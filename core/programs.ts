/** Programs that are not ours: started without a shell, and told no more of this process's environment than is listed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What every program may see: where programs and files are, who asks, how to write, and whom TLS trusts. */
const EVERY_PROGRAM = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR', 'TZ', 'LANG', 'LC_*', 'TERM', 'XDG_*'],
  ...[
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'NO_PROXY',
    'http_proxy',
    'https_proxy',
    'no_proxy',
  ],
];

/** Variable in which a person lists further names, e.g. those of a login plugin: `AWS_PROFILE,AWS_REGION`. */
export const PASS_ENVIRONMENT = 'AIRLOCK_PASS_ENV';

export interface ProgramOptions {
  /** Names of variables that it may see beside those of every program; `PG*` stands for all that begin so. */
  readonly sees: readonly string[];
  /**
   * Whether it sees these alone: not what every program may see, nor what a person lists.
   *
   * @default false
   */
  readonly alone?: boolean;
  /**
   * Variables that are set for it.
   *
   * @default - none
   */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * @default - this process's
   */
  readonly cwd?: string;
  /**
   * What it reads from standard input.
   *
   * @default - nothing
   */
  readonly input?: string | Buffer;
  /**
   * Told what it writes to standard output, line by line as it comes.
   *
   * @default - nobody
   */
  readonly onLine?: (line: string) => void;
  /**
   * Milliseconds that it gets to end by itself when this process is told to end.
   *
   * @default 2000
   */
  readonly graceMs?: number;
  /**
   * Milliseconds after which it is ended.
   *
   * @default - none
   */
  readonly timeoutMs?: number;
  /**
   * Bytes of standard output that are kept; the rest is counted alone.
   *
   * @default - all
   */
  readonly keptBytes?: number;
}

export interface Ran {
  /** Exit code; undefined after a signal. */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: Buffer;
  /** All that it wrote, kept or not. */
  readonly stdoutBytes: number;
  readonly stderr: string;
}

const matches = (name: string, listed: string): boolean =>
  listed.endsWith('*') ? name.startsWith(listed.slice(0, -1)) : name === listed;

/** Names of variables that every program may see, and those that a person lists. */
function seenByAll(of: Readonly<NodeJS.ProcessEnv>): readonly string[] {
  const further = (of[PASS_ENVIRONMENT] ?? '').split(',').map((name) => name.trim());
  return [...EVERY_PROGRAM, ...further.filter((name) => name !== '' && name !== '*')];
}

/**
 * The environment of a program: what it may see of another, and what is set for it.
 *
 * @param sees names beside those of every program
 * @param of the environment that they are taken from
 * @param alone whether it sees these alone
 */
export function programEnvironment(
  sees: readonly string[],
  set: Readonly<Record<string, string>> = {},
  of: Readonly<NodeJS.ProcessEnv> = process.env,
  alone = false,
): Record<string, string> {
  const listed = [...(alone ? [] : seenByAll(of)), ...sees];
  const seen = Object.entries(of).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && listed.some((name) => matches(entry[0], name)),
  );
  return { ...Object.fromEntries(seen), ...set };
}

/** What runs, and how long it gets to end by itself. */
const running = new Map<ChildProcess, number>();

/** Milliseconds that programs get to end by themselves. */
const GRACE_MS = 2000;

/** Ends every program that runs: politely, then for good. Done once all are gone. */
export async function endPrograms(): Promise<void> {
  const ends = [...running].map(
    ([child, graceMs]) =>
      new Promise<void>((resolve) => {
        const forGood = setTimeout(() => child.kill('SIGKILL'), graceMs);
        child.once('exit', () => {
          clearTimeout(forGood);
          resolve();
        });
        child.kill('SIGTERM');
      }),
  );
  await Promise.all(ends);
}

/**
 * Runs a program to its end, whatever its exit code.
 *
 * @throws Error of Node with its `code` (ENOENT, EACCES) when it does not start
 */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions): Promise<Ran> {
  const { sees, alone, env, cwd, input = '', onLine, timeoutMs, graceMs = GRACE_MS, keptBytes = Infinity } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...(cwd === undefined ? {} : { cwd }),
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
      env: programEnvironment(sees, env, process.env, alone),
      stdio: 'pipe',
    });
    running.set(child, graceMs);
    child.once('exit', () => running.delete(child)).once('error', () => running.delete(child));
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let stdoutBytes = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      stdoutBytes += chunk.length;
      if (stdoutBytes <= keptBytes) out.push(chunk);
    });
    if (onLine !== undefined) createInterface({ input: child.stdout }).on('line', onLine);
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({
        code: code ?? undefined,
        signal: signal ?? undefined,
        stdout: Buffer.concat(out),
        stdoutBytes,
        stderr: Buffer.concat(err).toString(),
      }),
    );
    // A program that ends before it has read everything is judged by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
