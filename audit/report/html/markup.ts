/** HTML that is made of our own markup and of text from outside, which can never become markup. */
import { visible } from '../../../core/visible';
import { inert } from '../inert';

/** A piece of HTML: only this file makes it. */
export class Markup {
  public constructor(public readonly html: string) {}
}

export type Content = string | number | Markup | readonly Markup[];

const CODES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand between tags and in a quoted attribute (HTML Living Standard, "Serialising HTML fragments"). */
const escaped = (text: string): string => visible(text).replace(/[&<>"']/g, (char) => CODES[char] ?? '');

const htmlOf = (content: Content): string => {
  if (content instanceof Markup) return content.html;
  if (typeof content === 'object') return content.map(({ html }) => html).join('');
  return escaped(String(content));
};

/** A template tag: what is ours is markup, every value is text unless it is markup already. */
export const markup = (literals: TemplateStringsArray, ...values: readonly Content[]): Markup =>
  new Markup(String.raw({ raw: literals }, ...values.map(htmlOf)));

/** One line for each. */
export const joined = (all: readonly Markup[], between = '\n'): Markup =>
  new Markup(all.map((one) => one.html).join(between));

/** An id, and what refers to it, of whatever a name holds. */
export const anchor = (prefix: string, at: number): string => `${prefix}-${String(at + 1)}`;

/** A cell: a text, or markup of its own. Several texts stand below each other. */
export type Cell = string | number | Markup | readonly string[];

const cellOf = (cell: Cell): Markup => {
  if (cell instanceof Markup) return cell;
  if (typeof cell === 'object') return joined(cell.map((line) => markup`<div>${inert(line)}</div>`));
  return typeof cell === 'number' ? markup`${cell}` : markup`${inert(cell)}`;
};

export interface TableOptions {
  /** Says what it holds, for those who do not see it. */
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Ids of the rows. @default - none */
  readonly ids?: (at: number) => string;
  /** Classes of the rows. @default - none */
  readonly marks?: (at: number) => string;
}

/** A table in a frame that scrolls by itself where the page is narrow. The first cell of a row is its header. */
export function table({ caption, head, rows, ids, marks }: TableOptions): Markup {
  const row = (cells: readonly Cell[], at: number): Markup => {
    const id = ids === undefined ? markup`` : markup` id="${ids(at)}"`;
    const mark = marks?.(at) ?? '';
    const [first = '', ...rest] = cells;
    const marked = mark === '' ? markup`` : markup` class="${mark}"`;
    return markup`<tr${id}${marked}><th scope="row">${cellOf(first)}</th>${rest.map((cell) => markup`<td>${cellOf(cell)}</td>`)}</tr>`;
  };
  return markup`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption>${caption}</caption>
      <thead>
        <tr>
          ${head.map((one) => markup`<th scope="col">${one}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${joined(rows.map(row))}
      </tbody>
    </table>
  </div>`;
}

/** More rows are folded: nobody reads them all, and a browser lays out what is open. */
const MOST_OPEN = 300;

/** A table that is folded where it is long. Nothing that closes the gate may stand in it alone. */
export const foldedTable = (options: TableOptions): Markup =>
  options.rows.length <= MOST_OPEN
    ? table(options)
    : markup`<details><summary>${options.caption}: ${options.rows.length} rows</summary>${table(options)}</details>`;
