/**
 * Plain tables without color: whole where nobody looks. In a terminal no wider than it is: with cells of several lines where
 * it is wide enough for columns to be read, else each row as a paragraph.
 */
import type { Table } from '../../core/page';
import { type Line, show, visible } from '../../core/visible';
import { hanging, widthOf, wrapped } from './wrap';

/** Narrower than this, a column shows nothing that can be read. Columns of a terminal. */
const NARROWEST = 8;
/** Below this, cells of several lines are harder to read than paragraphs. Columns of a terminal. */
const PARAGRAPHS_BELOW = 100;
/** Cells up to this width stand beside each other in a paragraph. Columns of a terminal. */
const SHORT_CELL = 10;
const GAP = '   ';

type Cells = readonly (readonly Line[])[];

const widest = (cell: readonly Line[]): number => Math.max(0, ...cell.map(widthOf));

const rule = (widths: readonly number[], [left, middle, right]: readonly [string, string, string]): Line =>
  visible(`${left}${widths.map((width) => '─'.repeat(width + 2)).join(middle)}${right}`);

/** As many lines as its highest cell has. */
function drawRow(cells: Cells, widths: readonly number[]): Line[] {
  const height = Math.max(1, ...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, at) => {
    const parts = widths.map((width, column) => {
      const text = cells[column]?.[at] ?? '';
      return ` ${text}${' '.repeat(width - widthOf(text))} `;
    });
    return visible(`│${parts.join('│')}│`);
  });
}

/** Drawn here, since borders stand straight only where widths are measured as lines were broken. */
function draw(head: Cells, rows: readonly Cells[]): Line[] {
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => widest(row[at] ?? []))));
  return [
    rule(widths, ['┌', '┬', '┐']),
    ...drawRow(head, widths),
    rule(widths, ['├', '┼', '┤']),
    ...rows.flatMap((row) => drawRow(row, widths)),
    rule(widths, ['└', '┴', '┘']),
  ];
}

/** A border and two blanks beside each column, and the last border. */
const drawnWidth = (widths: readonly number[]): number => widths.reduce((sum, width) => sum + width + 3, 1);

/** Widths that fit: the widest column gives way first; undefined where not even the narrowest would. */
function widthsWithin(natural: readonly number[], columns: number): readonly number[] | undefined {
  const widths = [...natural];
  while (drawnWidth(widths) > columns) {
    const most = Math.max(...widths);
    if (most <= NARROWEST) return undefined;
    widths[widths.lastIndexOf(most)] = most - 1;
  }
  return widths;
}

/** A row as a paragraph: its first cell, then the others by their headings; nothing that a cell holds begins a line. */
function paragraph(head: readonly Line[], [title = [], ...cells]: Cells, columns: number): Line[] {
  const items = cells.flatMap((cell, at) => (widest(cell) === 0 ? [] : [{ name: head[at + 1] ?? visible(''), cell }]));
  const done: Line[] = title.flatMap((line, at) => hanging(visible(`${at === 0 ? '- ' : '  '}${line}`), columns));
  let row: Line | undefined;
  const flush = (): void => {
    if (row !== undefined) done.push(row);
    row = undefined;
  };
  for (const { name, cell } of items) {
    const [only, another] = cell;
    if (only !== undefined && another === undefined && widthOf(only) <= SHORT_CELL) {
      const item = show`${name}: ${only}`;
      if (row !== undefined && widthOf(row) + GAP.length + widthOf(item) > columns) flush();
      row = row === undefined ? show`  ${item}` : show`${row}${GAP}${item}`;
      continue;
    }
    flush();
    cell.forEach((line, at) => done.push(...hanging(at === 0 ? show`  ${name}: ${line}` : show`    ${line}`, columns)));
  }
  flush();
  return done;
}

/**
 * @param columns width of the terminal; undefined where output is no terminal, so that a log or another program gets each
 *   row whole
 */
export function tableWithin(columns: number | undefined, { head, rows }: Table): Line[] {
  const names = head.map((name) => [name]);
  const natural = head.map((_, at) => Math.max(...[names, ...rows].map((row) => widest(row[at] ?? []))));
  if (columns === undefined || drawnWidth(natural) <= columns) return draw(names, rows);
  const widths = columns < PARAGRAPHS_BELOW ? undefined : widthsWithin(natural, columns);
  if (widths === undefined) return rows.flatMap((row) => paragraph(head, row, columns));
  const fitted = (row: Cells): Line[][] =>
    row.map((cell, at) => cell.flatMap((line) => wrapped(line, widths[at] ?? widthOf(line))));
  return draw(fitted(names), rows.map(fitted));
}
