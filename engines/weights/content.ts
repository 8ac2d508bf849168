/** What a serving serves: a model, adapters, and files beside them; and the ways they take into a pod. */
import { type Digest, digestOf, hexOf } from '../../core/digest';
import type { ModelFile } from '../contract';
import type { LockModelShape, LockUnknownShape } from '../../site/generated/lock';

/** A file of the lock that a pod needs. */
export interface PodFile {
  readonly name: string;
  /** Digest of the file's OCI manifest. */
  readonly digest: Digest;
  readonly totalBytes: number;
}

/**
 * `fetch`: into a volume that lives as long as the pod. `cache`: into a claim that stays with the replica, so that its
 * next pod finds the content verified. `image`: an image volume that the kubelet pulled. `claim`: a claim that many pods
 * share. The last two are mounted read-only and held against the manifest.
 */
export type WeightsWay = 'fetch' | 'cache' | 'image' | 'claim';

/** A model of the lock, as a serving needs it. */
export interface ServedModel {
  readonly name: string;
  /** Digest of the model's OCI manifest: what the pod may find in the mirror. */
  readonly digest: Digest;
  readonly totalBytes: number;
  /**
   * Text of the manifest, for weights that the pod does not fetch.
   *
   * @default - the pod gets it from the mirror
   */
  readonly manifest?: string;
  /**
   * The Ollama store of this serving, for engines that need one: what the pod holds in place of the model's files.
   *
   * @default - none
   */
  readonly store?: Pick<ServedModel, 'digest' | 'totalBytes' | 'manifest'>;
  /**
   * The model as an image, by digest, for image volumes.
   *
   * @default - none
   */
  readonly image?: string;
  readonly files: readonly ModelFile[];
  /**
   * What the lock recorded of its architecture.
   *
   * @default - unknown
   */
  readonly shape?: LockModelShape;
  /**
   * What it says in the place of a shape that is not understood.
   *
   * @default - nothing
   */
  readonly unknownShape?: LockUnknownShape;
}

/** A LoRA adapter, by the name that the API gives it. */
export interface ServedAdapter {
  readonly name: string;
  readonly model: ServedModel;
}

/** Files that the engine would fetch from the internet, by the name of the set (catalog/side-artifacts). */
export interface ServedArtifact {
  readonly name: string;
  readonly files: readonly PodFile[];
}

/** Enough to tell the contents of one serving apart. */
const CONTENT_KEY_DIGITS = 8;

/** Hexadecimal digits that stand for models, by their manifests. */
export const contentKey = (models: readonly { readonly digest: Digest }[]): string =>
  hexOf(digestOf(models.map(({ digest }) => digest).join())).slice(0, CONTENT_KEY_DIGITS);
