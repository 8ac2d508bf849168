/**
 * How one trust policy gives way to the next: keys of the old one sign that the new one follows it. The statement names both
 * digests, so that no signature leads back to an older policy, or from another one. Pure: bytes in, verdict out.
 */
import { canonicalJson } from '../../core/canonical-json';
import { type Digest, hexOf } from '../../core/digest';
import { PREDICATE_TYPES } from '../../core/identifiers';
import { dayFault, keysWith, type PolicyKey, type TrustPolicy } from './policy';
import { partsOf, SignedPayload, STATEMENT_TYPE } from './signed-payload';

/** Refused above this, before anything is parsed. Bytes. */
export const MAX_SIGNATURE_BYTES = 64 * 1024;

/** The bytes that a key of the old policy signs: an in-toto statement about the new one, in RFC 8785 form. */
export const policyChangePayload = (from: Digest, to: Digest): Buffer =>
  canonicalJson({
    _type: STATEMENT_TYPE,
    subject: [{ name: 'trust.yaml', digest: { sha256: hexOf(to) } }],
    predicateType: PREDICATE_TYPES.trustPolicy.written,
    predicate: { previous: from },
  });

/** Keys of the old policy that sign for the next one today: those with the role, not revoked, in their days. */
export const policyKeys = (from: TrustPolicy, now: Date): PolicyKey[] =>
  keysWith(from, 'policy').filter((key) => dayFault(key, now) === undefined);

/**
 * Ids of the keys of the old policy that signed for the new one, sorted. What is no such signature counts for nothing: the folder
 * also holds those over earlier changes.
 *
 * @param signatures the files beside the new policy
 */
export function changeSigners(
  from: TrustPolicy,
  to: Digest,
  signatures: readonly Buffer[],
  now: Date,
): readonly string[] {
  const payload = policyChangePayload(from.digest, to);
  const keys = policyKeys(from, now);
  const signers = signatures.flatMap((bytes) => {
    const parts = partsOf(bytes, MAX_SIGNATURE_BYTES);
    const key = keys.find(({ id }) => id === parts?.keyId);
    if (parts === undefined || key === undefined) return [];
    return new SignedPayload(parts).verified(key.publicKey)?.equals(payload) === true ? [key.id] : [];
  });
  return [...new Set(signers)].sort();
}
