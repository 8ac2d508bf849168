/** Lines of so many columns, measured as a terminal draws them. */
import columnsOf from 'string-width';
import { type Line, visible } from '../../core/visible';

const ASCII = /^[ -~]*$/;

const measured = new Map<string, number>();

/** Columns of one character: two where it is of full width, none where it sits on the one before. */
function columnsOfOne(character: string): number {
  if (character <= '~') return 1;
  const known = measured.get(character) ?? columnsOf(character);
  measured.set(character, known);
  return known;
}

/** Columns that a text takes on a terminal. */
export const widthOf = (text: string): number =>
  ASCII.test(text) ? text.length : Array.from(text).reduce((sum, character) => sum + columnsOfOne(character), 0);

/** Where a piece of so many columns ends, at least a character further; the end of the text where all of it fits. */
function endOf(characters: readonly string[], from: number, columns: number): number {
  let used = 0;
  for (let at = from; at < characters.length; at += 1) {
    used += columnsOfOne(characters[at] ?? '');
    if (used > columns) return Math.max(from + 1, at);
  }
  return characters.length;
}

/** The last blank between words of a piece, or right behind it; blanks before the first word are its indent. */
function breakIn(characters: readonly string[], from: number, end: number): number | undefined {
  let word = from;
  while (word < end && characters[word] === ' ') word += 1;
  for (let at = end; at > word; at -= 1) if (characters[at] === ' ') return at;
  return undefined;
}

/**
 * A line in lines of so many columns: broken between words, and inside of one that is longer. Nothing is cut off.
 *
 * @param following columns of every line but the first
 */
export function wrapped(line: Line, columns: number, following = columns): Line[] {
  const characters = Array.from(line);
  const done: Line[] = [];
  let from = 0;
  for (;;) {
    const end = endOf(characters, from, done.length === 0 ? columns : following);
    const blank = end === characters.length ? undefined : breakIn(characters, from, end);
    done.push(visible(characters.slice(from, blank ?? end).join('')));
    if (end === characters.length) return done;
    from = blank === undefined ? end : blank + 1;
  }
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** Columns that a line which goes on is indented more than its begin. */
const HANGING = 4;

/** A line in a terminal: what goes on stands further in, so that it cannot be taken for a line of its own. */
export function hanging(line: Line, columns: number): Line[] {
  if (widthOf(line) <= columns) return [line];
  // Half of a narrow terminal is left to the text.
  const indent = ' '.repeat(Math.min(indentOf(line) + HANGING, Math.floor(columns / 2)));
  const [first, ...more] = wrapped(line, columns, columns - indent.length);
  return [...(first === undefined ? [] : [first]), ...more.map((one) => visible(`${indent}${one}`))];
}
