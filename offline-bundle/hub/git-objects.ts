/** Git object ids, by which a Hub's tree names its files. */
import { createHash, type Hash } from 'node:crypto';

/** Hash over which a git blob of a known size is named: `blob <size>\0`, then the bytes (git, Documentation/gitformat-pack). */
export const gitBlobHash = (size: number): Hash => createHash('sha1').update(`blob ${size}\0`);

/** The canonical Git LFS pointer (git-lfs, docs/spec.md, "The Pointer"). */
export const lfsPointer = (sha256: string, size: number): string =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${size}\n`;

/** The blob id that a tree must hold for an LFS file: its pointer is what the commit names. */
export function lfsPointerOid(sha256: string, size: number): string {
  const pointer = lfsPointer(sha256, size);
  return gitBlobHash(Buffer.byteLength(pointer)).update(pointer).digest('hex');
}
