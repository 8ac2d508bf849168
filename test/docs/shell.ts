/** What the shell samples of the pages say, command by command, without running any. */
import { type ParseEntry, parse } from 'shell-quote';
import type { Block } from './page';

/** One program with its words, as it stands in a sample. */
export interface Typed {
  readonly page: string;
  readonly line: number;
  readonly words: readonly string[];
}

/** What a reader puts something in the place of: `<dir>`. */
const PLACEHOLDER = /<[a-z0-9](?:[a-z0-9 -]*[a-z0-9])?>/g;
/** A digest whose digits a page leaves out. */
const DIGEST = /sha256:(?:…|<[a-z][a-z0-9 -]*[a-z0-9]>)/g;
/** What the shell would put in its place. */
const SUBSTITUTION = /\$\([^()]*\)/g;
/** Words of the shell that a command may follow. */
const BEFORE_A_COMMAND = new Set(['do', 'then', 'else', 'if', 'while', 'until', '!', '{']);
const REDIRECTIONS = new Set(['>', '>>', '<', '>&', '<&', '<(']);

/** A sample as a shell takes it: with a word where a reader puts one. */
export const filledIn = (code: string): string =>
  code.replace(DIGEST, `sha256:${'0'.repeat(64)}`).replace(PLACEHOLDER, 'placeholder');

const isOperator = (entry: ParseEntry): entry is { op: string } & ParseEntry =>
  typeof entry === 'object' && 'op' in entry && entry.op !== 'glob';

function wordOf(entry: ParseEntry): string {
  if (typeof entry === 'string') return entry;
  return 'pattern' in entry ? entry.pattern : '';
}

/** Simple commands of a line (POSIX, "Shell Command Language"), without assignments before and redirections behind them. */
function simpleCommands(line: string): string[][] {
  const commands: string[][] = [[]];
  let skipped = false;
  for (const entry of parse(line, (name) => `$${name}`)) {
    if (typeof entry === 'object' && 'comment' in entry) break;
    const words = commands.at(-1) ?? [];
    if (isOperator(entry)) {
      skipped = REDIRECTIONS.has(entry.op);
      // `2>&1`: the number is no word.
      if (skipped && /^\d$/.test(words.at(-1) ?? '')) words.pop();
      if (!skipped) commands.push([]);
    } else if (skipped) skipped = false;
    else if (words.length > 0 || !(BEFORE_A_COMMAND.has(wordOf(entry)) || /^\w+=/.test(wordOf(entry))))
      words.push(wordOf(entry));
  }
  return commands.filter(({ length }) => length > 0);
}

/** Every command of a sample; a line that ends in a backslash goes on in the next one. */
export function typedIn({ page, line, code }: Block): Typed[] {
  const lines = filledIn(code).replace(SUBSTITUTION, 'substituted').split('\n');
  const typed: Typed[] = [];
  for (let at = 0; at < lines.length; at++) {
    const first = at;
    let whole = lines[at] ?? '';
    while (whole.endsWith('\\')) whole = `${whole.slice(0, -1)} ${lines[++at] ?? ''}`;
    typed.push(...simpleCommands(whole).map((words) => ({ page, line: line + first, words })));
  }
  return typed;
}
