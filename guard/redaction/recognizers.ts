/** Packs and a site's own patterns, as what the guard searches with. */
import type { RedactionPattern } from '../../catalog/redaction';
import { isLabelled } from '../../catalog/redaction/parts';
import { CHECK_DIGITS } from './check-digits';
import { openPattern } from './open-pattern';

/** Finds one kind of value. */
export interface Recognizer {
  /** In placeholders, e.g. `PAYMENT-IBAN`. */
  readonly name: string;
  readonly expression: RegExp;
  /** Where a match may have begun that is not complete; leftmost first. */
  readonly open: RegExp;
  /** Of two that overlap, the higher one names what is masked. */
  readonly rank: number;
  /** Whether what was matched at `at` is one. */
  readonly accepts: (match: string, text: string, at: number) => boolean;
}

const LETTER = /\p{L}/u;
const UPPER = /\p{Lu}/u;

/** A label begins a word: at its beginning, or where `clientTaxID` begins a new one. */
function beginsWord(text: string, at: number): boolean {
  const [before, first] = [text[at - 1] ?? '', text[at] ?? ''];
  return !/[A-Za-z]/.test(first) || !LETTER.test(before) || (UPPER.test(first) && !UPPER.test(before));
}

/** Most specific: a check digit, then what a site describes, a country's or a kind of number, then e-mail and telephone. */
function rankOf(name: string, isOwn: boolean): number {
  if (Object.hasOwn(CHECK_DIGITS, name)) return 3;
  if (isOwn) return 2;
  return /^(?:contact|network)-/.test(name) ? 0 : 1;
}

/** @param own names of the site's own patterns */
export function recognizersOf(patterns: readonly RedactionPattern[], own: ReadonlySet<string>): Recognizer[] {
  return patterns.map(({ name, pattern }) => {
    const check = CHECK_DIGITS[name];
    return {
      name: name.toUpperCase(),
      expression: new RegExp(pattern, 'gu'),
      open: openPattern(name, pattern),
      rank: rankOf(name, own.has(name)),
      accepts: isLabelled(pattern) ? (_, text, at) => beginsWord(text, at) : (match) => check?.(match) ?? true,
    };
  });
}
