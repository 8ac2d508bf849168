/* Generated from site/schema/trust.schema.json by `npm run generate`; do not edit. */

/**
 * Under whose keys, and on what terms, bundles of a site are taken.
 */
export interface Trust {
  /**
   * Version of this format.
   */
  apiVersion: 'airlock/v1alpha1';
  /**
   * Always Trust: which of the files this is.
   */
  kind: 'Trust';
  /**
   * Sites whose bundles are taken; one of any other is refused.
   *
   * @minItems 1
   */
  sites: string[];
  /**
   * Every key that counts for something. What is in no entry counts for nothing.
   *
   * @minItems 1
   */
  keys: TrustKey[];
  /**
   * How many distinct keys with the role bundle must have sealed a bundle. Needed with more than one of them.
   */
  threshold?: number;
  /**
   * How many distinct keys with the role policy must have signed the next version of this file before a store takes it (`airlock trust sign`). Needed with more than one of them.
   */
  policyThreshold?: number;
  /**
   * Keys that count for nothing any more, whatever they sealed and when.
   */
  revoked?: RevokedKey[];
  /**
   * Days from its sealing for which a bundle is taken; without it, for ever.
   */
  longestDays?: number;
  /**
   * Days that a bundle must have been sealed for before it is taken, so that a stolen key can be noticed.
   */
  minimumDays?: number;
  /**
   * Content that no bundle may hold, by digest, though it is sealed: known to be bad.
   */
  refused?: JudgedDigest[];
  /**
   * Bundles that are taken without a seal, by the digest of their index; without it, none.
   */
  unsigned?: JudgedDigest[];
}
/**
 * A key and what it counts for.
 */
export interface TrustKey {
  /**
   * Who holds the key.
   */
  name: string;
  /**
   * The text of the .pub file that `airlock keys create` wrote.
   */
  publicKey: string;
  /**
   * What its signature counts for: bundle seals bundles; policy signs the next version of this file; reviewer by itself counts for neither, and for nothing else yet: who approves plans stands in enclave.yaml.
   *
   * @minItems 1
   */
  roles: ('bundle' | 'reviewer' | 'policy')[];
  /**
   * First day, in UTC, on which it counts.
   */
  notBefore?: string;
  /**
   * Last day, in UTC, on which it counts.
   */
  notAfter?: string;
}
/**
 * A key that somebody else may have.
 */
export interface RevokedKey {
  /**
   * Id of the key, as `airlock keys id` prints it.
   */
  key: string;
  /**
   * Why, in a sentence.
   */
  reason: string;
}
/**
 * Content that somebody judged.
 */
export interface JudgedDigest {
  /**
   * Its digest.
   */
  digest: string;
  /**
   * Why, in a sentence.
   */
  reason: string;
}
