/** What commands print: results to standard output, errors and progress to standard error. */
import type { AirlockError } from '../../core/errors.js';
import { visible } from '../../core/visible.js';
import { tableWithin } from './table.js';

/** Whatever a text was made of: of all characters that steer a terminal, only line ends and tabs reach it. */
export const printable = (text: string): string =>
  text
    .split(/([\n\t])/)
    .map((part, at) => (at % 2 === 0 ? visible(part) : part))
    .join('');

export const print = (text: string): void => void process.stdout.write(`${printable(text)}\n`);

/** A line beside the result, on standard error. */
export const say = (text: string): void => void process.stderr.write(`${printable(text)}\n`);

/** A part of a line, on standard error: what another program says on its way, a question. */
export const passOn = (text: string): void => void process.stderr.write(printable(text));

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
      visible(line) === line ? line : line.replace(/./gu, (one) => (visible(one) === one ? one : jsonEscape(one))),
    )
    .join('\n');

export const printJson = (value: unknown): void =>
  void process.stdout.write(`${printableJson(JSON.stringify(value, null, 2))}\n`);

/** A plain table without color, no wider than the terminal. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  tableWithin(process.stdout.columns, head, rows);

/** Decimal units, as disks and media state them. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? String(value) : value.toFixed(value < 10 ? 2 : 1)} ${units[unit] ?? 'B'}`;
}

/** Prints an error with its code, its faults and its fix; stacks only on request. */
export function printError(
  error: AirlockError,
  { json, verbose }: { readonly json: boolean; readonly verbose: boolean },
): void {
  const { code, kind, message, fix, faults } = error;
  if (json) printJson({ error: { code, kind, message, fix, faults } });
  const lines = [`error[${code}]: ${message}`];
  for (const fault of faults) {
    const place = [fault.file, fault.line, fault.column].filter((part) => part !== undefined).join(':');
    const known = fault.code === undefined ? '' : ` [${fault.code}]`;
    lines.push(`  ${place} ${fault.path}: ${fault.message}${known}`);
    if (fault.fix !== undefined) lines.push(`    fix: ${fault.fix}`);
  }
  if (fix !== undefined) lines.push(`fix: ${fix}`);
  if (verbose) {
    lines.push(error.stack ?? '');
    if (error.cause instanceof Error) lines.push(`cause: ${error.cause.stack ?? ''}`);
  }
  say(lines.join('\n'));
}
