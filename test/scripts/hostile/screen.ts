/** What a person sees: a terminal of so many columns that was sent a text. */
import { Terminal } from '@xterm/headless';

export interface Row {
  readonly text: string;
  /** Whether the terminal broke the line here because it was too long. */
  readonly isBroken: boolean;
}

const SCROLLBACK = 20_000;

/** @param text with line ends as programs write them; the tty makes `\r\n` of each */
export async function screenOf(text: string, columns: number): Promise<Row[]> {
  const terminal = new Terminal({ cols: columns, rows: 24, scrollback: SCROLLBACK, allowProposedApi: true });
  try {
    await new Promise<void>((resolve) => terminal.write(text.replaceAll('\n', '\r\n'), resolve));
    const { active } = terminal.buffer;
    const rows = Array.from({ length: active.baseY + active.cursorY + 1 }, (_, at): Row => {
      const line = active.getLine(at)!;
      return { text: line.translateToString(true), isBroken: line.isWrapped };
    });
    return rows;
  } finally {
    terminal.dispose();
  }
}
