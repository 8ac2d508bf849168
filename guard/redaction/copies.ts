/**
 * Copies of a text in which values are looked for: as it stands, with odd characters as plain ones, and with escapes read, once
 * and twice. Each character knows where it stands in the text, so what is masked is what the person wrote.
 *
 * All of them are searched: reading `%41` in `100%4111…` would hide a number that stands there.
 */

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
const DASH = /[\p{Pd}\u02d7\u2212\u2796]/gu;
/** Up to three: more are a column of a table. */
const BLANKS = / {2,3}|[\t ]{2,3}|\t/g;

/** Normalization Form KC (Unicode Standard Annex 15), one kind of dash and of blank, nothing invisible. */
export function folded(copy: Copy): Copy {
  const seen = rewritten(copy, INVISIBLE, () => '');
  const plain = rewritten(seen, CLUSTER, (cluster) =>
    cluster
      .normalize('NFKC')
      .replace(DASH, '-')
      .replace(/\p{Zs}/gu, ' '),
  );
  return rewritten(plain, BLANKS, () => ' ');
}

/** Names of HTML (HTML Standard, section 13.5) that stand for what values are written with. */
const ENTITIES: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", commat: '@', period: '.', comma: ',', colon: ':', semi: ';' },
  ...{ plus: '+', minus: '-', hyphen: '-', dash: '-', ndash: '-', mdash: '-', horbar: '-', sol: '/', bsol: '\\' },
  ...{ lowbar: '_', num: '#', lpar: '(', rpar: ')', dollar: '$', percnt: '%', equals: '=', ast: '*', excl: '!' },
  ...{ nbsp: ' ', ensp: ' ', emsp: ' ', emsp13: ' ', emsp14: ' ', numsp: ' ', puncsp: ' ', thinsp: ' ', hairsp: ' ' },
  ...{
    ThinSpace: ' ',
    NonBreakingSpace: ' ',
    Tab: '\t',
    NewLine: '\n',
    NoBreak: '',
    shy: '',
    zwj: '',
    zwnj: '',
    lrm: '',
  },
  ...{ rlm: '', ZeroWidthSpace: '', auml: 'ä', ouml: 'ö', uuml: 'ü', Auml: 'Ä', Ouml: 'Ö', Uuml: 'Ü', szlig: 'ß' },
  ...{
    eacute: 'é',
    Eacute: 'É',
    egrave: 'è',
    ecirc: 'ê',
    agrave: 'à',
    aacute: 'á',
    acirc: 'â',
    atilde: 'ã',
    aring: 'å',
  },
  ...{
    iacute: 'í',
    oacute: 'ó',
    ocirc: 'ô',
    otilde: 'õ',
    oslash: 'ø',
    uacute: 'ú',
    ccedil: 'ç',
    ntilde: 'ñ',
    ordm: 'º',
  },
};

/** Percent signs (RFC 3986, 2.1) of one character in UTF-8 (RFC 3629, 4), entities, escapes of JSON (RFC 8259, 7) and their like. */
const ESCAPE = new RegExp(
  [
    '%[0-7][0-9A-Fa-f]',
    '%[CcDd][0-9A-Fa-f]%[89ABab][0-9A-Fa-f]',
    '%[Ee][0-9A-Fa-f](?:%[89ABab][0-9A-Fa-f]){2}',
    '%[Ff][0-7](?:%[89ABab][0-9A-Fa-f]){3}',
    '&#[0-9]{1,8};?',
    '&#[Xx][0-9A-Fa-f]{1,7};?',
    '&[A-Za-z][0-9A-Za-z]{1,20};?',
    '\\\\u[0-9A-Fa-f]{4}',
    '\\\\x[0-9A-Fa-f]{2}',
    '\\\\[nrtbf/"\'\\\\]',
  ].join('|'),
  'g',
);
/** The beginning of one, at the end of a text. */
const BEGUN =
  /(?:%(?:[0-9A-Fa-f]|[C-Fc-f][0-9A-Fa-f](?:%[89ABab][0-9A-Fa-f]){0,2}(?:%[89ABab]?)?)?|&(?:#[0-9]{0,8}|#[Xx][0-9A-Fa-f]{0,7}|[A-Za-z][0-9A-Za-z]{0,20})?|\\(?:u[0-9A-Fa-f]{0,3}|x[0-9A-Fa-f]?)?|[\ud800-\udbff])$/;

const SHORT: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

const ofCode = (code: number, otherwise: string): string =>
  code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : otherwise;

function read(escape: string): string {
  const [first, second = ''] = escape;
  if (first === '%') {
    try {
      return decodeURIComponent(escape);
    } catch {
      return escape;
    }
  }
  if (first === '\\')
    return second === 'u' || second === 'x'
      ? String.fromCharCode(Number.parseInt(escape.slice(2), 16))
      : (SHORT[second] ?? second);
  const name = escape.replace(/^&|;$/g, '');
  if (/^#[Xx]/.test(name)) return ofCode(Number.parseInt(name.slice(2), 16), escape);
  if (name.startsWith('#')) return ofCode(Number(name.slice(1)), escape);
  return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? escape) : escape;
}

/** With escapes read once, and folded again. */
export const unescaped = (copy: Copy): Copy => {
  const made = rewritten(copy, ESCAPE, read);
  return made === copy ? copy : folded(made);
};

/** A search for what ends a text would look at every character; none of these is longer. */
const LONGEST_END = 32;

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

/** What is searched of a text that is whole. */
export function copiesOf(text: string): Copy[] {
  const raw: Copy = { text };
  const plain = folded(raw);
  const once = unescaped(plain);
  return distinct([raw, plain, once, unescaped(once)]);
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
  const raw: Copy = { text };
  const levels: Copy[] = [raw];
  let level: Copy[] = [folded(raw)];
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
