/**
 * Keeps two runs from working on the same bundle. Node has no `flock`, so the lock is a file that names its process;
 * a run that was killed leaves it behind, and the next one sees that its process is gone.
 *
 * Locks are numbered. Whoever finds the last one dead makes the next number exclusively, so that of two runs that find
 * it dead at the same time only one goes on.
 */
import { readFileSync } from 'node:fs';
import { open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { environmentFailed } from '../../core/errors';
import { systemCode } from '../../core/system-errors';
import { isMissing, writeFailed } from '../store/disk';

export interface RunLock {
  /** Gives the lock back. */
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  /** Start of the process in clock ticks since boot, so that a reused pid can be told; null where unknown. */
  readonly started: string | null;
  readonly host: string;
}

/** Time in which a run that has made its lock file writes its name into it. Milliseconds. */
const NAMING_TIME = 10_000;

/** Field 22 of /proc/PID/stat (proc_pid_stat(5)); the second field may hold spaces and parentheses. */
function startOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function runs({ pid, started, host }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemCode(error) === 'ESRCH') return false;
  }
  return started === null || startOf(pid) === started;
}

/** @returns the holder; undefined when the lock is dead or gone */
async function holderOf(file: string): Promise<Holder | undefined> {
  try {
    const text = await readFile(file, 'utf8');
    const age = Date.now() - (await stat(file)).mtimeMs;
    const holder = text.endsWith('\n') ? (JSON.parse(text) as Holder) : undefined;
    if (holder !== undefined) return runs(holder) ? holder : undefined;
    return age < NAMING_TIME ? { pid: 0, started: null, host: 'another run' } : undefined;
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return undefined;
    throw writeFailed(file, error);
  }
}

async function numbersOf(folder: string, prefix: string): Promise<number[]> {
  const names = await readdir(folder);
  const found = names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  return found
    .filter((text) => /^\d{1,9}$/.test(text))
    .map(Number)
    .sort((a, b) => a - b);
}

/** @returns false when another run made it first */
async function make(file: string): Promise<boolean> {
  const holder: Holder = { pid: process.pid, started: startOf(process.pid), host: hostname() };
  try {
    const handle = await open(file, 'wx', 0o644);
    try {
      await handle.writeFile(`${JSON.stringify(holder)}\n`);
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw writeFailed(file, error);
  }
}

/**
 * Takes the lock `<base>.<number>`.
 *
 * @param what is worked on, in words
 * @throws AirlockError (environment) while another run holds it, or when the folder cannot be written
 */
export async function takeRunLock(base: string, what = 'this bundle'): Promise<RunLock> {
  const [folder, prefix] = [path.dirname(base), `${path.basename(base)}.`];
  const fileOf = (number: number): string => path.join(folder, `${prefix}${number}`);
  for (;;) {
    const before = await numbersOf(folder, prefix);
    for (const number of before) {
      const holder = await holderOf(fileOf(number));
      if (holder === undefined) continue;
      const who = holder.pid === 0 ? holder.host : `process ${holder.pid} on ${holder.host}`;
      throw environmentFailed(
        'BUNDLE_LOCKED',
        `${who} is working on ${what}`,
        `wait for it, or remove ${fileOf(number)} if it no longer runs`,
      );
    }
    const own = (before.at(-1) ?? 0) + 1;
    if (!(await make(fileOf(own)))) continue;
    const release = (): Promise<void> => rm(fileOf(own), { force: true });
    // A run that had listed older locks may have gone on at a lower number meanwhile: the lower one wins.
    for (const number of await numbersOf(folder, prefix)) {
      if (number >= own) continue;
      if ((await holderOf(fileOf(number))) === undefined) await rm(fileOf(number), { force: true });
      else {
        await release();
        throw environmentFailed('BUNDLE_LOCKED', `another run has just begun to work on ${what}`, 'wait for it to end');
      }
    }
    return { release };
  }
}
