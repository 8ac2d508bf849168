/** What is allowed in a seal and still is hardly meant: said to the person, refused by nobody. */
import type { SealStatement } from './seal';

/** Counted, or made of a date (`2026112901`), no sequence is larger; after the largest one nothing can follow. */
const LARGE_SEQUENCE = 9_999_999_999;
/** Clocks of two sides of a gap may differ by this much. Milliseconds. */
export const CLOCK_SLACK_MS = 24 * 60 * 60 * 1000;

/**
 * What a person should look at before this seal is taken, in words; empty for most.
 *
 * @param now the time here; a clock behind a gap may be wrong, so the future is a note and no fault
 */
export function oddities({ sequence, sealedAt }: SealStatement, now: Date): string[] {
  const odd: string[] = [];
  if (sequence > LARGE_SEQUENCE) {
    odd.push(`sequence ${sequence} is far beyond any count: every later bundle of the site needs a larger one`);
  }
  if (Date.parse(sealedAt) > now.getTime() + CLOCK_SLACK_MS) {
    odd.push(`sealed at ${sealedAt}, which is in the future by the clock here (${now.toISOString().slice(0, 10)})`);
  }
  return odd;
}
