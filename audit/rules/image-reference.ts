/** Image references of a plan, taken apart without guessing. */
import type { Enclave } from '../../site/generated/enclave';

export interface PlannedImage {
  /** Everything before the digest. */
  readonly prefix: string;
  readonly digest: string;
  /** Path below the enclave's registry; absent when the image is on another one. */
  readonly repository?: string;
}

/** Undefined when the reference names no SHA-256 digest. */
export function readImage(reference: string, enclave: Enclave): PlannedImage | undefined {
  const [, prefix, digest] = /^([^@]+)@(sha256:[0-9a-f]{64})$/.exec(reference) ?? [];
  if (prefix === undefined || digest === undefined) return undefined;
  const registry = `${enclave.registry}/`;
  return prefix.startsWith(registry)
    ? { prefix, digest, repository: prefix.slice(registry.length) }
    : { prefix, digest };
}
