/**
 * Texts in a JavaScript file, as comments: V8 skips a comment several times faster than it reads a string of that length, and that
 * faster than code. Each is all that a method has in it; far-side/loader.mjs takes it out of the method's own text.
 */

export interface PackedText {
  readonly name: string;
  readonly text: string;
  /** What stands above it, for readers, in one line. */
  readonly about: string;
}

/** A star that would end the comment, or make what follows look escaped; and what is not ASCII, since one letter of it would double the memory of the file. */
const ESCAPED = /\*(?=[\\/])|[^\x00-\x7e]/g;

const escaped = (text: string): string =>
  text.replace(ESCAPED, (unit) => `*\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The declaration of `TEXTS`, which the loader reads. */
export function tableOfTexts(texts: readonly PackedText[]): string {
  const entries = texts.map(({ name, text, about }) => `// ${about}\n'${name}'() { /*\n${escaped(text)}\n*/ },\n`);
  return `const TEXTS = { __proto__: null,\n${entries.join('')}};\n`;
}
