/** Reads files that are small by their nature, never more than that. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { environmentFailed } from '../../core/errors';
import { systemCode } from '../../core/system-errors';
import { isMissing } from '../store/disk';

/** SHA256SUMS of a hundred thousand blobs has 14 MB; nothing that is read whole is larger. Bytes. */
const LIMIT = 64 * 1024 * 1024;

/**
 * The bytes of a plain file.
 *
 * @returns undefined when there is none, or something that is not a plain file, or one of more than 64 MiB
 * @throws AirlockError (environment) when it cannot be read
 */
export async function readSmallFile(file: string): Promise<Buffer | undefined> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const found = await handle.stat();
      return found.isFile() && found.size <= LIMIT ? await handle.readFile() : undefined;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isMissing(error) || systemCode(error) === 'ELOOP') return undefined;
    throw environmentFailed(
      'FILE_UNREADABLE',
      `cannot read ${file}: ${systemCode(error) ?? String(error)}`,
      'check the disk',
      error,
    );
  }
}
