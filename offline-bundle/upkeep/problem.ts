/** What is wrong in a store: one thing each, with what it breaks and how it is mended. */
import type { Digest } from '../../core/digest';

export type ProblemKind =
  'marker' | 'record' | 'seal' | 'mark' | 'image form' | 'blob' | 'policy' | 'history' | 'foreign';

export interface StoreProblem {
  readonly kind: ProblemKind;
  /** Path below the store. */
  readonly path: string;
  readonly what: string;
  /** Bundles, pins and contents that are not whole because of it. */
  readonly breaks: readonly string[];
  /** What mends it. */
  readonly fix: string;
  /** Of the blob, root or model. */
  readonly digest?: Digest;
}

/** Something worth knowing that is no fault. */
export interface StoreNote {
  readonly path: string;
  readonly what: string;
}

export const FIX = {
  repair: '`airlock store repair` with the medium, another store or a mirror that has it',
  foreign: 'move it out of the store: nothing of Airlock wrote it or reads it',
  prune: '`airlock store prune` frees it: nothing reaches it',
} as const;
