/** OCI manifests that Airlock composes itself beside those of models: providers, files, sparse indexes, the kit program and the record. */
import { canonicalJson } from '../../core/canonical-json';
import { type Descriptor, parsePlatform } from '../../core/descriptor';
import { fromHex } from '../../core/digest';
import {
  AIRLOCK_FILE,
  AIRLOCK_KIT,
  AIRLOCK_PROVIDER,
  AIRLOCK_RECORD,
  AIRLOCK_SPARSE_INDEX,
  ANNOTATION_TITLE,
  OCI_EMPTY,
} from '../../core/media-types';
import type { LockContent, LockFile, LockProvider } from '../../site/generated/lock';
import { type MadeArtifact, madeArtifact, type MadeContent, madeContent } from '../../site/lock/model-artifact';

export { type MadeArtifact, type MadeContent, madeContent, modelArtifact } from '../../site/lock/model-artifact';

/** The empty JSON object as config (image-spec 1.1, manifest.md, "Guidance for an Empty Descriptor"). */
const emptyConfig = (): MadeContent => madeContent(OCI_EMPTY, Buffer.from('{}'));

/** A Terraform provider as one manifest: one zip per platform, under the file name Terraform expects. */
export function providerArtifact(provider: LockProvider): MadeArtifact {
  const config = madeContent(
    AIRLOCK_PROVIDER,
    canonicalJson({
      source: provider.source,
      version: provider.version,
      packages: provider.packages.map(({ platform, filename, sha256, h1 }) => ({ platform, filename, sha256, h1 })),
    }),
  );
  const layers = provider.packages.map((pack): Descriptor => ({
    mediaType: 'application/zip',
    digest: fromHex(pack.sha256),
    size: pack.size,
    platform: parsePlatform(pack.platform),
    annotations: { [ANNOTATION_TITLE]: pack.filename },
  }));
  return madeArtifact(AIRLOCK_PROVIDER, config, layers);
}

/** Last segment of a URL's path, as the name a downloaded file carries. */
export const fileNameOf = (url: string): string =>
  decodeURIComponent(new URL(url).pathname.split('/').pop() ?? '') || 'file';

/** A file as one manifest with one layer. */
export function fileArtifact(file: LockFile): MadeArtifact {
  const layer: Descriptor = {
    mediaType: 'application/octet-stream',
    digest: fromHex(file.sha256),
    size: file.size,
    annotations: { [ANNOTATION_TITLE]: fileNameOf(file.url) },
  };
  return madeArtifact(AIRLOCK_FILE, emptyConfig(), [layer]);
}

/**
 * Indexes of an image that is carried in part, as one manifest with a layer for each. Listed as indexes they would make every
 * reader look for their other children; what they are stands in the config.
 */
export function sparseIndexArtifact(indexes: readonly LockContent[]): MadeArtifact {
  const contents = indexes.map(({ mediaType, digest, size }) => ({ mediaType, digest, size }));
  const config = madeContent(AIRLOCK_SPARSE_INDEX, canonicalJson({ indexes: contents }));
  const layers = contents.map(({ digest, size }): Descriptor => ({ mediaType: 'application/json', digest, size }));
  return madeArtifact(AIRLOCK_SPARSE_INDEX, config, layers);
}

/** Named bytes as one manifest: the kit's program, or the record (lock and site as they were bundled). */
function bytesArtifact(artifactType: string, files: readonly { title: string; content: MadeContent }[]): MadeArtifact {
  return madeArtifact(
    artifactType,
    emptyConfig(),
    files.map(({ title, content }) => ({ ...content.descriptor, annotations: { [ANNOTATION_TITLE]: title } })),
  );
}

export const kitArtifact = (airlockMjs: MadeContent): MadeArtifact =>
  bytesArtifact(AIRLOCK_KIT, [{ title: 'airlock.mjs', content: airlockMjs }]);

export const recordArtifact = (lock: MadeContent, site: MadeContent): MadeArtifact =>
  bytesArtifact(AIRLOCK_RECORD, [
    { title: 'airlock.lock.json', content: lock },
    { title: 'site.yaml', content: site },
  ]);
