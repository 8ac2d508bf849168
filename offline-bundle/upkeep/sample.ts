/** A part of the blobs, chosen by a seed: the same seed chooses the same ones, another seed others. */
import { type Digest, digestOf, hexOf } from '../../core/digest';

export interface Sample {
  /** More than 0, at most 100. */
  readonly percent: number;
  readonly seed: string;
}

/** Digits of the digest that decide: more than any share needs. */
const DIGITS = 12;

/** Whether a sample has a blob. */
export const isChosen = ({ percent, seed }: Sample, digest: Digest): boolean =>
  Number.parseInt(hexOf(digestOf(`${seed} ${digest}`)).slice(0, DIGITS), 16) / 16 ** DIGITS < percent / 100;
