/**
 * Indexes of images that are carried for some platforms only. They are served as they are, by digest: containerd and others
 * that pull for one platform ask for nothing else (image-spec, image-index.md). What they list beside that is known as absent.
 */
import type { Descriptor } from '../../core/descriptor';
import type { Digest } from '../../core/digest';
import type { Content } from './content';

export interface SparseIndex {
  readonly content: Content;
  readonly children: readonly Descriptor[];
}

interface Served {
  readonly contents: Map<Digest, Content>;
  readonly tags: Map<string, Digest>;
  readonly absent: Map<Digest, Descriptor>;
}

/**
 * Adds indexes to a repository that has all manifests of theirs that are carried.
 *
 * @param indexes of one image, the outermost first
 * @param tags of that image: those that stand for nothing yet, since several platforms are carried, come to stand for the outermost
 */
export function serveSparse(
  { contents, tags: known, absent }: Served,
  indexes: readonly SparseIndex[],
  tags: readonly string[],
): void {
  for (const { content } of indexes) contents.set(content.digest, content);
  for (const child of indexes.flatMap(({ children }) => children))
    if (!contents.has(child.digest)) absent.set(child.digest, child);
  const [outermost] = indexes;
  if (outermost === undefined) return;
  for (const tag of tags) if (!known.has(tag)) known.set(tag, outermost.content.digest);
}
