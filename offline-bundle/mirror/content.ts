/** What the mirror's protocols share: bytes that may be sent, and the shapes in which they are offered. */
import type { Descriptor } from '../../core/descriptor';
import type { Digest } from '../../core/digest';

/** Bytes that may be sent. */
export interface Content {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly mediaType: string;
  /** What it is made of, where the store has no such blob. @default - the blob of that digest */
  readonly made?: MadeOf;
}

/** Bytes that are assembled while they are sent: `head`, then the blob where there is one, then `tail`. */
export interface MadeOf {
  readonly head: Buffer;
  readonly blob?: { readonly digest: Digest; readonly size: number };
  readonly tail: Buffer;
}

/** One repository of the OCI distribution API. */
export interface Repository {
  readonly contents: ReadonlyMap<Digest, Content>;
  readonly tags: ReadonlyMap<string, Digest>;
  /** Manifests by the digest that they name as their subject (image-spec 1.1, manifest.md). */
  readonly referrers: ReadonlyMap<Digest, readonly Descriptor[]>;
  /** What served indexes list beside what bundles brought. */
  readonly absent: ReadonlyMap<Digest, Descriptor>;
}

/** A provider package as the network mirror protocol names it. */
export interface ProviderPackage {
  readonly filename: string;
  readonly content: Content;
  /** `h1:` and `zh:`. */
  readonly hashes: readonly string[];
}
