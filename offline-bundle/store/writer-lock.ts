/**
 * One writer per store. Each contender leaves a file that names its process, then looks for others: of two that
 * overlap at least one sees the other and steps back. A killed writer's file names a process that no longer exists and
 * is removed. Holds among the processes of one machine.
 */
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { environmentFailed } from '../../core/errors';
import { errorCode, writeFailed } from './disk';

const LOCK = /^writer-(\d+)-(\d+)\.lock$/;

/** When a process began, in clock ticks since boot (proc_pid_stat(5), field 22), so that a reused id is told apart. */
async function startOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold spaces; field 22 is the 20th after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    return '0';
  }
}

async function isAlive(pid: number, start: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
  }
  return (await startOf(pid)) === start;
}

/**
 * Becomes the store's only writer.
 *
 * @returns releases the lock; ending the process does so too
 * @throws AirlockError (environment) when another process writes to the store
 */
export async function lockStore(dir: string): Promise<() => Promise<void>> {
  const own = `writer-${process.pid}-${await startOf(process.pid)}.lock`;
  try {
    await writeFile(path.join(dir, own), '', { flag: 'wx' });
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw busy(dir, process.pid);
    throw writeFailed(path.join(dir, own), error);
  }
  const release = (): Promise<void> => rm(path.join(dir, own), { force: true });
  for (const name of await readdir(dir)) {
    const [, pid, start] = LOCK.exec(name) ?? [];
    if (pid === undefined || start === undefined || name === own) continue;
    if (await isAlive(Number(pid), start)) {
      await release();
      throw busy(dir, Number(pid));
    }
    await rm(path.join(dir, name), { force: true });
  }
  return release;
}

const busy = (dir: string, pid: number): Error =>
  environmentFailed(`another import (process ${pid}) is writing to ${dir}`, 'wait for it to end, then run this again');
