/** OCI manifests that Airlock composes itself: models, providers, files, the kit program and the record. */
import { canonicalJson } from '../../core/canonical-json';
import type { Descriptor, OciManifest } from '../../core/descriptor';
import { digestOf, fromHex } from '../../core/digest';
import {
  AIRLOCK_FILE,
  AIRLOCK_KIT,
  AIRLOCK_PROVIDER,
  AIRLOCK_RECORD,
  ANNOTATION_MODEL_PATH,
  ANNOTATION_TITLE,
  MODEL_CONFIG,
  MODEL_DOC_RAW,
  MODEL_MANIFEST,
  MODEL_WEIGHT_CONFIG_RAW,
  MODEL_WEIGHT_RAW,
  OCI_EMPTY,
  OCI_MANIFEST,
} from '../../core/media-types';
import { parsePlatform } from '../../core/descriptor';
import type { LockFile, LockModel, LockProvider } from '../../site/generated/lock';

/** Bytes that the kit made itself, with their descriptor. */
export interface MadeContent {
  readonly descriptor: Descriptor;
  readonly bytes: Buffer;
}

/** A manifest of ours with the small blobs that it needs beside its layers. */
export interface MadeArtifact {
  readonly manifest: MadeContent;
  readonly config: MadeContent;
  readonly layers: readonly Descriptor[];
}

/** Wraps bytes in a descriptor. */
export const madeContent = (mediaType: string, bytes: Buffer): MadeContent => ({
  descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length },
  bytes,
});

/** The empty JSON object as config (image-spec 1.1, manifest.md, "Guidance for an Empty Descriptor"). */
const emptyConfig = (): MadeContent => madeContent(OCI_EMPTY, Buffer.from('{}'));

function madeArtifact(artifactType: string, config: MadeContent, layers: readonly Descriptor[]): MadeArtifact {
  const manifest: OciManifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType,
    config: config.descriptor,
    layers,
  };
  return { manifest: madeContent(OCI_MANIFEST, canonicalJson(manifest)), config, layers };
}

const WEIGHTS = /\.(safetensors|gguf|bin|pt|pth|onnx|msgpack|h5)$/i;
const DOCUMENTS = /(^|\/)(readme|licen[cs]e|notice|usage_policy|use_policy)[^/]*$|\.(md|txt|pdf)$/i;

const modelLayerType = (path: string): string =>
  WEIGHTS.test(path) ? MODEL_WEIGHT_RAW : DOCUMENTS.test(path) ? MODEL_DOC_RAW : MODEL_WEIGHT_CONFIG_RAW;

/**
 * A model as one ModelPack manifest: one raw layer per file, so that the layer digest is the file's SHA-256
 * (model-spec v0.0.7, docs/spec.md). A pure function of the locked model.
 */
export function modelArtifact(model: LockModel): MadeArtifact {
  const layers = model.files.map((file): Descriptor => ({
    mediaType: modelLayerType(file.path),
    digest: fromHex(file.sha256),
    size: file.size,
    annotations: { [ANNOTATION_TITLE]: file.path, [ANNOTATION_MODEL_PATH]: file.path },
  }));
  const config = madeContent(
    MODEL_CONFIG,
    canonicalJson({
      descriptor: {
        name: model.name,
        title: model.source.repository,
        revision: model.source.revision,
        licenses: [model.license.declared],
      },
      config: {},
      modelfs: { type: 'layers', diffIds: layers.map((layer) => layer.digest) },
    }),
  );
  return madeArtifact(MODEL_MANIFEST, config, layers);
}

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
