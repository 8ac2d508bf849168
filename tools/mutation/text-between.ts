/** The text that a mutant replaces. */

interface Position {
  readonly line: number;
  readonly column: number;
}

/** The text between two positions, both from 1 on as in the mutation testing report schema; the end is exclusive. */
export function textBetween(text: string, start: Position, end: Position): string {
  const lines = text.split('\n');
  const offset = ({ line, column }: Position): number =>
    lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
  return text.slice(offset(start), offset(end));
}
