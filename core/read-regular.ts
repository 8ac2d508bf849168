/** Reads a file once, and only a file: what a name leads to may be exchanged meanwhile, or be something that never ends. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** How a file is opened. */
export interface ReadOptions {
  /** More bytes are an error. @default - any number */
  readonly longest?: number;
  /** Whether a link is followed; else it is an error, `ELOOP`. @default true */
  readonly follow?: boolean;
}

/**
 * All bytes of a file.
 *
 * @throws Error of Node with its `code`; `EINVAL` for what is no file, `EFBIG` for one that is too long
 */
export async function readRegular(
  file: string,
  { longest = Infinity, follow = true }: ReadOptions = {},
): Promise<Buffer> {
  const refuse = (code: string, what: string): Error =>
    Object.assign(new Error(`${code}: ${what}, open '${file}'`), { code });
  // Without waiting for the other end of a pipe.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | (follow ? 0 : constants.O_NOFOLLOW));
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw refuse('EINVAL', 'not a file');
    if (found.size > longest) throw refuse('EFBIG', 'file too large');
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
