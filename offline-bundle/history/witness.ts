/**
 * A history beside what is known of it elsewhere: keys that sign its records, and the digest of a record that somebody noted. Alone it
 * shows any change but one: whoever can write to the store can write all of it anew.
 */
import type { Digest } from '../../core/digest';
import type { TrustedKey } from '../trust/keys';
import { type History, type HistoryProblem, recordFile } from './history';

/** What somebody knows who looks at a history. */
export interface Witness {
  /** Keys of which one signs every record. */
  readonly trusted: readonly TrustedKey[];
  /** Number of the first record that has to be signed. @default 1 */
  readonly signedFrom?: number;
  /** Digest of a record that was the last one once. */
  readonly noted?: Digest;
}

/** Where a history, whole in itself, is not the one that is known. */
export function witnessProblems(
  { records }: Pick<History, 'records'>,
  { trusted, signedFrom = 1, noted }: Witness,
): HistoryProblem[] {
  const unsigned =
    trusted.length === 0
      ? []
      : records
          .filter(({ number, signature }) => number >= signedFrom && signature !== 'verified')
          .map(({ number, signer }) => ({
            file: recordFile(number),
            problem: signer === null ? 'is signed by nobody' : `is not signed by a key given here (key ${signer})`,
          }));
  // A history that was taken away is not one whose every record is signed.
  const last = records.at(-1)?.number ?? 0;
  const none =
    trusted.length > 0 && last < signedFrom
      ? [{ file: recordFile(signedFrom), problem: 'is missing: no record is there that has to be signed' }]
      : [];
  const gone =
    noted === undefined || records.some(({ digest }) => digest === noted)
      ? []
      : [{ file: recordFile(last + 1), problem: `no record has the digest ${noted} that was noted elsewhere` }];
  return [...unsigned, ...none, ...gone];
}
