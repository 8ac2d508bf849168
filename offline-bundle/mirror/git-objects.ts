/** Git object ids as the Hub states them (gitformat-pack(5), git-lfs docs/spec.md, "The Pointer"). */
import { createHash } from 'node:crypto';

/** An entry of a tree: a file, or a directory by the id of its own tree. */
export interface TreeEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory';
  /** 40 hexadecimal digits. */
  readonly oid: string;
}

function objectId(type: 'blob' | 'tree', body: Buffer): string {
  return createHash('sha1').update(`${type} ${body.length}\0`).update(body).digest('hex');
}

/** The text that stands in the repository for a file in LFS. */
export const lfsPointer = (sha256: string, size: number): Buffer =>
  Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${size}\n`);

/** Id of a file's blob: SHA-1 over its header and bytes. */
export const gitBlobId = (bytes: Buffer): string => objectId('blob', bytes);

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
  return objectId('tree', Buffer.concat(parts));
}
