/** Hashes and content of the outside world. It shares no code with what it tests, so it computes them itself. */
import { createCipheriv, createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

export const sha256Hex = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** Git's object id: SHA-1 over `<type> <size>\0<body>` (git, Documentation/gitformat-pack and "Git Internals: Objects"). */
export const gitObjectId = (type: 'blob' | 'tree' | 'commit', body: Uint8Array): string =>
  createHash('sha1')
    .update(`${type} ${String(body.length)}\0`)
    .update(body)
    .digest('hex');

/** The canonical pointer that git stores in place of a large file (git-lfs, docs/spec.md, "The Pointer"). */
export const lfsPointer = (sha256: string, size: number): Buffer =>
  Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${String(size)}\n`);

/** Incompressible bytes that are the same for the same seed everywhere: an AES-256-CTR key stream. */
export function seededBytes(seed: string, size: number): Buffer {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

/** Something a server can send, whole or in part. */
export interface Content {
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  /** Id of the git blob that holds exactly these bytes. */
  readonly gitOid: string;
  /** The bytes from `start` up to, not including, `end`. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
}

export function bytesContent(input: Uint8Array | string): Content {
  const bytes = typeof input === 'string' ? Buffer.from(input) : Buffer.from(input);
  return {
    size: bytes.length,
    sha256: sha256Hex(bytes),
    gitOid: gitObjectId('blob', bytes),
    async *read(start, end) {
      // Slices, so that faults and backpressure act between them.
      for (let at = start; at < end; at += 65_536)
        yield await Promise.resolve(bytes.subarray(at, Math.min(end, at + 65_536)));
    },
  };
}

/** A file on disk, for content too large to hold: hashed once, then streamed. */
export async function fileContent(file: string): Promise<Content> {
  const { size } = await stat(file);
  const sha256 = createHash('sha256');
  const sha1 = createHash('sha1').update(`blob ${String(size)}\0`);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    sha256.update(chunk);
    sha1.update(chunk);
  }
  return {
    size,
    sha256: sha256.digest('hex'),
    gitOid: sha1.digest('hex'),
    async *read(start, end) {
      if (end <= start) return;
      yield* createReadStream(file, { start, end: end - 1, highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>;
    },
  };
}

export const contentOf = (content: Content | Uint8Array | string): Content =>
  typeof content === 'string' || content instanceof Uint8Array ? bytesContent(content) : content;
