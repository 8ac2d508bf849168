/** Lays pages out: whole lines for a log or another program, and lines that fit for a terminal. */
import type { Block, CommandLine, Page } from '../../core/page';
import { type Line, lines, linesOf, show, type Text, visible } from '../../core/visible';
import { tableWithin } from './table';
import { hanging, widthOf } from './wrap';

/** Words of a command line; what stands in single quotes is one. */
const WORD = /(?:'[^']*'|[^\s'])+/g;

/** A command goes on after a backslash: so it can be pasted however many lines it takes. */
function commandWithin(columns: number | undefined, { lead, command }: CommandLine): Line[] {
  const whole = show`${lead}${command}`;
  if (columns === undefined || widthOf(whole) <= columns) return [whole];
  const [first = '', ...words] = command.match(WORD) ?? [];
  const indent = ' '.repeat(lead.length - lead.trimStart().length + 4);
  const done: string[] = [`${lead}${first}`];
  for (const word of words) {
    const last = done.at(-1) ?? '';
    // Room for the blank and the backslash.
    if (widthOf(last) + widthOf(word) + 3 <= columns) done[done.length - 1] = `${last} ${word}`;
    else done.push(`${indent}${word}`);
  }
  return done.map((line, at) => visible(at === done.length - 1 ? line : `${line} \\`));
}

function linesWithin(columns: number | undefined, block: Block): Line[] {
  if (typeof block !== 'string') {
    if ('verbatim' in block) return linesOf(block.verbatim);
    return 'command' in block ? commandWithin(columns, block) : tableWithin(columns, block);
  }
  const all = linesOf(block);
  return columns === undefined ? all : all.flatMap((line) => hanging(line, columns));
}

const isNested = (page: Page): page is readonly Page[] => Array.isArray(page);

const blocksOf = (page: Page): readonly Block[] => (isNested(page) ? page.flatMap(blocksOf) : [page]);

/**
 * @param columns width of the terminal; undefined, or 0 as a terminal says that does not know, where each line stays whole
 * @returns no line end at the end
 */
export const laidOut = (page: Page, columns?: number): Text =>
  lines(blocksOf(page).flatMap((block) => linesWithin(columns === 0 ? undefined : columns, block)));
