/** A labelled corpus: texts with one planted value each, texts with a wrong check digit, and everyday texts. */
import { seededRandom } from '../../../chaos/random';
import { COUNTRIES } from './countries';
import { EVERYDAY, TRAPS } from './everyday';
import { INTERNATIONAL } from './international';
import type { Form, Kind } from './kind';
import { pick, type Random } from './random';

export const KINDS: Readonly<Record<string, Kind>> = { ...INTERNATIONAL, ...COUNTRIES };

export interface Planted {
  /** Name of the pattern that should find it. */
  readonly kind: string;
  readonly form: Form;
  /** The value in one piece, for programs that verify check digits. */
  readonly value: string;
  /** As it stands in the text. */
  readonly written: string;
  readonly text: string;
}

export interface Corpus {
  readonly planted: readonly Planted[];
  /** As planted, but the check digit is wrong: no personal data. */
  readonly wrong: readonly Planted[];
  readonly everyday: readonly string[];
  /** No personal data either, but of its form. */
  readonly traps: readonly string[];
}

/** Where values stand. JSON within JSON is how traces hold messages. */
const PLACES: readonly ((written: string) => string)[] = [
  (written) => written,
  (written) => `Please check ${written}, thank you.`,
  (written) => `„${written}“ steht im Vertrag`,
  (written) => `Seite\u00a01: ${written}\nweiter`,
  (written) => `| Name | ${written} | 12 |`,
  (written) => JSON.stringify({ role: 'user', content: `Guten Tag\n${written}\nund danke` }),
  (written) => JSON.stringify({ note: `\t${written}` }),
  (written) => `scan_${written}_final.pdf`,
  (written) => `(${written})`,
  (written) => `\\u201e${written}\\u201c`,
];

/** How a label is tied to its value. */
const TIES: readonly ((label: string, value: string) => string)[] = [
  (label, value) => `${label} ${value}`,
  (label, value) => `${label}: ${value}`,
  (label, value) => `${label} is ${value}`,
  (label, value) => `${label} lautet ${value}`,
  (label, value) => `${label} = ${value}`,
  (label, value) => `"${label}": "${value}"`,
  (label, value) => `${label}\n${value}`,
  (label, value) => `<td>${label}</td><td>${value}</td>`,
];

/** What is written, and the part of it that must go. */
function write(
  kind: Kind,
  form: Form,
  value: string,
  random: Random,
): { readonly text: string; readonly written: string } {
  const written = form === 'printed' ? (kind.print?.(value, random) ?? value) : value;
  const tied = form === 'labelled' ? pick(random, TIES)(pick(random, kind.labels), value) : written;
  return { text: pick(random, PLACES)(tied), written };
}

const LETTERS_WITH_A_CHECK = 'ABCDEFGHJKLMNPQRSTVWXY';

/** The same value with another check digit, or letter. */
function spoiled(value: string, check: number, random: Random): string {
  const at = check < 0 ? -check : value.length - check;
  const now = value.charAt(at);
  const from = /[0-9]/.test(now) ? '0123456789' : LETTERS_WITH_A_CHECK;
  return (
    value.slice(0, at) +
    pick(
      random,
      Array.from(from).filter((other) => other !== now),
    ) +
    value.slice(at + 1)
  );
}

export function formsOf({ print }: Kind): readonly Form[] {
  return print === undefined ? ['bare', 'labelled'] : ['printed', 'bare', 'labelled'];
}

/**
 * @param each texts of every kind and form, and rounds through those without any
 */
export function makeCorpus(seed: number, each: number): Corpus {
  const random = seededRandom(seed);
  const [planted, wrong]: [Planted[], Planted[]] = [[], []];
  for (const [name, kind] of Object.entries(KINDS)) {
    for (const form of formsOf(kind)) {
      for (let round = 0; round < each; round += 1) {
        const value = kind.value(random);
        planted.push({ kind: name, form, value, ...write(kind, form, value, random) });
        if (kind.check === undefined) continue;
        const other = spoiled(value, kind.check, random);
        wrong.push({ kind: name, form, value: other, ...write(kind, form, other, random) });
      }
    }
  }
  const rounds = (makers: typeof EVERYDAY): string[] =>
    Array.from({ length: each }, () => makers.map((text) => text(random))).flat();
  return { planted, wrong, everyday: rounds(EVERYDAY), traps: rounds(TRAPS) };
}
