/** Indexes that list indexes (image-spec, image-index.md, "manifests"): followed only as far as a platform asks for it. */
import type { Descriptor } from '../../core/descriptor';
import { badInput } from '../../core/errors';
import { INDEX_TYPES, MANIFEST_TYPES } from '../../core/media-types';
import type { FetchedManifest } from '../oci/registry-client';
import { indexChildren, servesPlatform } from './foreign-manifest';

/** A child of an index at any depth. */
export interface ListedChild extends Descriptor {
  /** The indexes between the topmost one and this child, outermost first. */
  readonly within: readonly FetchedManifest[];
}

/** Far more than any image has; what lists more is meant to keep a reader busy. */
const MAX_INDEXES = 64;

const isFor = ({ mediaType, platform }: Descriptor, wanted: string): boolean =>
  MANIFEST_TYPES.includes(mediaType) && platform !== undefined && servesPlatform(platform, wanted);

/**
 * The children of an index, level by level until each platform is there or nothing is left to follow. A platform that an index
 * is listed for holds for those of its children that name none.
 *
 * @param platforms os/architecture
 * @param fetch gets an index by its descriptor, checked
 * @throws AirlockError (input) when an index has another form, or there are too many; whatever `fetch` throws
 */
export async function listChildren(
  top: FetchedManifest,
  name: string,
  platforms: readonly string[],
  fetch: (index: Descriptor) => Promise<FetchedManifest>,
): Promise<ListedChild[]> {
  const listed: ListedChild[] = [];
  const seen = new Set([top.digest]);
  let level: ListedChild[] = indexChildren(top.bytes, name).map((child) => ({ ...child, within: [] }));
  for (;;) {
    listed.push(...level);
    const missing = platforms.filter((wanted) => !listed.some((child) => isFor(child, wanted)));
    const next = level.filter(({ mediaType, digest, platform }) => {
      const leads = missing.some((wanted) => platform === undefined || servesPlatform(platform, wanted));
      if (!leads || !INDEX_TYPES.includes(mediaType) || seen.has(digest)) return false;
      seen.add(digest);
      return true;
    });
    if (next.length === 0) return listed;
    if (seen.size > MAX_INDEXES)
      throw badInput(
        'ARTIFACT_MALFORMED',
        `image ${name}: it lists more than ${MAX_INDEXES} indexes within each other`,
        'name another image, or the one for the platform by its digest',
      );
    const below = await Promise.all(
      next.map(async ({ within, ...descriptor }) => {
        const index = await fetch(descriptor);
        const { platform } = descriptor;
        return indexChildren(index.bytes, name).map((child): ListedChild => ({
          ...(platform === undefined ? {} : { platform }),
          ...child,
          within: [...within, index],
        }));
      }),
    );
    level = below.flat();
  }
}
