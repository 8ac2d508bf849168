/** Terraform's `h1:` hash of an unpacked provider (golang.org/x/mod/sumdb/dirhash, HashDir and Hash1). */
import { type Digest, hexOf, newHash } from '../../core/digest';

/** @param files digests by name below the package's folder, with forward slashes */
export function folderHash(files: ReadonlyMap<string, Digest>): string {
  const total = newHash();
  const sorted = [...files].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const [name, digest] of sorted) total.update(`${hexOf(digest)}  ${name}\n`);
  return `h1:${total.digest('base64')}`;
}
