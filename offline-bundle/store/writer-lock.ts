/**
 * One writer per store. Each contender leaves a file that names its process, then looks for others: of two that
 * overlap at least one sees the other and steps back. The file of a process that is gone is removed; that of a process
 * in another container or on another machine, of which nothing is known, when it shows no sign of life any more.
 *
 * Node has neither flock(2) nor fcntl(2) locks. `proper-lockfile` goes by signs of life alone: after a kill nobody could
 * go on before they are old, while here a killed writer of the same container is known to be gone. A writer that
 * stood still for longer than its lock held corrupts nothing: what it writes to is its own (staged-parts.ts).
 */
import { futimesSync } from 'node:fs';
import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { environmentFailed } from '../../core/errors';
import { systemCode } from '../../core/system-errors';
import { isMissing, writeFailed } from './disk';
import { fateOf, WRITER_FORM, writerName } from './writer-identity';

/** Any lock, also that of an earlier version, of whose process nothing is known. */
const LOCK = /^writer-([0-9a-f-]+)\.lock$/;
const OWNER = new RegExp(`^${WRITER_FORM}$`);
/** How often a writer shows that it lives. Milliseconds. */
const BEAT_MS = 5000;
/**
 * Age at which the last sign of life of an unknown writer counts as its end: many beats, since a busy disk may hold them
 * up, and clocks of machines that share a disk differ. Milliseconds.
 */
export const SILENCE_MS = 60_000;

/** Shows signs of life until told to stop; at once, since fsyncs may fill Node's threads for long. */
function beat(handle: FileHandle): () => void {
  const timer = setInterval(() => {
    try {
      futimesSync(handle.fd, new Date(), new Date());
    } catch {
      // A disk that refuses this refuses the writing, too, which says so.
    }
  }, BEAT_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Whether a lock that is not ours holds. */
async function holds(file: string, owner: string): Promise<boolean> {
  const fate = await fateOf(owner);
  if (fate !== 'unknown') return fate === 'running';
  try {
    return Date.now() - (await stat(file)).mtimeMs < SILENCE_MS;
  } catch (error) {
    if (isMissing(error)) return false;
    throw environmentFailed('FILE_UNREADABLE', `cannot read ${file}`, 'check the permissions and the disk', error);
  }
}

async function stepInto(dir: string, file: string): Promise<FileHandle> {
  try {
    return await open(file, 'wx');
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw busy(dir, file);
    throw writeFailed(file, error);
  }
}

/**
 * Becomes the store's only writer.
 *
 * @returns releases the lock; ending the process does so too
 * @throws AirlockError (environment) when another process writes to the store
 */
export async function lockStore(dir: string): Promise<() => Promise<void>> {
  const own = `writer-${await writerName()}.lock`;
  const file = path.join(dir, own);
  const handle = await stepInto(dir, file);
  const stop = beat(handle);
  const release = async (): Promise<void> => {
    stop();
    await handle.close();
    await rm(file, { force: true });
  };
  try {
    for (const name of await readdir(dir)) {
      const [, owner] = LOCK.exec(name) ?? [];
      if (owner === undefined || name === own) continue;
      const other = path.join(dir, name);
      if (await holds(other, owner)) throw busy(dir, other);
      await rm(other, { force: true });
    }
  } catch (error) {
    await release();
    throw error;
  }
  return release;
}

function busy(dir: string, lock: string): Error {
  const [, owner = ''] = LOCK.exec(path.basename(lock)) ?? [];
  const [, , pid] = OWNER.exec(owner) ?? [];
  const who = pid === undefined ? '' : ` (process ${pid})`;
  return environmentFailed(
    'STORE_LOCKED',
    `another command${who} is writing to ${dir}`,
    `wait for it to end, then run this again; ${path.basename(lock)} of a writer that was killed in another container ` +
      `or on another machine counts for ${SILENCE_MS / 1000} s more`,
  );
}
