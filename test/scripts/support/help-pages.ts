/** What `--help` prints of every command; one process asks for all, since loading the program is what takes long. */
import { spawnSync } from 'node:child_process';
import { phrases } from '../../../scripts/ui/grammar';
import { COMMANDS, ROOT } from './commands';

const ASK = `
const { COMMANDS } = await import('./scripts/commands.mts');
const { runProgram } = await import('./scripts/ui/program.mts');
for (const words of JSON.parse(process.argv[1])) {
  console.log('# ' + words.join(' '));
  await runProgram('airlock', '0.0.0', COMMANDS, [...words, '--help']);
}`;

/** Words of every command, and none for the program. */
export const ASKED: readonly (readonly string[])[] = [[], ...phrases(COMMANDS).map((one) => one.split(' '))];

/** @param columns width of the terminal that asks */
export function helpPages(columns: number): { readonly command: string; readonly lines: readonly string[] }[] {
  const argv = ['--import', 'tsx', '--input-type=module', '-e', ASK, JSON.stringify(ASKED)];
  const env = { ...process.env, COLUMNS: String(columns) };
  const { stdout } = spawnSync(process.execPath, argv, { cwd: ROOT, encoding: 'utf8', env });
  return stdout
    .split(/^# /m)
    .slice(1)
    .map((page) => {
      const [command = '', ...lines] = page.split('\n');
      return { command, lines };
    });
}
