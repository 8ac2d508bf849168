/** A model as one OCI manifest: what the bundle carries, the mirror serves, and pods hold folders against. */
import { canonicalJson } from '../../core/canonical-json';
import type { Descriptor, OciManifest } from '../../core/descriptor';
import { digestOf, fromHex } from '../../core/digest';
import {
  ANNOTATION_MODEL_PATH,
  ANNOTATION_TITLE,
  MODEL_CONFIG,
  MODEL_DOC_RAW,
  MODEL_MANIFEST,
  MODEL_WEIGHT_CONFIG_RAW,
  MODEL_WEIGHT_RAW,
  OCI_MANIFEST,
} from '../../core/media-types';
import type { LockModel } from '../generated/lock';

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

/** An artifact of ours over layers that lie elsewhere. */
export function madeArtifact(artifactType: string, config: MadeContent, layers: readonly Descriptor[]): MadeArtifact {
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
