/** What a serving serves: a model, adapters, and files beside them. */
import type { Digest } from '../../core/digest';
import type { ModelFile } from '../../engines/contract';
import type { LockModelShape, LockUnknownShape } from '../../site/generated/lock';
import type { PodFile } from './weights-volume';

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
