/** Parses command lines by the real program, which is an ES module that Jest does not load, and runs none of them. */
import { execFileSync } from 'node:child_process';
import { ROOT } from '../page';

const PARSE = `
const { COMMANDS } = await import('./scripts/commands.mts');
const { wholeProgram } = await import('./scripts/ui/program.mts');
const doNothing = (command) => {
  if (command.commands.length === 0) command.action(() => undefined);
  command.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  command.commands.forEach(doNothing);
};
const faults = [];
for (const argv of JSON.parse(process.argv[1])) {
  const program = await wholeProgram('airlock', '', COMMANDS);
  doNothing(program);
  try {
    await program.parseAsync(argv, { from: 'user' });
    faults.push(null);
  } catch (error) {
    faults.push(error.exitCode === 0 ? null : { code: error.code, message: error.message });
  }
}
console.log(JSON.stringify(faults));`;

export interface LineFault {
  /** As commander names it. */
  readonly code: string;
  readonly message: string;
}

/** @param lines words after the program's name; one answer for each, null where the program takes it */
export const lineFaults = (lines: readonly (readonly string[])[]): readonly (LineFault | null)[] =>
  JSON.parse(
    execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', PARSE, JSON.stringify(lines)], {
      cwd: ROOT,
      encoding: 'utf8',
    }),
  ) as (LineFault | null)[];

/** What follows the program's name where a command is one of `airlock`; undefined for other programs. */
export function airlockWords(words: readonly string[]): readonly string[] | undefined {
  const [program = '', first = ''] = words;
  if (program === 'airlock') return words.slice(1);
  const isOurs =
    (program === 'npx' && first === 'airlock') || (/\bnode$/i.test(program) && first.endsWith('airlock.mjs'));
  return isOurs ? words.slice(2) : undefined;
}
