/** What sizes the memory of a model comes from bytes that were verified, not from what was read while locking. */
import { open } from 'node:fs/promises';
import { type Digest, parseDigest } from '../../core/digest';
import type { Lock } from '../../site/generated/lock';
import { demandShape } from '../resolve/resolve-shape';

async function startOf(file: string, limit: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(limit), 0, limit, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * @param file where the blob of a digest lies
 * @throws AirlockError (check) for the first model whose shape in the lock is not that of its files
 */
export async function demandShapes(lock: Lock, file: (digest: Digest) => string): Promise<void> {
  for (const model of lock.models)
    await demandShape(model, ({ sha256 }, limit) => startOf(file(parseDigest(`sha256:${sha256}`)), limit));
}
