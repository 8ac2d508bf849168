/** Small chunks of a network as few large ones, so that neither writing nor hashing is dominated by calls. */
import { sharedBuffer } from './hash-threads';

/** Bytes of a gathered chunk. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * Yields the same bytes in one buffer that is used again and that all threads see: a chunk is valid until the next one is asked for.
 * Where the source fails, what it gave before comes first.
 *
 * @param sizeHint expected bytes, so that little content takes a small buffer
 */
export async function* gathered(chunks: AsyncIterable<Uint8Array>, sizeHint: number): AsyncGenerator<Buffer> {
  const buffer = sharedBuffer(Math.max(1, Math.min(CHUNK_BYTES, sizeHint)));
  let filled = 0;
  let failed: { readonly error: unknown } | undefined;
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length;) {
        const count = Math.min(chunk.length - at, buffer.length - filled);
        buffer.set(chunk.subarray(at, at + count), filled);
        filled += count;
        at += count;
        if (filled < buffer.length) continue;
        yield buffer;
        filled = 0;
      }
    }
  } catch (error) {
    failed = { error };
  }
  if (filled > 0) yield buffer.subarray(0, filled);
  if (failed !== undefined) throw failed.error;
}
