/**
 * A model as the folder that Ollama keeps models in: `blobs/sha256-<hex>` and one manifest (ollama/ollama, manifest/paths.go
 * and server/layer.go). The GGUF file is the model's own blob under another name; the rest is a function of the lock.
 */
import { canonicalJson } from '../../core/canonical-json';
import { type Digest, fromHex, hexOf } from '../../core/digest';
import { badInput } from '../../core/errors';
import { AIRLOCK_OLLAMA, ANNOTATION_TITLE, DOCKER_MANIFEST } from '../../core/media-types';
import { storeRepository } from '../enclave-names';
import type { LockContent, LockDerivedStore, LockModel, LockModelFile } from '../generated/lock';
import { type MadeArtifact, madeArtifact, type MadeContent, madeContent } from './model-artifact';

/** What a serving asks of a store. */
export interface StoreRequest {
  /** Of the serving. */
  readonly name: string;
  /** Name of the model in the API, which Ollama takes from the folder. */
  readonly servedName: string;
  readonly model: string;
  /** GGUF file of the model. @default - the only one */
  readonly file?: string;
}

export interface OllamaStore {
  readonly artifact: MadeArtifact;
  /** Blobs that only the store has. */
  readonly contents: readonly MadeContent[];
  readonly section: LockDerivedStore;
}

/** Files of a repository that set more than the weights, by Ollama's own names (Hugging Face documentation, "Ollama"). */
const EXTRAS: Readonly<Record<string, string>> = {
  template: 'application/vnd.ollama.image.template',
  system: 'application/vnd.ollama.image.system',
  params: 'application/vnd.ollama.image.params',
};
const BYTES = 'application/octet-stream';

function ggufOf({ name, files }: LockModel, { name: serving, file }: StoreRequest): LockModelFile {
  const candidates = files.filter(({ path }) => path.endsWith('.gguf') && !/(^|\/)mmproj[^/]*$/.test(path));
  const [only, another] = file === undefined ? candidates : candidates.filter(({ path }) => path === file);
  const names = candidates.map(({ path }) => path).join(', ') || 'none';
  if (only === undefined || another !== undefined || /-\d{5}-of-\d{5}\.gguf$/.test(only.path)) {
    throw badInput(
      'MODEL_FILE_AMBIGUOUS',
      `serving "${serving}": Ollama loads one whole GGUF file of model "${name}"; it has ${names}`,
      'name one with file, or include only one that is not split',
    );
  }
  return only;
}

const blobPath = (digest: Digest): string => `blobs/sha256-${hexOf(digest)}`;

const contentOf = ({ descriptor: { mediaType, digest, size } }: MadeContent): LockContent => ({
  mediaType,
  digest,
  size,
});

/**
 * Makes the store of a serving.
 *
 * @throws AirlockError (input) when the model has no such file, or several and none is named
 */
export function ollamaStore(model: LockModel, request: StoreRequest): OllamaStore {
  const gguf = ggufOf(model, request);
  const parts = [
    { mediaType: 'application/vnd.ollama.image.model', digest: fromHex(gguf.sha256), size: gguf.size },
    ...model.files.flatMap(({ path, sha256, size }) => {
      const mediaType = EXTRAS[path];
      return mediaType === undefined ? [] : [{ mediaType, digest: fromHex(sha256), size }];
    }),
  ];
  const family = model.shape?.architecture ?? 'llama';
  const config = madeContent(
    'application/vnd.docker.container.image.v1+json',
    canonicalJson({
      model_format: 'gguf',
      model_family: family,
      model_families: [family],
      model_type: '',
      file_type: '',
      architecture: 'amd64',
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: parts.map(({ digest }) => digest) },
    }),
  );
  const manifest = madeContent(
    DOCKER_MANIFEST,
    canonicalJson({ schemaVersion: 2, mediaType: DOCKER_MANIFEST, config: config.descriptor, layers: parts }),
  );
  const named = [
    ...[...parts, config.descriptor].map(({ digest, size }) => ({ path: blobPath(digest), digest, size })),
    {
      path: `manifests/registry.ollama.ai/library/${request.servedName}/latest`,
      ...contentOf(manifest),
    },
  ];
  const unique = [...new Map(named.map((one) => [one.path, one])).values()];
  const artifact = madeArtifact(
    AIRLOCK_OLLAMA,
    madeContent(AIRLOCK_OLLAMA, canonicalJson({ model: model.name, file: gguf.path, servedName: request.servedName })),
    unique.map(({ path, digest, size }) => ({
      mediaType: BYTES,
      digest,
      size,
      annotations: { [ANNOTATION_TITLE]: path },
    })),
  );
  return {
    artifact,
    contents: [config, manifest],
    section: {
      name: request.name,
      servedName: request.servedName,
      model: model.name,
      ...(request.file === undefined ? {} : { file: request.file }),
      repository: storeRepository(request.name),
      manifest: contentOf(artifact.manifest),
      config: contentOf(artifact.config),
    },
  };
}
