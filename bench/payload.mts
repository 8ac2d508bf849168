/** The payload: a file that nothing can compress, the same bytes for the same size on every machine. */
import { createCipheriv, createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

const UNITS: Readonly<Record<string, number>> = {
  MB: 1e6,
  MiB: 1024 ** 2,
  GB: 1e9,
  GiB: 1024 ** 3,
};

/** Bytes of a size like `2GiB`; undefined for anything else. */
export function parseSize(text: string): number | undefined {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([MG]i?B)$/.exec(text) ?? [];
  const bytes = Math.round(Number(amount) * (UNITS[unit] ?? NaN));
  return bytes > 0 ? bytes : undefined;
}

const CHUNK = Buffer.alloc(4 * 1024 * 1024);

/** Writes the AES-256-CTR key stream of a seed, that many bytes of it, and makes it durable. */
export async function writePayload(file: string, bytes: number, seed = 'airlock bench'): Promise<void> {
  const key = createHash('sha256').update(seed).digest();
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const handle = await open(file, 'w');
  try {
    for (let left = bytes; left > 0; left -= CHUNK.length)
      await handle.writeFile(stream.update(CHUNK.subarray(0, Math.min(CHUNK.length, left))));
    await handle.sync();
  } finally {
    await handle.close();
  }
}
