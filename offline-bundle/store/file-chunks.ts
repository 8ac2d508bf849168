/** Reads a file sequentially with one chunk of read-ahead: the disk works while the caller hashes. */
import type { FileHandle } from 'node:fs/promises';
import { sharedBuffer } from './hash-threads';

/** Large enough that SHA-256, not the call overhead, decides the speed. Bytes. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * Yields the bytes of an open file from `start` on. Memory is two chunks, reused, which all threads see: a chunk is valid until the
 * next one is asked for.
 *
 * @param sizeHint expected bytes, so that a small file takes a small buffer
 * @param chunkBytes bytes of a chunk
 */
export async function* fileChunks(
  handle: FileHandle,
  start = 0,
  sizeHint = CHUNK_BYTES,
  chunkBytes = CHUNK_BYTES,
): AsyncGenerator<Buffer> {
  const length = Math.max(1, Math.min(chunkBytes, sizeHint + 1));
  const read = async (buffer: Buffer, position: number): Promise<Buffer> => {
    const { bytesRead } = await handle.read(buffer, 0, length, position);
    return buffer.subarray(0, bytesRead);
  };
  let [current, spare] = [sharedBuffer(length), sharedBuffer(length)];
  let position = start;
  let ahead = read(current, position);
  try {
    for (;;) {
      const chunk = await ahead;
      if (chunk.length === 0) return;
      position += chunk.length;
      [current, spare] = [spare, current];
      ahead = read(current, position);
      ahead.catch(() => undefined); // reported when it is awaited
      yield chunk;
    }
  } finally {
    await ahead.catch(() => undefined); // the caller closes the file next
  }
}
