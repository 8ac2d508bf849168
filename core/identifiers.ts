/**
 * Addresses that name formats. They lead nowhere; they stand under a name that is the project's own, so that nobody else's format
 * ever has the same (in-toto/attestation, spec/v1, "predicateType"). Labels and annotations in a cluster have that name, too.
 */

/** The name; ids of JSON Schemas, which are no code, begin with it as well. */
export const AUTHORITY = 'https://airlock.dev';

export interface PredicateType {
  /** What is written. */
  readonly written: string;
  /** What earlier releases wrote, under a name that is reserved for examples (RFC 2606): read for ever, never written. */
  readonly earlier: readonly string[];
}

/** Predicate types of in-toto statements. */
export const PREDICATE_TYPES = {
  seal: { written: 'https://airlock.dev/seal/v1', earlier: ['https://airlock.example/seal/v1'] },
  approval: { written: 'https://airlock.dev/approval/v1', earlier: [] },
  trustPolicy: { written: 'https://airlock.dev/trust-policy/v1', earlier: [] },
  deployment: { written: 'https://airlock.dev/deployment/v1', earlier: [] },
} as const satisfies Readonly<Record<string, PredicateType>>;

/** Fields of ours in a predicate of others: the place of a record in the history of a store. */
export const HISTORY_FIELDS = 'https://airlock.dev/history/v1';

/** Every predicate type that a reader takes for a format; the first is the one that is written. */
export const acceptedTypes = ({ written, earlier }: PredicateType): readonly string[] => [written, ...earlier];
