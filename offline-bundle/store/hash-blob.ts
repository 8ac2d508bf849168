/** SHA-256 of a file as it is on the disk now. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Digest } from '../../core/digest';
import { environmentFailed } from '../../core/errors';
import { systemCode } from '../../core/system-errors';
import type { Progress } from '../../core/progress';
import { isMissing } from './disk';
import { fileChunks } from './file-chunks';
import { hashOf } from './hash-threads';

/** What a disk says of a place that it cannot read: damage of the blob, not of the program's surroundings. */
const DAMAGE: readonly string[] = ['EIO', 'ELOOP', 'EISDIR'];

/** SHA-256 of an open file, all of it. @param size expected bytes. @throws Error of Node with its `code` */
export async function hashHandle(handle: FileHandle, size: number, progress: Progress): Promise<Digest> {
  const hash = hashOf(size);
  try {
    for await (const chunk of fileChunks(handle, 0, size)) {
      await hash.update(chunk);
      progress.advance(chunk.length);
    }
    return await hash.digest();
  } finally {
    hash.drop();
  }
}

/**
 * Reads and hashes a whole file, following no link.
 *
 * @param size expected bytes; more are read, too, so that what was appended shows
 * @returns undefined when it is missing, no file, or cannot be read as a whole
 * @throws AirlockError (environment) when it may not be opened
 */
export async function hashBlob(file: string, size: number, progress: Progress): Promise<Digest | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    return await hashHandle(handle, size, progress);
  } catch (error) {
    if (isMissing(error) || DAMAGE.includes(systemCode(error) ?? '')) return undefined;
    throw environmentFailed(
      'FILE_UNREADABLE',
      `cannot read ${file}: ${systemCode(error) ?? String(error)}`,
      'check the permissions',
      error,
    );
  } finally {
    await handle?.close();
  }
}
