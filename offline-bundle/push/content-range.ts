/** Bytes of a content from one place on: of a blob of the store, or of what is assembled around one. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { checkFailed, environmentFailed } from '../../core/errors';
import { systemCode } from '../../core/system-errors';
import type { Content, MadeOf } from '../mirror/content';
import type { Store } from '../store/store';

/** Few calls for each byte, and little memory. Bytes. */
const READ_BYTES = 256 * 1024;
const NOTHING = Buffer.alloc(0);

export const damaged = (digest: string, what: string): Error =>
  checkFailed(
    'STORE_DAMAGED',
    `blob ${digest} is damaged, so it is not pushed: ${what}`,
    'import a bundle that holds it with --recheck, which brings it back, then push again',
  );

async function* blobRange(
  store: Pick<Store, 'blobPath'>,
  { digest, size }: NonNullable<MadeOf['blob']>,
  from: number,
  to: number,
): AsyncGenerator<Buffer> {
  const file = store.blobPath(digest);
  let sent = from;
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const found = await handle.stat();
      if (!found.isFile() || found.size !== size) throw damaged(digest, `it has ${found.size} bytes, not ${size}`);
      const options = { start: from, end: to - 1, highWaterMark: READ_BYTES, autoClose: false };
      for await (const chunk of handle.createReadStream(options)) {
        sent += (chunk as Buffer).length;
        yield chunk as Buffer;
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    if (['ENOENT', 'ELOOP', 'EIO', 'EISDIR'].includes(code)) throw damaged(digest, code);
    throw environmentFailed('FILE_UNREADABLE', `cannot read ${file}: ${code}`, 'check the permissions', error);
  }
  if (sent !== to) throw damaged(digest, 'it became shorter while it was read');
}

/**
 * Bytes `from` (included) to `to` (not included).
 *
 * @throws AirlockError (check) where the store has other bytes than it should, as far as sizes tell; (environment) where it may not
 *   be read
 */
export async function* contentRange(
  store: Pick<Store, 'blobPath'>,
  content: Content,
  from: number,
  to: number,
): AsyncGenerator<Buffer> {
  const { head, blob, tail }: MadeOf = content.made ?? { head: NOTHING, blob: content, tail: NOTHING };
  const blobAt = head.length;
  const tailAt = blobAt + (blob?.size ?? 0);
  if (from < Math.min(to, blobAt)) yield head.subarray(from, to);
  const [first, end] = [Math.max(from, blobAt) - blobAt, Math.min(to, tailAt) - blobAt];
  if (blob !== undefined && first < end) yield* blobRange(store, blob, first, end);
  if (Math.max(from, tailAt) < to) yield tail.subarray(Math.max(from, tailAt) - tailAt, to - tailAt);
}
