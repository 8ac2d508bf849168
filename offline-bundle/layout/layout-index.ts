/** `index.json` as a pure function of the bundle index, so that plain OCI tools find every image by reference. */
import { canonicalJson } from '../../core/canonical-json';
import type { Descriptor, OciIndex } from '../../core/descriptor';
import { checkFailed } from '../../core/errors';
import { AIRLOCK_BUNDLE, ANNOTATION_REF_NAME, OCI_INDEX } from '../../core/media-types';
import { madeContent } from './artifacts';

/** The `oci-layout` file (image-spec 1.1, image-layout.md). */
export const OCI_LAYOUT_BYTES: Buffer = canonicalJson({ imageLayoutVersion: '1.0.0' });

/**
 * Reads a bundle index.
 *
 * @throws AirlockError (check) when the bytes are not one
 */
export function parseRoot(rootBytes: Buffer): OciIndex {
  let root: Partial<OciIndex> | null = null;
  try {
    root = JSON.parse(rootBytes.toString('utf8')) as Partial<OciIndex> | null;
  } catch {
    // said below
  }
  if (root?.artifactType === AIRLOCK_BUNDLE && Array.isArray(root.manifests)) return root as OciIndex;
  throw checkFailed(
    'BUNDLE_DAMAGED',
    'the index is not that of a bundle',
    'copy the bundle again from where it was sealed',
  );
}

/**
 * The bytes of `index.json`: the bundle index itself, then each of its entries that carries a reference name.
 *
 * @param rootBytes the bundle index as written
 * @throws AirlockError (check) when the bytes are not a bundle index
 */
export function layoutIndexBytes(rootBytes: Buffer): Buffer {
  const named = parseRoot(rootBytes).manifests.flatMap((entry): Descriptor[] => {
    const reference = entry.annotations?.[ANNOTATION_REF_NAME];
    return reference === undefined ? [] : [{ ...entry, annotations: { [ANNOTATION_REF_NAME]: reference } }];
  });
  const index: OciIndex = {
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: [{ ...madeContent(OCI_INDEX, rootBytes).descriptor, artifactType: AIRLOCK_BUNDLE }, ...named],
  };
  return canonicalJson(index);
}
