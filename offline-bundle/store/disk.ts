/** Durable writes: beside, fsynced, renamed; and what a failing disk says, in the kit's words. */
import { randomBytes } from 'node:crypto';
import { lstat, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { AirlockError, environmentFailed } from '../../core/errors';
import { systemCode } from '../../core/system-errors';
import { readRegular } from '../../core/read-regular';

export const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '');

const WRITE_FIXES: Readonly<Record<string, string>> = {
  ENOSPC: 'free space or choose another disk, then run the same command again: what is there is kept',
  EDQUOT: 'raise the quota or choose another disk, then run the same command again: what is there is kept',
  EROFS: 'the file system is mounted read-only: choose another folder',
  EACCES: 'check the permissions of the folder',
  EPERM: 'check the permissions of the folder',
};

/** Turns what a write threw into an environment error that names the file; errors of ours pass unchanged. */
export function writeFailed(file: string, error: unknown): AirlockError {
  if (error instanceof AirlockError) return error;
  const code = systemCode(error) ?? String(error);
  const what = code === 'ENOSPC' ? `no space left on the disk of ${file}` : `cannot write ${file}: ${code}`;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return environmentFailed(
    full ? 'DISK_FULL' : 'OUTPUT_UNWRITABLE',
    what,
    WRITE_FIXES[code] ?? 'check the disk, then run the same command again',
    error,
  );
}

/** Makes the names in a directory durable: a rename survives a power cut only after this (fsync(2), NOTES). */
export async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Removes a folder that lies where a file of the store belongs: every other thing gives way to a rename, a folder does not
 * (rename(2), EISDIR). Only for places whose names are the store's own.
 *
 * @throws AirlockError (environment) when the disk refuses
 */
export async function makeWay(file: string): Promise<void> {
  try {
    if ((await lstat(file)).isDirectory()) await rm(file, { recursive: true });
  } catch (error) {
    if (!isMissing(error)) throw writeFailed(file, error);
  }
}

/**
 * Replaces a small file so that a reader or a power cut sees the old bytes or the new ones, never a part.
 *
 * @param scratch folder for the unfinished file, on the same file system
 * @param time of the last change that the file is to show. @default - now
 * @throws AirlockError (environment) when the disk refuses
 */
export async function writeDurably(
  file: string,
  bytes: string | Uint8Array,
  scratch: string,
  time?: Date,
): Promise<void> {
  const beside = path.join(scratch, `${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(beside, 'wx');
    try {
      await handle.writeFile(bytes);
      if (time !== undefined) await handle.utimes(time, time);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
    await syncDirectory(path.dirname(file));
  } catch (error) {
    await rm(beside, { force: true });
    throw writeFailed(file, error);
  }
}

/** Text of a file of a store, where nothing is a link, and what is no file is never waited for. @throws Error of Node with its `code` */
export const readStored = async (file: string): Promise<string> =>
  (await readRegular(file, { follow: false })).toString('utf8');
