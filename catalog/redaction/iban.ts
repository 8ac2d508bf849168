/** IBANs, each country by its own structure, so that few other texts have the form. */
import { alone, anyCase, SPACE } from './parts';

/**
 * Structure after country and check digits (`n` digits, `a` letters, `c` either) → countries: SWIFT, IBAN Registry
 * (ISO 13616), release 101. Neighboring parts of one kind are one.
 */
export const IBAN_STRUCTURES: Readonly<Record<string, string>> = {
  'a1 n10 c12': 'IT SM',
  'a2 n12': 'FK',
  'a2 n16': 'GE',
  'a4 c13': 'LV',
  'a4 c14': 'BH',
  'a4 c15': 'GI',
  'a4 c16': 'PK RO',
  'a4 c20': 'AZ',
  'a4 c21': 'PS QA',
  'a4 c22': 'KW',
  'a4 c24': 'LC',
  'a4 n10': 'NL',
  'a4 n14': 'GB IE',
  'a4 n15': 'IQ',
  'a4 n16': 'VG',
  'a4 n19 a3': 'MU',
  'a4 n20': 'HN NI SV',
  'a4 n20 a3': 'SC',
  'a4 n4 c18': 'JO YE',
  'a4 n5 c18': 'MT',
  'a4 n6 c8': 'BG',
  c20: 'MD',
  c24: 'GT',
  'c4 n20': 'DO',
  'c4 n4 c16': 'BY',
  'n10 c11 n2': 'FR MC',
  n11: 'NO',
  n12: 'BE',
  n14: 'DK FI FO GL SD',
  'n14 c15': 'RU',
  n15: 'SI',
  n16: 'AT BA EE LT MN XK',
  n17: 'HR',
  n18: 'CR DE ME RS VA',
  n19: 'AE IL SO TL',
  'n2 c18': 'SA',
  n20: 'CZ ES SE SK TN',
  n21: 'LY PT ST',
  n22: 'IS',
  n23: 'BI DJ MR',
  'n23 a1 c1': 'BR',
  n24: 'HU PL',
  n25: 'EG',
  'n3 c10 n2': 'MK',
  'n3 c13': 'KZ LU',
  'n3 c16': 'OM',
  'n4 c20': 'LB',
  'n5 c12': 'CH LI',
  'n6 c16': 'TR',
  'n6 c19': 'UA',
  'n7 c16': 'GR',
  'n8 c12': 'AD',
  'n8 c16': 'AL CY',
};

const CLASSES: Readonly<Record<string, string>> = { n: '[0-9]', a: '[A-Za-z]', c: '[0-9A-Za-z]' };

/** Every character's kind, in order: `a2 n3` is `aannn`. */
const kindsOf = (structure: string): string =>
  structure.replace(/([nac])([0-9]+) ?/g, (_, kind: string, count: string) => kind.repeat(Number(count)));

/** `nnna` as `[0-9]{3}[A-Za-z]`. */
const runsOf = (kinds: string): string =>
  (kinds.match(/(.)\1*/g) ?? [])
    .map((run) => `${CLASSES[run.charAt(0)] ?? ''}${run.length > 1 ? `{${run.length}}` : ''}`)
    .join('');

/** Groups of four, as ISO 13616 prints them, with or without the spaces. */
function groupsOf(structure: string): string {
  const groups = (kindsOf(structure).match(/.{1,4}/g) ?? []).map((group) => `${SPACE}?${runsOf(group)}`);
  let written = '';
  for (let from = 0; from < groups.length;) {
    const group = groups[from] ?? '';
    let to = from;
    while (groups[to] === group) to += 1;
    written += to - from > 1 ? `(?:${group}){${to - from}}` : group;
    from = to;
  }
  return written;
}

export const ibanPattern = (): string =>
  alone(
    Object.entries(IBAN_STRUCTURES)
      .map(([structure, countries]) => {
        const codes = countries.split(' ').map(anyCase);
        return `${codes.length > 1 ? `(?:${codes.join('|')})` : codes.join('')}[0-9]{2}${groupsOf(structure)}`;
      })
      .join('|'),
  );
