/** Plain tables without color: whole where nobody looks, and in a terminal no wider than it is. */
import Table from 'cli-table3';

/** Narrower than this, a column shows nothing that can be read. */
const NARROWEST = 8;

type Row = readonly string[];

const draw = (head: Row, rows: readonly Row[]): string => {
  const drawn = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  drawn.push(...rows.map((row) => [...row]));
  return drawn.toString();
};

/** A text in lines of so many characters: broken between words, and inside of one that is longer. Nothing is cut off. */
export function wrapped(text: string, width: number): string {
  const lines = text.split('\n').flatMap((line) => {
    const done: string[] = [];
    let rest = line;
    while (rest.length > width) {
      const space = rest.lastIndexOf(' ', width);
      const at = space > 0 ? space : width;
      done.push(rest.slice(0, at));
      rest = rest.slice(space > 0 ? at + 1 : at);
    }
    return [...done, rest];
  });
  return lines.join('\n');
}

/** Widths that fit: the widest column gives way first. */
function widthsWithin(natural: readonly number[], columns: number): readonly number[] {
  const widths = [...natural];
  // A border and two blanks beside each column, and the last border.
  const over = (): number => widths.reduce((sum, width) => sum + width + 3, 1) - columns;
  while (over() > 0) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) break;
    widths[widths.lastIndexOf(widest)] = widest - 1;
  }
  return widths;
}

/**
 * @param columns width of the terminal, in characters; undefined where output is no terminal, so that a log or another
 *   program gets each row in one line
 */
export function tableWithin(columns: number | undefined, head: Row, rows: readonly Row[]): string {
  if (columns === undefined || columns === 0) return draw(head, rows); // 0: a terminal that does not know
  const all = [head, ...rows];
  const natural = head.map((_, at) =>
    Math.max(...all.flatMap((row) => (row[at] ?? '').split('\n').map((l) => l.length))),
  );
  const widths = widthsWithin(natural, columns);
  const fitted = (row: Row): string[] => row.map((cell, at) => wrapped(cell, widths[at] ?? cell.length));
  return draw(fitted(head), rows.map(fitted));
}
