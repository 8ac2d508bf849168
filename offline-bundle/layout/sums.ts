/** The files of a bundle beside its blobs and seals: each a pure function of the index and of the blobs it reaches. */
import { type Digest, digestOf, hexOf } from '../../core/digest';
import { layoutIndexBytes, OCI_LAYOUT_BYTES, parseRoot } from './layout-index';
import { isFormerStartHere, startHere } from './start-here';

/** One line of SHA256SUMS. */
export interface SumEntry {
  /** Path below the bundle's folder, with `/`. */
  readonly path: string;
  readonly digest: Digest;
}

export const SUMS_FILE = 'SHA256SUMS';
export const START_HERE_FILE = 'START-HERE.txt';
export const INDEX_FILE = 'index.json';
export const OCI_LAYOUT_FILE = 'oci-layout';

/** Path of a blob below the bundle's folder (image-spec 1.1, image-layout.md, "Blobs"). */
export const blobPath = (digest: Digest): string => `blobs/sha256/${hexOf(digest)}`;

/** The text that `sha256sum --check` reads: one line per file, sorted by path in byte order. */
export function sha256Sums(entries: Iterable<SumEntry>): Buffer {
  const lines = [...entries]
    .sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
    .map(({ path, digest }) => `${hexOf(digest)}  ${path}\n`);
  return Buffer.from(lines.join(''), 'utf8');
}

/**
 * Every file of the bundle but its blobs and seals, by path.
 *
 * @param rootBytes the bundle index as written
 * @param blobs digests of all that the index reaches; the index itself may be among them
 * @param found START-HERE.txt of the bundle, where there is one: it may have the text of an earlier time
 * @throws AirlockError (check) when the bytes are not a bundle index
 */
export function layoutFiles(rootBytes: Buffer, blobs: Iterable<Digest>, found?: Buffer): Map<string, Buffer> {
  const root = digestOf(rootBytes);
  const site = parseRoot(rootBytes).annotations?.['vnd.airlock.site'] ?? '';
  const isFormer = found !== undefined && isFormerStartHere(found, site, root);
  const files = new Map<string, Buffer>([
    [OCI_LAYOUT_FILE, OCI_LAYOUT_BYTES],
    [INDEX_FILE, layoutIndexBytes(rootBytes)],
    [START_HERE_FILE, isFormer ? found : Buffer.from(startHere(site, root), 'utf8')],
  ]);
  const sums = sha256Sums([
    ...[...files].map(([path, bytes]) => ({ path, digest: digestOf(bytes) })),
    ...[...new Set<Digest>([...blobs, root])].map((digest) => ({ path: blobPath(digest), digest })),
  ]);
  return files.set(SUMS_FILE, sums);
}
