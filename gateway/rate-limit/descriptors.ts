/** What gateway and rate-limit service call the things that they count by; both must say the same. */

/** Namespace of the counts. */
export const RATE_LIMIT_DOMAIN = 'airlock';

/** Keys of a count, from the outermost to the innermost. */
export const DESCRIPTOR = {
  /** Window of the budget, as the enclave writes it. */
  window: 'window',
  /** Name of the issuer in the enclave. */
  issuer: 'issuer',
  /** Claim `sub`. */
  subject: 'subject',
} as const;
