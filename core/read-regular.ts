/** Reads a file once, and only a file: what a name leads to may be exchanged meanwhile, or be something that never ends. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * All bytes of a file; links are followed.
 *
 * @param longest more bytes are an error
 * @throws Error of Node with its `code`; `EINVAL` for what is no file, `EFBIG` for one that is too long
 */
export async function readRegular(file: string, longest = Infinity): Promise<Buffer> {
  const refuse = (code: string, what: string): Error =>
    Object.assign(new Error(`${code}: ${what}, open '${file}'`), { code });
  // Without waiting for the other end of a pipe.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw refuse('EINVAL', 'not a file');
    if (found.size > longest) throw refuse('EFBIG', 'file too large');
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
