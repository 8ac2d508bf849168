/**
 * Copies of a text in which values are looked for: as it stands, with odd characters as plain ones, and with escapes read, once
 * and twice. Each character knows where it stands in the text, so what is masked is what the person wrote.
 *
 * All of them are searched: reading `%41` in `100%4111…` would hide a number that stands there.
 */

import { decodeHTML } from 'entities/lib/decode.js';

/** A copy of a text; without a map it is the text itself. */
export interface Copy {
  readonly text: string;
  /** For each unit of UTF-16: where in the text it begins and ends. */
  readonly map?: { readonly starts: Uint32Array; readonly ends: Uint32Array };
}

/** Where in the source the unit at `at` begins; for the end of the copy, where its last one ends. */
export const startIn = ({ text, map }: Copy, at: number): number =>
  map === undefined ? at : at < text.length ? (map.starts[at] ?? 0) : (map.ends[at - 1] ?? 0);

/** Where in the source what ends before `at` ends. */
export const endIn = ({ map }: Copy, at: number): number => (map === undefined ? at : (map.ends[at - 1] ?? 0));

/** First unit that stands at or behind a place of the source. */
export function unitAt({ text, map }: Copy, source: number): number {
  if (map === undefined) return Math.min(source, text.length);
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((map.starts[middle] ?? 0) < source) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first `length` units. */
export const cutAt = ({ text, map }: Copy, length: number): Copy => ({
  text: text.slice(0, length),
  ...(map === undefined ? {} : { map }),
});

/** A copy with every match replaced; each unit of a replacement stands for the whole match. */
function rewritten(copy: Copy, pattern: RegExp, replacement: (match: string) => string): Copy {
  const changes = [...copy.text.matchAll(pattern)].flatMap(({ 0: match, index }) => {
    const put = replacement(match);
    return put === match ? [] : [{ from: index, to: index + match.length, put }];
  });
  if (changes.length === 0) return copy;
  const grown = changes.reduce((sum, { from, to, put }) => sum + put.length - (to - from), 0);
  const length = copy.text.length + grown;
  const [starts, ends] = [new Uint32Array(length), new Uint32Array(length)];
  const texts: string[] = [];
  let [at, read] = [0, 0];
  const place = (start: number, end: number): void => {
    starts[at] = start;
    ends[at] = end;
    at += 1;
  };
  const keep = (to: number): void => {
    texts.push(copy.text.slice(read, to));
    for (; read < to; read += 1) place(startIn(copy, read), endIn(copy, read + 1));
  };
  for (const { from, to, put } of changes) {
    keep(from);
    texts.push(put);
    for (let unit = 0; unit < put.length; unit += 1) place(startIn(copy, from), endIn(copy, to));
    read = to;
  }
  keep(copy.text.length);
  return { text: texts.join(''), map: { starts, ends } };
}

/** Drawn as nothing, and controls but for tab and line breaks (Unicode Standard, sections 4.5 and 5.21). */
const INVISIBLE = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
/** A character beyond ASCII, or any with marks; marks are put together with it, so many that no text is slow. */
const CLUSTER = /[^\0-\x7f]\p{M}{0,8}|[\0-\x7f]\p{M}{1,8}/gu;
/** Dashes, minus signs and hyphens; the swung dash and its like are none. */
const DASH = /[\p{Pd}\u02d7\u2043\u2212\u2796]/gu;
/** Drawn as a blank. */
const BLANK = /[\p{Zs}\p{Zl}\p{Zp}\u2800]/gu;
/** What is left of marks: struck through or circled, a character is still the same. */
const MARKS = /(?<=[\0-\x7f])\p{M}+|^\p{M}+/gu;
/** A full stop where names of hosts have one (Unicode Technical Standard 46, section 2.3). */
const STOP = /\u3002/g;
const DIGIT = /(?![0-9])\p{Nd}/gu;

/** Digits of every script stand ten by ten (Unicode Standard, section 4.6). */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String(code - zero);
}
/** Up to three: more are a column of a table. */
const BLANKS = / {2,3}|[\t ]{2,3}|\t/g;

/** Normalization Form KC (Unicode Standard Annex 15), one kind of dash and of blank, nothing invisible. */
export function folded(copy: Copy): Copy {
  const seen = rewritten(copy, INVISIBLE, () => '');
  const plain = rewritten(seen, CLUSTER, (cluster) =>
    cluster
      .normalize('NFKC')
      .replace(MARKS, '')
      .replace(DASH, '-')
      .replace(BLANK, ' ')
      .replace(STOP, '.')
      .replace(DIGIT, asciiDigit),
  );
  return rewritten(plain, BLANKS, () => ' ');
}

/** Percent signs (RFC 3986, 2.1) of one character in UTF-8 (RFC 3629, 4), entities, escapes of JSON (RFC 8259, 7) and their like. */
const ESCAPE = new RegExp(
  [
    '%[0-7][0-9A-Fa-f]',
    '%[CcDd][0-9A-Fa-f]%[89ABab][0-9A-Fa-f]',
    '%[Ee][0-9A-Fa-f](?:%[89ABab][0-9A-Fa-f]){2}',
    '%[Ff][0-7](?:%[89ABab][0-9A-Fa-f]){3}',
    '%u[0-9A-Fa-f]{4}',
    '&#[0-9]{1,24};?',
    '&#[Xx][0-9A-Fa-f]{1,24};?',
    '&[A-Za-z][0-9A-Za-z]{1,31};?',
    '\\\\u[0-9A-Fa-f]{4}',
    '\\\\u\\{[0-9A-Fa-f]{1,6}\\}',
    '\\\\x[0-9A-Fa-f]{2}',
    '\\\\[nrtbf/"\'\\\\]',
  ].join('|'),
  'g',
);
/** The beginning of one, at the end of a text. */
const BEGUN =
  /(?:%(?:u[0-9A-Fa-f]{0,3}|[0-9A-Fa-f]|[C-Fc-f][0-9A-Fa-f](?:%[89ABab][0-9A-Fa-f]){0,2}(?:%[89ABab]?)?)?|&(?:#[0-9]{0,24}|#[Xx][0-9A-Fa-f]{0,24}|[A-Za-z][0-9A-Za-z]{0,31})?|\\(?:u(?:[0-9A-Fa-f]{0,3}|\{[0-9A-Fa-f]{0,6})|x[0-9A-Fa-f]?)?|[\ud800-\udbff])$/;

const SHORT: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

const ofCode = (code: number, otherwise: string): string => (code <= 0x10ffff ? String.fromCodePoint(code) : otherwise);

function read(escape: string): string {
  const [first, second = ''] = escape;
  if (first === '&') return decodeHTML(escape);
  const [, code] = /^(?:%u|\\u\{?|\\x)([0-9A-Fa-f]+)\}?$/.exec(escape) ?? [];
  if (code !== undefined) return ofCode(Number.parseInt(code, 16), escape);
  if (first === '\\') return SHORT[second] ?? second;
  try {
    return decodeURIComponent(escape);
  } catch {
    return escape;
  }
}

/** With escapes read once, and folded again. */
export const unescaped = (copy: Copy): Copy => {
  const made = rewritten(copy, ESCAPE, read);
  return made === copy ? copy : folded(made);
};

/** A search for what ends a text would look at every character; none of these is longer. */
const LONGEST_END = 48;

/** Where the end of a copy begins that has the form, as a unit of the copy. */
function endOf({ text }: Copy, form: RegExp): number {
  const from = Math.max(0, text.length - LONGEST_END);
  const at = text.slice(from).search(form);
  return at < 0 ? text.length : from + at;
}

const without = (copy: Copy, form: RegExp): Copy => {
  const at = endOf(copy, form);
  return at === copy.text.length ? copy : cutAt(copy, at);
};

const distinct = (copies: readonly Copy[]): Copy[] => [...new Map(copies.map((copy) => [copy.text, copy])).values()];

/** Characters that are drawn as nothing, and that models read as ASCII (Unicode Standard, section 23.9). */
const TAGS = /[\u{e0020}-\u{e007e}]/gu;

/** The text itself, and as it reads where what is drawn as nothing is read. */
function rawOf(text: string): Copy[] {
  const raw: Copy = { text };
  const spelled = rewritten(raw, TAGS, (tag) => String.fromCodePoint((tag.codePointAt(0) ?? 0) - 0xe0000));
  return spelled === raw ? [raw] : [raw, spelled];
}

/** What is searched of a text that is whole. */
export function copiesOf(text: string): Copy[] {
  const raw = rawOf(text);
  const plain = raw.map(folded);
  const once = plain.map(unescaped);
  return distinct([...raw, ...plain, ...once, ...once.map(unescaped)]);
}

/** The last character with its marks, where it may get another mark. */
const LAST_LETTER = /[\p{L}\p{N}\p{S}]\p{M}*$/u;

/** Copies of a text that may go on. */
export interface OpenCopies {
  /** In every way that its end may turn out: what follows may finish an escape, or put a mark onto the last letter. */
  readonly copies: readonly Copy[];
  /** Up to where in the text it is sure what the text says. */
  readonly sure: number;
}

export function openCopiesOf(text: string): OpenCopies {
  const raw = rawOf(text);
  const levels: Copy[] = [...raw];
  let level: Copy[] = raw.map(folded);
  for (let depth = 0; depth < 3; depth += 1) {
    levels.push(...level);
    level = distinct(level.flatMap((copy) => [copy, without(copy, BEGUN)]));
    levels.push(...level);
    level = level.map(unescaped);
  }
  const all = distinct(levels);
  const ends = all.flatMap((copy) => [BEGUN, LAST_LETTER].map((form) => startIn(copy, endOf(copy, form))));
  return {
    copies: distinct([...all, ...all.map((copy) => without(copy, LAST_LETTER))]),
    sure: Math.min(text.length, ...ends),
  };
}
