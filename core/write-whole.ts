/** Writes a file so that it is there whole or not at all. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

/**
 * Puts a file in the place of another, or where there is none. What lies beside it, links among that, is not written through.
 *
 * @param mode permissions of the file, as far as the machine does not mask them. @default - those of a new file
 * @throws Error of Node with its `code`; nothing is left of the attempt then
 */
export async function writeWhole(file: string, bytes: Buffer, mode?: number): Promise<void> {
  const partial = `${file}.${randomBytes(6).toString('hex')}.partial`;
  try {
    const handle = await open(partial, 'wx', mode);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
