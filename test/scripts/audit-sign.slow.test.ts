import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { withFolder } from '../stacks/synthesized';
import { COMMANDS, ROOT } from './support/commands';

/** What each command of a noun is told stays its own, where its noun has an option of the same name. */
const PRINT = `
const { COMMANDS } = await import('./scripts/commands.mts');
const { wholeProgram } = await import('./scripts/ui/program.mts');
const program = await wholeProgram('airlock', '0.0.0', COMMANDS);
const told = [];
for (const noun of program.commands)
  for (const verb of noun.commands) {
    const shared = verb.options.filter(({ long }) => noun.options.some((option) => option.long === long));
    if (shared.length === 0) continue;
    let seen = {};
    verb.action(() => { seen = verb.opts(); });
    const values = shared.map((option) => [option, option.required ? 'given-' + option.attributeName() : true]);
    const argv = [noun.name(), verb.name(), 'plan', ...values.flatMap(([{ long }, value]) => (value === true ? [long] : [long, value]))];
    await program.parseAsync(argv, { from: 'user' });
    told.push({ command: noun.name() + ' ' + verb.name(), lost: values.filter(([option, value]) => seen[option.attributeName()] !== value).map(([{ long }]) => long), options: values.length });
  }
console.log(JSON.stringify(told));`;

it('an option behind a verb is the verb’s, also where its noun has one of the same name', () => {
  const argv = ['--import', 'tsx', '--input-type=module', '-e', PRINT];
  const { stdout, stderr } = spawnSync(process.execPath, argv, { cwd: ROOT, encoding: 'utf8' });
  expect(stderr).toBe('');
  const told = JSON.parse(stdout) as {
    readonly command: string;
    readonly lost: readonly string[];
    readonly options: number;
  }[];
  expect(told.map(({ command }) => command)).toContain('audit sign');
  expect(told.filter(({ lost }) => lost.length > 0)).toEqual([]);
  expect(Object.keys(COMMANDS)).toContain('audit');
});

it('airlock audit sign reads the files that it is told, and no others', () => {
  withFolder((folder) => {
    const args = ['audit', 'sign', 'plan', '--site', 'elsewhere.yaml', '--key', 'nobody.key', '--json'];
    const { status, stdout } = spawnSync(process.execPath, [path.join(ROOT, 'scripts/airlock.cjs'), ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'FILE_MISSING', message: expect.stringContaining('nobody.key') as string },
    });
  });
});
