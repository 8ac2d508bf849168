/** Text from outside as it may be printed. */

/**
 * Controls, formats (among them the marks that reorder text), surrogates without their half, private and unassigned
 * characters, and the separators of lines and paragraphs (Unicode Standard, section 4.5, "General Category").
 */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * The text with every character that steers a terminal, reorders or breaks lines, or shows nothing, as its code:
 * ESC becomes `\u{1b}`. The result is one line.
 */
export const visible = (text: string): string =>
  text.replace(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
