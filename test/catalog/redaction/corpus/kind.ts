/** How the corpus makes one kind of personal data. */
import type { Random } from './random';

/** `printed` as forms and letters show it, `bare` in one piece, `labelled` in one piece after its name. */
export type Form = 'printed' | 'bare' | 'labelled';

export interface Kind {
  /** A valid value in one piece. */
  readonly value: (random: Random) => string;
  /** How it is printed; absent where nobody does. */
  readonly print?: (value: string, random: Random) => string;
  /** Names that people write before it. */
  readonly labels: readonly string[];
  /** Forms that the pattern promises to find. */
  readonly promised: readonly Form[];
  /** Place of a check digit, or letter, from the end; absent where there is none. */
  readonly check?: number;
}

/** Cuts a value into groups: `grouped('12345', '-', 2, 3)` is `12-345`. */
export function grouped(value: string, link: string, ...sizes: readonly number[]): string {
  let at = 0;
  const groups = sizes.map((size) => value.slice(at, (at += size)));
  return [...groups, value.slice(at)].filter((group) => group !== '').join(link);
}
