/**
 * A model as an OCI image that image volumes can mount: one uncompressed layer per file, `models/<name>/<path>`. Nothing of
 * it but digests is kept: a layer is the blob of the file in a frame, a manifest and a config are functions of the
 * digests.
 */
import path from 'node:path';
import { canonicalJson } from '../../core/canonical-json';
import { type Digest, hexOf } from '../../core/digest';
import { checkFailed } from '../../core/errors';
import { OCI_CONFIG, OCI_LAYER_TAR, OCI_MANIFEST } from '../../core/media-types';
import type { Progress } from '../../core/progress';
import { show } from '../../core/visible';
import { modelImageRepository } from '../../site/enclave-names';
import type { LockContent, LockModelImage } from '../../site/generated/lock';
import { type MadeContent, madeContent } from '../../site/lock/model-artifact';
import { hashJobs } from './hash-files';
import type { ModelFile } from './model-files';
import { type TarFrame, tarFrame } from './tar-frame';

/** A layer that is assembled while it is sent. */
export interface FramedLayer extends TarFrame {
  readonly digest: Digest;
  /** Bytes, frame included. */
  readonly size: number;
  /** The file inside. */
  readonly file: ModelFile;
}

export interface ImageForm {
  readonly image: LockModelImage;
  readonly layers: readonly FramedLayer[];
  /** Manifests and configs. */
  readonly contents: readonly MadeContent[];
}

const frameOf = (model: string, { path: name, size }: ModelFile): TarFrame => tarFrame(`models/${model}/${name}`, size);

const contentOf = ({ descriptor: { mediaType, digest, size } }: MadeContent): LockContent => ({
  mediaType,
  digest,
  size,
});

/**
 * The image form of a model.
 *
 * @param digests of the layers, in the order of the files
 * @param platforms `os/architecture`: nodes unpack only images of their own
 */
export function imageForm(
  model: string,
  files: readonly ModelFile[],
  digests: readonly Digest[],
  platforms: readonly string[],
): ImageForm {
  const layers = files.map((file, at): FramedLayer => {
    const frame = frameOf(model, file);
    const digest = digests[at];
    if (digest === undefined)
      throw checkFailed('MANIFEST_INVALID', `the image form of ${model} has no layer for ${file.path}`);
    return { ...frame, digest, size: frame.head.length + file.size + frame.tail.length, file };
  });
  const described = layers.map(({ digest, size }) => ({ mediaType: OCI_LAYER_TAR, digest, size }));
  const made = platforms.map((platform) => {
    const [os, architecture] = platform.split('/');
    const rootfs = { type: 'layers', diff_ids: digests };
    const config = madeContent(OCI_CONFIG, canonicalJson({ architecture, os, config: {}, rootfs }));
    const manifest = madeContent(
      OCI_MANIFEST,
      canonicalJson({ schemaVersion: 2, mediaType: OCI_MANIFEST, config: config.descriptor, layers: described }),
    );
    return { platform, config, manifest };
  });
  return {
    image: {
      repository: modelImageRepository(model),
      manifests: made.map(({ platform, config, manifest }) => ({
        platform,
        ...contentOf(manifest),
        config: contentOf(config),
        layers: described,
      })),
    },
    layers,
    contents: made.flatMap(({ config, manifest }) => [config, manifest]),
  };
}

/**
 * The image form that a lock or a store states, with what it is made of.
 *
 * @returns undefined where these files do not give it: it is of another layout, or damaged, and nobody could pull it
 */
export function statedForm(image: LockModelImage, files: readonly ModelFile[]): ImageForm | undefined {
  const digests = (image.manifests[0]?.layers ?? []).map(({ digest }) => digest);
  if (digests.length !== files.length) return undefined;
  const form = imageForm(
    image.repository.split('/').slice(1).join('/'),
    files,
    digests,
    image.manifests.map(({ platform }) => platform),
  );
  return canonicalJson(form.image).equals(canonicalJson(image)) ? form : undefined;
}

/**
 * Computes the image form of a model from its blobs, on all cores.
 *
 * @param dir of a bundle or a store: blobs lie in `blobs/sha256`
 * @throws AirlockError (environment) when a blob cannot be read
 */
export async function deriveImage(
  dir: string,
  model: string,
  files: readonly ModelFile[],
  platforms: readonly string[],
  progress: Progress,
): Promise<ImageForm> {
  const jobs = files.map((file) => {
    const { head: before, tail: after } = frameOf(model, file);
    return { file: path.join(dir, 'blobs', 'sha256', hexOf(file.digest)), size: file.size, before, after };
  });
  progress.start(
    show`image form of ${model}`,
    files.reduce((sum, { size }) => sum + size, 0),
  );
  try {
    return imageForm(model, files, await hashJobs(jobs, progress), platforms);
  } finally {
    progress.stop();
  }
}
