/* Generated from site/schema/lock.schema.json by `npm run generate`; do not edit. */

/**
 * os/architecture[/variant].
 */
export type Platform = string;
/**
 * Printable ASCII without spaces.
 */
export type Word = string;
/**
 * Media type, as the registry states it.
 */
export type MediaType = string;
/**
 * SHA-256, as sha256: and 64 lower-case hexadecimal digits.
 */
export type Digest = `sha256:${string}`;
/**
 * Bytes.
 */
export type Size = number;
/**
 * SHA-256 as 64 lower-case hexadecimal digits.
 */
export type Sha256 = string;

/**
 * Every image, model, provider and file of a site by digest and size. Written by `airlock lock`; read by everything after it.
 */
export interface Lock {
  /**
   * Version of this format.
   */
  apiVersion: 'airlock/v1alpha1';
  /**
   * Always Lock: which of the files this is.
   */
  kind: 'Lock';
  /**
   * True where digests were not resolved from upstream; such a lock cannot be bundled.
   */
  example?: boolean;
  /**
   * Name of the site, as in the site file.
   */
  site: string;
  /**
   * Platforms that images and providers are carried for, as in the site file.
   *
   * @minItems 1
   */
  platforms: Platform[];
  /**
   * Images, by name.
   */
  images: LockImage[];
  /**
   * Models, by name, with the digest of every file.
   */
  models: LockModel[];
  /**
   * Terraform providers that the plan needs.
   */
  providers: LockProvider[];
  /**
   * Files that the site lists, and those that an engine needs beside its image.
   */
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
  /**
   * Name of the image; the kit makes those of engines from engine, version and accelerator.
   */
  name: string;
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
   * True where the index and every child of it are carried, and none of them is another index.
   */
  complete: boolean;
  /**
   * Where it is not complete: indexes that lead to the manifests, the outermost first. They are carried as they are, and served by their digests; absent in locks of older releases, which carry none of these.
   *
   * @minItems 1
   */
  indexes?: LockContent[];
  /**
   * Manifests of the platforms that are carried.
   *
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
  /**
   * Layers, in the order in which they are applied.
   */
  layers: LockContent[];
}
/**
 * A model with all of its files.
 */
export interface LockModel {
  /**
   * Name of the model, as in the site file.
   */
  name: string;
  source: LockModelSource;
  license: LockModelLicense;
  /**
   * Every file that was taken, by path.
   *
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
  /**
   * Printable ASCII without spaces.
   */
  repository: string;
  /**
   * Commit as 40 lower-case hexadecimal digits.
   */
  revision: string;
  /**
   * Patterns of files that were taken; all where there are none.
   */
  include: string[];
  /**
   * Patterns of files that were left out.
   */
  exclude: string[];
}
/**
 * The license of a model, as it was reviewed.
 */
export interface LockModelLicense {
  /**
   * SPDX expression that the site file expects.
   */
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
  /**
   * Path in the model's repository.
   */
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
  /**
   * Which of the files was read.
   */
  source: 'config.json' | 'gguf';
  /**
   * First of `architectures`, or general.architecture.
   */
  architecture?: string;
  /**
   * Bytes.
   */
  checkpointBytes: number;
  /**
   * Layers of the model.
   */
  layers: number;
  /**
   * Attention heads of a layer.
   */
  attentionHeads: number;
  /**
   * Heads that keep keys and values; fewer than attention heads where these share.
   */
  kvHeads: number;
  /**
   * Numbers in the key, or the value, of one head and token.
   */
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
  fp8Blocks?: LockFp8Blocks;
}
/**
 * FP8 weights that share a scale by blocks, and the widths that tensor parallelism divides into whole ones.
 */
export interface LockFp8Blocks {
  /**
   * First of weight_block_size: outputs of a block.
   */
  rows: number;
  /**
   * Second of weight_block_size: inputs of a block.
   */
  columns: number;
  /**
   * intermediate_size, where layers without experts have it.
   */
  dense?: number;
  /**
   * Intermediate size of an expert.
   */
  experts?: number;
  /**
   * Intermediate size of the experts that see every token, together.
   */
  sharedExperts?: number;
  /**
   * Whether the projections of attention are such weights, too.
   */
  attention?: boolean;
}
/**
 * In place of a shape, and before it: what `airlock lock` does not understand of the model's own configuration, so that sizing says unknown.
 */
export interface LockUnknownShape {
  /**
   * Which of the files was read.
   */
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
  /**
   * Printable ASCII without spaces.
   */
  version: string;
  /**
   * One package for each platform on which Terraform may run.
   *
   * @minItems 1
   */
  packages: LockProviderPackage[];
}
/**
 * The package of a provider for one platform.
 */
export interface LockProviderPackage {
  platform: Platform;
  /**
   * Name of the zip in a provider mirror.
   */
  filename: string;
  /**
   * Download address; absent where the package came from a mirror directory.
   */
  url?: string;
  size: Size;
  /**
   * SHA-256 as 64 lower-case hexadecimal digits.
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
  /**
   * Name of the file.
   */
  name: string;
  /**
   * Where it comes from.
   */
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
  /**
   * Name of the chart, as in the site file.
   */
  name: string;
  /**
   * Printable ASCII without spaces.
   */
  repository: string;
  /**
   * Name of the chart in its repository.
   */
  chart: string;
  /**
   * Printable ASCII without spaces.
   */
  version: string;
  /**
   * Download address that the index states; absent for registries.
   */
  url?: string;
  size: Size;
  /**
   * SHA-256 as 64 lower-case hexadecimal digits.
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
  /**
   * An artifact for each model, by which mirror and pods name it.
   */
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
  /**
   * Printable ASCII without spaces.
   */
  version: string;
  airlockMjs: LockContent;
  /**
   * Name of the locked image it is assembled on.
   */
  base: string;
  /**
   * Printable ASCII without spaces.
   */
  repository: string;
  index?: LockContent;
  /**
   * Manifests of the platforms that are carried.
   *
   * @minItems 1
   */
  manifests: LockImageManifest[];
}
/**
 * The artifact of a model.
 */
export interface LockDerivedModel {
  /**
   * Name of the model.
   */
  name: string;
  /**
   * Printable ASCII without spaces.
   */
  repository: string;
  manifest: LockContent;
  config: LockContent;
  image?: LockModelImage;
}
/**
 * The model as an image, for image volumes. Its digests need every byte, so `airlock weights derive` adds them once the weights are there.
 */
export interface LockModelImage {
  /**
   * Printable ASCII without spaces.
   */
  repository: string;
  /**
   * Manifests, one for each platform.
   *
   * @minItems 1
   */
  manifests: LockImageManifest[];
}
/**
 * An artifact that is made around fetched content.
 */
export interface LockDerivedArtifact {
  /**
   * Name of what it is made around.
   */
  name: string;
  /**
   * Printable ASCII without spaces.
   */
  repository: string;
  manifest: LockContent;
  config: LockContent;
}
/**
 * A model as the folder that Ollama keeps it in; it shares the blob of its GGUF file with the model.
 */
export interface LockDerivedStore {
  /**
   * Of the serving.
   */
  name: string;
  /**
   * Name of the model in the API.
   */
  servedName: string;
  /**
   * Name of the model that it holds.
   */
  model: string;
  /**
   * GGUF file that the site names; else the only one.
   */
  file?: string;
  /**
   * Printable ASCII without spaces.
   */
  repository: string;
  manifest: LockContent;
  config: LockContent;
}
