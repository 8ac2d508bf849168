/** Values, and the odd ways in which people and programs write them. */
import fc from 'fast-check';
import { REDACTION_PACKS, redactionPatterns } from '../../../catalog/redaction';
import { recognizersOf } from '../../../guard/redaction/recognizers';

export const RECOGNIZERS = recognizersOf(redactionPatterns(Object.keys(REDACTION_PACKS)), new Set());

/** Made up, with right check digits, and all found in their plain form. */
export const VALUES = [
  'jane.doe@leak.example',
  '+49 (0)89 123456-78',
  'DE89 3704 0044 0532 0130 00',
  'NL91ABNA0417164300',
  '4111 1111 1111 1111',
  '378282246310005',
  '15 070649 C 103',
  '36 574 261 809',
] as const;

/** One character as another text that is read as it. */
type Writing = (character: string) => string;

const hex = (character: string, length: number): string =>
  (character.codePointAt(0) ?? 0).toString(16).padStart(length, '0');
const percent: Writing = (character) =>
  [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const ESCAPES: readonly Writing[] = [
  percent,
  (character) => `&#${String(character.codePointAt(0))};`,
  (character) => `&#x${hex(character, 1)};`,
  (character) => `&#${String(character.codePointAt(0)).padStart(12, '0')};`,
  (character) => `&#x${hex(character, 11)};`,
  (character) => `%u${hex(character, 4)}`,
  (character) => `\\u{${hex(character, 1)}}`,
  (character) => `\\u${hex(character, 4)}`,
];
const FULL_WIDTH: Writing = (character) =>
  /[!-~]/.test(character) ? String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0) : character;
const BLANKS = [
  '\u2028',
  '\u2800',
  '&nbsp',
  '&MediumSpace;',
  '&ThickSpace;',
  '\u2009',
  '\u2007',
  '\u00a0',
  '\t',
  '  ',
  '&nbsp;',
  '%20',
  '\\u00a0',
  '&thinsp;',
];
const DASHES = ['\u2043', '\u2013', '\u2212', '\u2010', '&ndash;', '%2D', '\\u2011'];
const INVISIBLE = [
  '\u0336',
  '\u20e3',
  '&InvisibleTimes;',
  '\\u0000',
  '\u200b',
  '\u200d',
  '\u2060',
  '\u00ad',
  '\u202e',
  '\ufeff',
  '&zwj;',
  '\\u200b',
];

const ARABIC_INDIC: Writing = (character) =>
  /[0-9]/.test(character) ? String.fromCodePoint(0x660 + Number(character)) : character;

const plain: Writing = (character) => character;

/** How one character is written: mostly as it is, else escaped once or twice, wide, or beside what nobody sees. */
const writing: fc.Arbitrary<Writing> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(plain) },
  { weight: 2, arbitrary: fc.constantFrom(...ESCAPES) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...ESCAPES), fc.constantFrom(...ESCAPES))
      .map(([outer, inner]): Writing => (character) => {
        const [first = '', ...rest] = inner(character);
        return outer(first) + rest.join('');
      }),
  },
  { weight: 1, arbitrary: fc.constant(FULL_WIDTH) },
  { weight: 1, arbitrary: fc.constant(ARABIC_INDIC) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...BLANKS).map(
      (blank): Writing =>
        (character) =>
          character === ' ' ? blank : character,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...DASHES).map(
      (dash): Writing =>
        (character) =>
          character === '-' ? dash : character,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...INVISIBLE).map(
      (mark): Writing =>
        (character) =>
          character + mark,
    ),
  },
);

/** A value in an odd form; a mark behind its last character is no part of it. */
export const oddForm = (value: string): fc.Arbitrary<string> =>
  fc.array(writing, { minLength: value.length, maxLength: value.length }).map((writings) =>
    Array.from(value)
      .map((character, at) => {
        const written = (writings[at] ?? plain)(character);
        return at === value.length - 1 && written.startsWith(character) ? character : written;
      })
      .join(''),
  );

export const planted: fc.Arbitrary<{ readonly value: string; readonly written: string }> = fc
  .constantFrom(...VALUES)
  .chain((value) => oddForm(value).map((written) => ({ value, written })));

/** What stands around a value: words apart from it. */
export const around = fc.constantFrom(
  ...['', 'Please call ', 'the applicant (', 'siehe: "', '100% sure, ', 'a\\nb ', 'für ', '„', 'Ref. 12; ', '<b>'],
);
