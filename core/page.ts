/**
 * What a command says, before anybody knows how wide it is shown. Renderers return pages, which are data; `scripts/ui` lays
 * them out for a terminal, a log or a file.
 */
import { type Line, type Text, visible } from './visible';

export interface Table {
  readonly head: readonly Line[];
  /** A cell may have several lines. */
  readonly rows: readonly (readonly (readonly Line[])[])[];
}

/** A command to copy: where it is too long for a line it goes on after a backslash, as a shell reads it. */
export interface CommandLine {
  /** Stands before it, e.g. its indent. */
  readonly lead: Line;
  readonly command: Line;
}

/** Lines of a file, such as a script: none of them is ever broken. */
export interface Verbatim {
  readonly verbatim: Text;
}

export type Block = Text | Table | CommandLine | Verbatim;

/** Blocks below each other. */
export type Page = Block | readonly Page[];

type Cell = string | number | readonly string[];

const cellOf = (cell: Cell): Line[] => (Array.isArray(cell) ? cell : [String(cell)]).map(visible);

/** A table; what its cells hold is made visible, each in its line. */
export const table = (head: readonly string[], rows: readonly (readonly Cell[])[]): Table => ({
  head: head.map(visible),
  rows: rows.map((row) => row.map(cellOf)),
});

/** Something to type. */
export const commandLine = (lead: string, command: string): CommandLine => ({
  lead: visible(lead),
  command: visible(command),
});
