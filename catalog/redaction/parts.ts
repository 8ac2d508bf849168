/**
 * Parts of redaction patterns.
 *
 * An expression must mean the same to Rust's regex (agentgateway), RE2 (the collector), Python's re (LiteLLM, which adds
 * IGNORECASE) and V8, so digits and letters are spelled out and case is written as `[Aa]`.
 */

/** Letters beyond ASCII (and ª, º), for which `\b` of Rust and Python differs from that of RE2 and V8. */
const FOREIGN_LETTERS = 'ªº\u00c0-\u1fff\u2c00-\ud7ff\uf900-\uffef';

/** A character that JSON has escaped: traces hold messages as JSON, where `\n` and `\u201e` end in a letter. */
export const ESCAPED = '\\\\(?:[nrt]|u[0-9A-Fa-f]{4})';

/** Where a value may begin: at a word's edge, after `_`, a letter beyond ASCII (`nº12345678Z`) or an escaped character. */
export const START = `(?:\\b|_|${ESCAPED}|[${FOREIGN_LETTERS}])`;
export const END = `(?:\\b|_|[${FOREIGN_LETTERS}])`;

/** Whatever stands between a label and its number: `BSN number is 123…`, `"bsn": "123…"`. */
const GAP = '[^0-9]{0,20}';

/** Whether values of a pattern are found after a label; then nothing says that the label is a word. */
export const isLabelled = (pattern: string): boolean => pattern.includes(GAP);

/** A space as people and models write it: plain, no-break, narrow no-break. */
export const SPACE = '[ \u00a0\u202f]';
/** A hyphen: plain, or the two of Unicode. */
export const HYPHEN = '[-\u2010\u2011]';

export const DAY = '(?:0[1-9]|[12][0-9]|3[01])';
export const MONTH = '(?:0[1-9]|1[0-2])';

/** Every letter in both cases, of a text or of an expression without sets. */
export const anyCase = (text: string): string =>
  text.replace(/\p{L}/gu, (letter) => {
    const [lower, upper] = [letter.toLowerCase(), letter.toUpperCase()];
    return lower === upper || upper.length > 1 ? letter : `[${upper}${lower}]`;
  });

/** A value whose form alone tells it. */
export const alone = (value: string): string => `${START}(?:${value})${END}`;

/**
 * A value that is a bare run of digits: only after a label, since every order number would match otherwise.
 *
 * @param labels words; a space stands for up to two separators, or none: `tax id` is also `tax_id` and `TaxID`
 * @param value begins with a digit
 */
export const labelled = (labels: readonly string[], value: string): string =>
  `(?:${labels.map((label) => label.split(' ').map(anyCase).join('[^0-9A-Za-z]{0,2}')).join('|')})${GAP}(?:${value})${END}`;

/** Either form. */
export const either = (...patterns: readonly string[]): string => patterns.join('|');
