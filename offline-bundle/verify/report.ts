/** What a verification found: every check that was made, in an order that depends on the bundle alone. */
import type { Digest } from '../../core/digest';
import { visible } from '../../core/visible';
import type { SealStatement } from '../trust/seal';
import type { TrustReason } from './judge-trust';

/**
 * What was checked: `seal` who vouches for the bundle; `index` the root; `layout` the files around the blobs; `lock`
 * that the index is exactly what its lock says; `blob` the bytes of one blob; `unlisted` that nothing else is there.
 */
export type CheckId = 'seal' | 'index' | 'layout' | 'lock' | 'blob' | 'unlisted';

/** How something differs from what the index lists. */
export type Fault = 'missing' | 'changed' | 'unlisted' | 'untrusted';

/** One check that was made, and its result. */
export interface Check {
  readonly id: CheckId;
  /** What was checked, e.g. `model/gpt-oss-20b: model.safetensors (blobs/sha256/ab…)`. */
  readonly subject: string;
  /** `note`: worth knowing, and for a person to judge. */
  readonly result: 'pass' | 'fail' | 'skipped' | 'note';
  /** What was found: for a failure what was expected and what is there. */
  readonly detail: string;
  readonly fault?: Fault;
}

/** Every check of a bundle; the same bundle and keys give the same report, byte for byte. */
export interface VerifyReport {
  readonly format: 1;
  readonly result: 'pass' | 'fail';
  /** The bundle's identity; absent where index.json names none. */
  readonly root?: Digest;
  readonly site?: string;
  /** Ids of the keys that were given as trusted, sorted. */
  readonly trusted: readonly string[];
  /** Ids of those whose seals hold. */
  readonly signers: readonly string[];
  /** What those seals say. */
  readonly seal?: SealStatement;
  /** Why it is not trusted; absent where it is. */
  readonly reasons?: readonly TrustReason[];
  readonly counts: { readonly pass: number; readonly fail: number; readonly skipped: number };
  /** Blobs that the index lists, and their bytes. */
  readonly blobs: number;
  readonly bytes: number;
  readonly checks: readonly Check[];
}

/** Names come from unverified content. */
const check = (id: CheckId, subject: string, result: Check['result'], detail: string): Check => ({
  id,
  subject: visible(subject),
  result,
  detail: visible(detail),
});

export const pass = (id: CheckId, subject: string, detail: string): Check => check(id, subject, 'pass', detail);

/** A check that could not be made, or that was waived; the detail says why. */
export const skipped = (id: CheckId, subject: string, detail: string): Check => check(id, subject, 'skipped', detail);

/** Something that is no fault, but that a person should know. */
export const note = (id: CheckId, subject: string, detail: string): Check => check(id, subject, 'note', detail);

export const fail = (id: CheckId, subject: string, fault: Fault, detail: string): Check => ({
  ...check(id, subject, 'fail', detail),
  fault,
});

/** The checks that failed. */
export const failures = (checks: readonly Check[]): Check[] => checks.filter((check) => check.result === 'fail');

export function countChecks(checks: readonly Check[]): VerifyReport['counts'] {
  const of = (result: Check['result']): number => checks.filter((check) => check.result === result).length;
  return { pass: of('pass'), fail: of('fail'), skipped: of('skipped') };
}
