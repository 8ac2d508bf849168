/** Whether the store's disk can take what is to come, asked before the first byte. */
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { environmentFailed } from '../../core/errors';
import { isMissing } from '../store/disk';

/** Room for directory entries, records and the journal of the file system. Bytes. */
const SLACK = 16 * 1024 * 1024;

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;

async function freeBytes(dir: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(dir);
    return bavail * bsize;
  } catch (error) {
    const parent = path.dirname(path.resolve(dir));
    if (isMissing(error) && parent !== path.resolve(dir)) return freeBytes(parent);
    throw environmentFailed(
      'FILE_UNREADABLE',
      `cannot tell how much room ${dir} has`,
      'check the permissions and the disk',
      error,
    );
  }
}

/**
 * Demands room for an import and some slack.
 *
 * @param dir the store, which need not exist yet
 * @param needed bytes
 * @throws AirlockError (environment) when the disk has less
 */
export async function demandSpace(dir: string, needed: number): Promise<void> {
  if (needed === 0) return;
  const free = await freeBytes(dir);
  if (free >= needed + SLACK) return;
  throw environmentFailed(
    'DISK_FULL',
    `the disk of ${dir} has ${gigabytes(free)} free, the import needs ${gigabytes(needed + SLACK)}`,
    'free space or choose another disk with --store; nothing was copied',
  );
}
