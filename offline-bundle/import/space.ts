/** Whether the store's disk can take what is to come, asked before the first byte. */
import { statfs } from 'node:fs/promises';
import { environmentFailed } from '../../core/errors';

/** Room for directory entries, records and the journal of the file system. Bytes. */
const SLACK = 16 * 1024 * 1024;

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;

/** @throws AirlockError (environment) when the disk of `dir` has less than `needed` bytes and some slack free */
export async function demandSpace(dir: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  if (needed === 0 || free >= needed + SLACK) return;
  throw environmentFailed(
    `the disk of ${dir} has ${gigabytes(free)} free, the import needs ${gigabytes(needed + SLACK)}`,
    'free space or choose another disk with --store; nothing was copied',
  );
}
