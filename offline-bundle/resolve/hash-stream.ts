/** Hashes bytes that are not kept. */
import type { Hash } from 'node:crypto';
import { newHash } from '../../core/digest';

export interface Hashed {
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Reads a stream to its end, or to the first byte beyond the size that was stated for it: more of it says no more.
 *
 * @param also a second hash to feed, which the caller finishes
 */
export async function hashStream(
  stream: AsyncIterable<Uint8Array>,
  { also, size: stated = Infinity }: { readonly also?: Hash; readonly size?: number } = {},
): Promise<Hashed> {
  const hash = newHash();
  let size = 0;
  for await (const part of stream) {
    hash.update(part);
    also?.update(part);
    size += part.length;
    if (size > stated) break;
  }
  return { sha256: hash.digest('hex'), size };
}
