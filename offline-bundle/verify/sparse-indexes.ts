/**
 * Whether the indexes of an image that is carried in part lead to what the lock carries of it. They are blobs like any other to the
 * walk from the bundle's index, which cannot follow them.
 */
import { type Digest, digestOf } from '../../core/digest';
import type { Lock, LockImage } from '../../site/generated/lock';
import { MAX_MANIFEST_BYTES } from '../layout/walk';
import { indexChildren } from '../resolve/foreign-manifest';
import { blobFile, checkPresence } from './blob-check';
import { type BundleDirectory, readBundleFile } from './bundle-directory';
import { type Check, fail, pass } from './report';
import { verdictOf } from './verdict';

/** What an index names; undefined where its blob is missing or damaged, which its own check says. */
async function namedBy(
  bundle: BundleDirectory,
  { digest, size }: { digest: Digest; size: number },
  name: string,
): Promise<Digest[] | undefined> {
  if (checkPresence(bundle, { digest, size, name: '' }) !== undefined) return undefined;
  const bytes = await readBundleFile(bundle, blobFile(digest), MAX_MANIFEST_BYTES);
  if (bytes === undefined || digestOf(bytes) !== digest) return undefined;
  return indexChildren(bytes, name).map((child) => child.digest);
}

async function checkImage(bundle: BundleDirectory, image: LockImage): Promise<Check | 'right' | 'unread'> {
  const { name, index, indexes = [], manifests } = image;
  const subject = `image ${name}: its indexes`;
  const changed = (detail: string): Check => fail('lock', subject, 'changed', detail);
  const [outermost, ...nested] = indexes;
  if (outermost?.digest !== index?.digest) return changed(`the lock resolved ${String(index?.digest)} first`);
  const named = new Set<Digest>();
  try {
    for (const one of indexes) {
      const children = await namedBy(bundle, one, name);
      if (children === undefined) return 'unread';
      children.forEach((digest) => named.add(digest));
    }
  } catch (error) {
    return changed(verdictOf(error));
  }
  const odd = [...nested, ...manifests].find(({ digest }) => !named.has(digest));
  return odd === undefined ? 'right' : changed(`none of them names ${odd.digest}, which the lock takes from there`);
}

/**
 * @param lock as hashed by the index
 * @returns a check for each image whose indexes are not its own, and one for the rest
 * @throws AirlockError (environment) when the medium fails
 */
export async function checkSparseIndexes(bundle: BundleDirectory, { images }: Pick<Lock, 'images'>): Promise<Check[]> {
  const found: Check[] = [];
  let right = 0;
  for (const image of images) {
    if (image.indexes === undefined) continue;
    const check = await checkImage(bundle, image);
    if (check === 'right') right += 1;
    else if (check !== 'unread') found.push(check);
  }
  if (right === 0) return found;
  return [
    ...found,
    pass('lock', 'indexes lead to the images of the lock', right === 1 ? '1 image' : `${right} images`),
  ];
}
