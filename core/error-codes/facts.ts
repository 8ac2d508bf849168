/** What is said of an error code, and what kinds of failure there are. */

/**
 * `check`: it was looked at, and the answer is no. `input`: misuse or broken input. `environment`: network, credentials, disk,
 * another program. `internal`: a fault of Airlock itself; neither a rerun nor the user mends it.
 */
export type FailureKind = 'check' | 'input' | 'environment' | 'internal';

export interface ErrorCodeFacts {
  readonly kind: FailureKind;
  /** One sentence: when it is thrown. */
  readonly cause: string;
  /** One sentence: what to do, where the error itself says nothing closer. */
  readonly fix: string;
}

export type ErrorCodeGroup = Readonly<Record<string, ErrorCodeFacts>>;
