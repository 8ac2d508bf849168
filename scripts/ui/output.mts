/** What commands print: results to standard output, errors and progress to standard error. */
import type { AirlockError } from '../../core/errors.js';
import type { Page } from '../../core/page.js';
import { type Line, visible } from '../../core/visible.js';
import { errorJson, errorLines } from './error-text.js';
import { laidOut } from './layout.js';

/**
 * How wide what is read there may be: that of the terminal. A log or another program gets every line whole, unless whoever
 * shows it to a person says how wide that is.
 */
export const columnsOf = ({ isTTY, columns }: NodeJS.WriteStream): number | undefined =>
  isTTY ? columns : Number(process.env['AIRLOCK_COLUMNS'] ?? 0) || undefined;

/** A result, on standard output. */
export const print = (page: Page): void => {
  process.stdout.write(`${laidOut(page, columnsOf(process.stdout))}\n`);
};

/** Beside the result, on standard error. */
export const say = (page: Page): void => {
  process.stderr.write(`${laidOut(page, columnsOf(process.stderr))}\n`);
};

/** A question, on standard error: the answer follows in its line. */
export const ask = (question: Line): void => void process.stderr.write(question);

/** A character as JSON escapes it, by UTF-16 code units (RFC 8259, section 7). */
const jsonEscape = (character: string): string =>
  Array.from({ length: character.length }, (_, at) => character.charCodeAt(at).toString(16).padStart(4, '0'))
    .map((code) => `\\u${code}`)
    .join('');

/** JSON of the same value that is printable, too. */
const printableJson = (json: string): string =>
  json
    .split('\n')
    .map((line) =>
      visible(line) === line ? line : line.replace(/./gsu, (one) => (visible(one) === one ? one : jsonEscape(one))),
    )
    .join('\n');

export const printJson = (value: unknown): void =>
  void process.stdout.write(`${printableJson(JSON.stringify(value, null, 2))}\n`);

/** The same, in one line. */
export const printJsonLine = (value: unknown): void =>
  void process.stdout.write(`${printableJson(JSON.stringify(value))}\n`);

/** Prints an error with its code, its faults and its fix; stacks only on request. */
export function printError(
  error: AirlockError,
  { json, verbose }: { readonly json: boolean; readonly verbose: boolean },
): void {
  if (json) printJson({ error: errorJson(error) });
  say(errorLines(error, verbose));
}
