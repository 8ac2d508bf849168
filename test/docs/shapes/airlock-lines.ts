/** Parses command lines by the real program, and runs none of them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { leaveOut } from '../../../tools/far-side/left-out';
import { ROOT } from '../page';

/** Made into one file first: to load every command by a TypeScript loader takes four times as long. */
const PARSE = `
import { COMMANDS } from './scripts/commands.mjs';
import { wholeProgram } from './scripts/ui/program.mjs';
import { readFileSync } from 'node:fs';

function doNothing(command) {
  if (command.commands.length === 0 || command.registeredArguments.length > 0) command.action(() => undefined);
  command.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  command.commands.forEach(doNothing);
}

async function answer() {
  const program = await wholeProgram('airlock', '', COMMANDS);
  doNothing(program);
  const faults = [];
  for (const argv of JSON.parse(readFileSync(process.argv[2], 'utf8')))
    try {
      await program.parseAsync(argv, { from: 'user' });
      faults.push(null);
    } catch (error) {
      faults.push(error.exitCode === 0 ? null : { code: error.code, message: error.message });
    }
  console.log(JSON.stringify(faults));
}
void answer();`;

export interface LineFault {
  /** As commander names it. */
  readonly code: string;
  readonly message: string;
}

/** @param lines words after the program's name; one answer for each, null where the program takes it */
export async function lineFaults(lines: readonly (readonly string[])[]): Promise<readonly (LineFault | null)[]> {
  const { outputFiles } = await build({
    stdin: { contents: PARSE, resolveDir: ROOT, loader: 'ts' },
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    logLevel: 'silent',
    plugins: [leaveOut],
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'airlock-lines-'));
  try {
    const [program, asked] = [path.join(folder, 'program.cjs'), path.join(folder, 'lines.json')];
    writeFileSync(program, outputFiles[0]?.contents ?? '');
    writeFileSync(asked, JSON.stringify(lines));
    return JSON.parse(execFileSync(process.execPath, [program, asked], { encoding: 'utf8' })) as (LineFault | null)[];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What follows the program's name where a command is one of `airlock`; undefined for other programs. */
export function airlockWords(words: readonly string[]): readonly string[] | undefined {
  const [program = '', first = ''] = words;
  if (program === 'airlock') return words.slice(1);
  const isOurs =
    (program === 'npx' && first === 'airlock') || (/\bnode$/i.test(program) && first.endsWith('airlock.mjs'));
  return isOurs ? words.slice(2) : undefined;
}
