/** Git object ids, by which a Hub's tree names its files (git, Documentation/gitformat-pack; git-lfs, docs/spec.md). */
import { createHash, type Hash } from 'node:crypto';

/** An entry of a tree: a file, or a directory by the id of its own tree. */
export interface TreeEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory';
  /** 40 hexadecimal digits. */
  readonly oid: string;
}

/** Hash over which an object of a known size is named: type, size and NUL, then the bytes. */
const objectHash = (type: 'blob' | 'tree', size: number): Hash => createHash('sha1').update(`${type} ${size}\0`);

/** Hash of a file's blob, to be fed with its bytes. @param size of the file, in bytes */
export const gitBlobHash = (size: number): Hash => objectHash('blob', size);

/** Id of a file's blob. */
export const gitBlobId = (bytes: Buffer): string => gitBlobHash(bytes.length).update(bytes).digest('hex');

/** The text that stands in the repository for a file in LFS (git-lfs, docs/spec.md, "The Pointer"). */
export const lfsPointer = (sha256: string, size: number): Buffer =>
  Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${size}\n`);

/** The blob id that a tree must hold for an LFS file: its pointer is what the commit names. */
export const lfsPointerOid = (sha256: string, size: number): string => gitBlobId(lfsPointer(sha256, size));

/** Git sorts a directory as if its name ended in a slash. */
const sortKey = ({ name, kind }: TreeEntry): Buffer => Buffer.from(kind === 'directory' ? `${name}/` : name);

/** Id of a tree of plain files and directories. */
export function gitTreeId(entries: readonly TreeEntry[]): string {
  const parts = [...entries]
    .sort((a, b) => Buffer.compare(sortKey(a), sortKey(b)))
    .flatMap(({ name, kind, oid }) => [
      Buffer.from(`${kind === 'directory' ? '40000' : '100644'} ${name}\0`),
      Buffer.from(oid, 'hex'),
    ]);
  const body = Buffer.concat(parts);
  return objectHash('tree', body.length).update(body).digest('hex');
}
