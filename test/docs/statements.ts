/** A sample cut into what a shell takes at once: a line, or as many as belong together. */
import { spawnSync } from 'node:child_process';
import { filledIn } from './shell';

/** What bash has said of a text: each question is a process, and the same statements are asked about by several tests. */
const asked = new Map<string, string | undefined>();

/** @returns what bash says of a text that it cannot read; undefined for one that it can */
export function syntaxFault(text: string): string | undefined {
  if (!asked.has(text)) asked.set(text, askBash(text));
  return asked.get(text);
}

function askBash(text: string): string | undefined {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: filledIn(text), encoding: 'utf8' });
  // A backslash at the very end joins nothing yet, which bash lets pass.
  if (status === 0 && stderr === '') return text.endsWith('\\') ? 'ends in a backslash' : undefined;
  return stderr.trim();
}

/** What can go on in the next line; bash is asked about nothing else. */
const MAY_GO_ON = /^\s*(?:for|if|while|until|case)\b|\(\)\s*\{|<<|[\\|&]$/;

/** Statements of a sample in their order, without lines that only comment; what bash cannot read stays one statement. */
export function statementsOf(code: string): string[] {
  const statements: string[] = [];
  let open: string[] = [];
  for (const line of code.split('\n')) {
    if (open.length === 0 && /^\s*(?:#.*)?$/.test(line)) continue;
    open.push(line);
    if ((open.length > 1 || MAY_GO_ON.test(line)) && syntaxFault(open.join('\n')) !== undefined) continue;
    statements.push(open.join('\n'));
    open = [];
  }
  return open.length === 0 ? statements : [...statements, open.join('\n')];
}
