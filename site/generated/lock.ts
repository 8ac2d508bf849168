/* Generated from site/schema/lock.schema.json by `npm run generate`; do not edit. */

/**
 * As in the site file.
 */
export type SiteName = string;
/**
 * os/architecture[/variant].
 */
export type Platform = string;
/**
 * A name that can be shown, and be a part of a path, as it stands.
 */
export type PlainName = string;
/**
 * Printable ASCII without spaces.
 */
export type Word = string;
export type MediaType = string;
export type Digest = `sha256:${string}`;
/**
 * Bytes.
 */
export type Size = number;
export type Sha256 = string;

/**
 * Every image, model, provider and file of a site by digest and size. Written by `airlock lock`; read by everything after it.
 */
export interface Lock {
  apiVersion: 'airlock/v1alpha1';
  kind: 'Lock';
  /**
   * True where digests were not resolved from upstream; such a lock cannot be bundled.
   */
  example?: boolean;
  site: SiteName;
  /**
   * @minItems 1
   */
  platforms: Platform[];
  images: LockImage[];
  models: LockModel[];
  providers: LockProvider[];
  files: LockFile[];
  /**
   * Helm charts; absent where the site names none.
   */
  charts?: LockChart[];
  derived: LockDerived;
}
/**
 * An image, for the platforms of the site.
 */
export interface LockImage {
  name: PlainName;
  /**
   * The normalized reference that was resolved.
   */
  reference: string;
  /**
   * Repository under which the enclave serves it.
   */
  repository: string;
  /**
   * Who needs it: serving/…, images/…, kit.
   *
   * @minItems 1
   */
  usedBy: Word[];
  index?: LockContent;
  /**
   * True where the index and every child of it are carried.
   */
  complete: boolean;
  /**
   * @minItems 1
   */
  manifests: LockImageManifest[];
}
/**
 * Content by its digest and size.
 */
export interface LockContent {
  mediaType: MediaType;
  digest: Digest;
  size: Size;
}
/**
 * The manifest of one platform.
 */
export interface LockImageManifest {
  platform: Platform;
  mediaType: MediaType;
  digest: Digest;
  size: Size;
  config: LockContent;
  layers: LockContent[];
}
/**
 * A model with all of its files.
 */
export interface LockModel {
  name: PlainName;
  source: LockModelSource;
  license: LockModelLicense;
  /**
   * @minItems 1
   */
  files: LockModelFile[];
  shape?: LockModelShape;
  unknownShape?: LockUnknownShape;
}
/**
 * The commit that a model was taken from.
 */
export interface LockModelSource {
  repository: Word;
  revision: string;
  include: string[];
  exclude: string[];
}
/**
 * The license of a model, as it was reviewed.
 */
export interface LockModelLicense {
  expected: string;
  /**
   * What the repository declares, as SPDX where known.
   */
  declared: string;
  /**
   * License, notice and policy files among the model's files.
   */
  files: string[];
}
/**
 * A file of a model.
 */
export interface LockModelFile {
  path: string;
  size: Size;
  sha256: Sha256;
  /**
   * hub: stated by the Hub (LFS oid); fetched: computed by `airlock lock` from the bytes.
   */
  sha256From: 'hub' | 'fetched';
  /**
   * Git blob id in the repository's tree.
   */
  gitOid: string;
}
/**
 * What memory sizing needs, read by `airlock lock` from the model's own config.json, safetensors index or GGUF header. Absent in locks of older releases.
 */
export interface LockModelShape {
  source: 'config.json' | 'gguf';
  /**
   * First of `architectures`, or general.architecture.
   */
  architecture?: string;
  /**
   * Bytes.
   */
  checkpointBytes: number;
  layers: number;
  attentionHeads: number;
  kvHeads: number;
  headDim: number;
  /**
   * Tokens that a sliding layer holds.
   */
  slidingWindow?: number;
  /**
   * Layers that slide; the rest see all tokens.
   */
  slidingLayers?: number;
  /**
   * Layers that keep keys and values, where not all do.
   */
  attentionLayers?: number;
  /**
   * Numbers that the other layers hold of each sequence together, however long it is.
   */
  stateNumbers?: number;
  /**
   * Multi-head latent attention: rank of the compressed cache.
   */
  kvLoraRank?: number;
  /**
   * Multi-head latent attention: rotary part.
   */
  qkRopeHeadDim?: number;
  /**
   * Longest context in tokens, rope scaling included.
   */
  maxPositionEmbeddings?: number;
  /**
   * torch_dtype or dtype of the configuration.
   */
  dtype?: string;
  /**
   * quantization_config.quant_method of the configuration.
   */
  quantization?: string;
}
/**
 * In place of a shape, and before it: what `airlock lock` does not understand of the model's own configuration, so that sizing says unknown.
 */
export interface LockUnknownShape {
  source: 'config.json' | 'gguf';
  /**
   * First of `architectures`, or general.architecture.
   */
  architecture?: string;
  /**
   * Bytes.
   */
  checkpointBytes?: number;
  /**
   * Longest context in tokens.
   */
  maxPositionEmbeddings?: number;
  /**
   * What is not understood.
   *
   * @minItems 1
   */
  reasons: string[];
}
/**
 * A Terraform provider.
 */
export interface LockProvider {
  /**
   * host/namespace/type.
   */
  source: string;
  version: Word;
  /**
   * @minItems 1
   */
  packages: LockProviderPackage[];
}
/**
 * The package of a provider for one platform.
 */
export interface LockProviderPackage {
  platform: Platform;
  filename: PlainName;
  /**
   * Download address; absent where the package came from a mirror directory.
   */
  url?: string;
  size: Size;
  /**
   * Of the zip; Terraform writes it zh:.
   */
  sha256: string;
  /**
   * Terraform's hash of the contents.
   */
  h1: string;
}
/**
 * A file of the site.
 */
export interface LockFile {
  name: PlainName;
  url: string;
  size: Size;
  sha256: Sha256;
  /**
   * Servings whose engine needs it, as serving/<name>; absent where the site lists it itself.
   */
  usedBy?: Word[];
}
/**
 * A Helm chart.
 */
export interface LockChart {
  name: PlainName;
  /**
   * Printable ASCII without spaces.
   */
  repository: string;
  chart: PlainName;
  version: Word;
  /**
   * Download address that the index states; absent for registries.
   */
  url?: string;
  size: Size;
  /**
   * Of the packaged chart, a .tgz.
   */
  sha256: string;
  /**
   * Who stated it: the repository's index, the registry's manifest, or nobody.
   */
  sha256From: 'index' | 'registry' | 'fetched';
}
/**
 * What the kit computes from the rest: no upstream states these digests.
 */
export interface LockDerived {
  kit: LockKit;
  models: LockDerivedModel[];
  /**
   * Manifests of the files, for pods that fetch them; absent in locks of older releases.
   */
  files?: LockDerivedArtifact[];
  /**
   * Ollama stores, one for each serving that needs one; absent where none does.
   */
  stores?: LockDerivedStore[];
}
/**
 * The kit's own image, which is made and not fetched.
 */
export interface LockKit {
  version: Word;
  airlockMjs: LockContent;
  /**
   * A name that can be shown, and be a part of a path, as it stands.
   */
  base: string;
  repository: Word;
  index?: LockContent;
  /**
   * @minItems 1
   */
  manifests: LockImageManifest[];
}
/**
 * The artifact of a model.
 */
export interface LockDerivedModel {
  name: PlainName;
  repository: Word;
  manifest: LockContent;
  config: LockContent;
  image?: LockModelImage;
}
/**
 * The model as an image, for image volumes. Its digests need every byte, so `airlock weights derive` adds them once the weights are there.
 */
export interface LockModelImage {
  repository: Word;
  /**
   * @minItems 1
   */
  manifests: LockImageManifest[];
}
/**
 * An artifact that is made around fetched content.
 */
export interface LockDerivedArtifact {
  name: PlainName;
  repository: Word;
  manifest: LockContent;
  config: LockContent;
}
/**
 * A model as the folder that Ollama keeps it in; it shares the blob of its GGUF file with the model.
 */
export interface LockDerivedStore {
  /**
   * A name that can be shown, and be a part of a path, as it stands.
   */
  name: string;
  /**
   * A name that can be shown, and be a part of a path, as it stands.
   */
  servedName: string;
  model: PlainName;
  /**
   * GGUF file that the site names; else the only one.
   */
  file?: string;
  repository: Word;
  manifest: LockContent;
  config: LockContent;
}
