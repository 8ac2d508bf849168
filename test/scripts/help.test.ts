import { spawnSync } from 'node:child_process';
import { phrases } from '../../scripts/ui/grammar';
import { COMMANDS, ROOT } from './support/commands';

/** Columns of a terminal that nobody has made wider. */
const COLUMNS = 80;

/** One process asks for the help of each, since loading the program is what takes long. */
const ASK = `
const { COMMANDS } = await import('./scripts/commands.mts');
const { runProgram } = await import('./scripts/ui/program.mts');
for (const words of JSON.parse(process.argv[1])) {
  console.log('# ' + words.join(' '));
  await runProgram('airlock', '0.0.0', COMMANDS, [...words, '--help']);
}`;

const asked = [[], ...phrases(COMMANDS).map((one) => one.split(' '))];

const { stdout } = spawnSync(
  process.execPath,
  ['--import', 'tsx', '--input-type=module', '-e', ASK, JSON.stringify(asked)],
  { cwd: ROOT, encoding: 'utf8', env: { ...process.env, COLUMNS: String(COLUMNS) } },
);
const pages = stdout.split(/^# /m).slice(1);

it('there is a page of help for every command', () => {
  expect(pages.map((page) => page.split('\n')[0])).toEqual(asked.map((words) => words.join(' ')));
  for (const page of pages) expect(page).toContain('Usage: airlock');
});

it(`no line of help is wider than ${COLUMNS} columns`, () => {
  const wide = pages.flatMap((page) => {
    const [command, ...lines] = page.split('\n');
    return lines.filter((line) => line.length > COLUMNS).map((line) => `${command}: ${line}`);
  });
  expect(wide).toEqual([]);
});
