import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { phrases } from '../../scripts/ui/grammar';
import { COMMANDS, ROOT } from './support/commands';

interface Told {
  readonly words: readonly string[];
  readonly exit: number;
  readonly json: {
    readonly error?: {
      readonly code: string;
      readonly kind: string;
      readonly fix?: string;
      readonly faults: readonly { readonly fix?: string }[];
    };
  };
}

/** One process runs each command line, since loading the program is what takes long; hooks as `scripts/airlock.cjs` sets them. */
const RUN = `
const { COMMANDS } = await import('./scripts/commands.mts');
const { runProgram } = await import('./scripts/ui/program.mts');
for (const words of JSON.parse(process.argv[1])) {
  const exit = await runProgram('airlock', '0.0.0', COMMANDS, [...words, '--json']);
  process.exitCode = 0;
  console.log('# ' + JSON.stringify({ words, exit }));
}`;

function run(lines: readonly (readonly string[])[]): { readonly told: Told[]; readonly stderr: string } {
  const hooks = ['--import', 'tsx', '--import', './scripts/one-copy.cjs'];
  const ran = spawnSync(process.execPath, [...hooks, '--input-type=module', '-e', RUN, JSON.stringify(lines)], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const parts = ran.stdout.split(/^# (.*)\n/m);
  const told = lines.map((_, at) => ({
    ...(JSON.parse(parts[2 * at + 1] ?? '{}') as Omit<Told, 'json'>),
    json: JSON.parse(parts[2 * at] ?? '') as Told['json'],
  }));
  return { told, stderr: ran.stderr };
}

const codeOf = ({ words, exit, json: { error } }: Told): string =>
  `${words.join(' ')}: ${error?.code ?? 'no code'}, ${(error?.fix ?? error?.faults[0]?.fix) ? 'fix' : 'no fix'}, ${String(exit)}`;

const FIXTURE = path.join(ROOT, 'test/fixtures/stack');

describe('with --json', () => {
  it('every command refuses an unknown option with code, fix and exit code 2, also where help is asked for', () => {
    const lines = [[], ...phrases(COMMANDS).map((one) => one.split(' '))].map((words) => [
      ...words,
      '--no-such-option',
      '--help',
    ]);
    const { told } = run(lines);
    expect(told.map(codeOf)).toEqual(lines.map((words) => `${words.join(' ')}: USAGE_UNKNOWN_OPTION, fix, 2`));
  });

  it('misuse and a failure of each kind have their code, from whatever depth they come', () => {
    const expected: readonly (readonly [line: string, code: string, exit: number])[] = [
      ['no-such-command', 'USAGE_UNKNOWN_COMMAND', 2],
      ['verify', 'USAGE_MISSING_ARGUMENT', 2],
      ['verify --trust', 'USAGE_MISSING_ARGUMENT', 2],
      ['verify one another', 'USAGE_EXCESS_ARGUMENTS', 2],
      ['import bundle', 'USAGE_MISSING_OPTION', 2],
      ['fit --config nowhere.json', 'USAGE_MISSING_OPTION', 2],
      [`fit --site ${FIXTURE}/nowhere.yaml`, 'FILE_MISSING', 2],
      [`lock --check --site ${ROOT}/package.json`, 'FILES_INVALID', 2],
      ['verify nowhere', 'TRUSTED_KEY_MISSING', 2],
      ['verify nowhere --allow-unsigned', 'BUNDLE_MISSING', 2],
      ['import nowhere --store /proc/nowhere --allow-unsigned --accepted-by me', 'BUNDLE_MISSING', 2],
      ['audit nowhere', 'FILE_MISSING', 2],
      [
        `weights verify --dir examples --manifest package.json --digest sha256:${'0'.repeat(64)}`,
        'MANIFEST_INVALID',
        1,
      ],
      ['init --name site --dir /proc', 'OUTPUT_UNWRITABLE', 3],
    ];
    const { told } = run(expected.map(([line]) => line.split(' ')));
    expect(told.map(codeOf)).toEqual(expected.map(([line, code, exit]) => `${line}: ${code}, fix, ${String(exit)}`));
  });
});
