/**
 * Text as it may be shown to a person: on a terminal, in a log, in a header, in a file that people read.
 *
 * What came from outside (a bundle, a plan, a registry, a cluster) may hold anything, so a plain string is not printable: only
 * this file makes the types that are. Line breaks are never part of a string that is shown; code that means one says so.
 */

declare const LINE: unique symbol;
declare const TEXT: unique symbol;

/** Lines of visible characters, with a line end between them. */
export type Text = string & { readonly [TEXT]: true };

/** One line of visible characters. */
export type Line = Text & { readonly [LINE]: true };

/**
 * Controls, formats (among them the marks that reorder text), surrogates without their half, private and unassigned
 * characters, the separators of lines and paragraphs (Unicode Standard, section 4.5, "General Category"), and what is drawn
 * as nothing (section 5.21, "Default Ignorable Code Points").
 */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * The text with every character that steers a terminal, reorders or breaks lines, or shows nothing, as its code:
 * ESC becomes `\u{1b}`. The result is one line, and the same when it is made visible again.
 */
export const visible = (text: string): Line =>
  text.replace(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`) as Line;

/** A template tag: show`serving ${name}: ${count}` is one visible line, whatever the values hold. */
export const show = (literals: TemplateStringsArray, ...values: readonly (string | number)[]): Line =>
  visible(String.raw({ raw: literals }, ...values));

/** Lines below each other. */
export const lines = (all: readonly Text[]): Text => all.join('\n') as Text;

/** A text of several lines whose line breaks are meant, such as a license or the words of another program. */
export const linesOf = (text: string): Line[] =>
  text.split(/\r\n|[\n\f]/).map((line) => visible(line.replaceAll('\t', '  ')));
