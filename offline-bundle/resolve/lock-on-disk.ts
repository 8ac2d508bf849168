/** Where a lock is written: never over another site's, and not at all when nothing changed. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AirlockError, badInput } from '../../core/errors';
import type { Lock } from '../../site/generated/lock';
import { loadLock, serializeLock } from '../../site/lock/lock-file';
import { writeDurably } from '../store/disk';

/**
 * Checks before any work that a file may become the lock of a site: it does not exist, or is that site's lock already.
 *
 * @throws AirlockError (input) when it is another site's lock, or something else
 */
export async function demandOwnLock(site: string, file: string): Promise<void> {
  if (!existsSync(file)) return;
  let before: Lock;
  try {
    before = await loadLock(file);
  } catch (error) {
    if (!(error instanceof AirlockError) || error.kind !== 'input') throw error;
    throw badInput('OUTPUT_EXISTS', `${file} exists and is not a lock`, 'name another file with --lock, or remove it');
  }
  if (before.site !== site) {
    throw badInput(
      'OUTPUT_EXISTS',
      `${file} is the lock of site "${before.site}", not of "${site}"`,
      'name another file with --lock, or remove it if it is no longer needed',
    );
  }
}

/**
 * Writes a lock atomically; a file that holds the same bytes is left alone.
 *
 * @returns whether the file changed
 * @throws AirlockError (environment) when the disk refuses
 */
export async function saveLock(lock: Lock, file: string): Promise<boolean> {
  const text = serializeLock(lock);
  if (existsSync(file) && (await readFile(file, 'utf8')) === text) return false;
  await writeDurably(file, text, path.dirname(file));
  return true;
}
