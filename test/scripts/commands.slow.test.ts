import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { COMMANDS, ROOT } from './support/commands';
import { commandNamed, helpAsOption, phrases } from '../../scripts/ui/grammar';
import { AirlockError } from '../../core/errors';

const named = (line: string) => commandNamed('airlock', COMMANDS, helpAsOption(COMMANDS, line.split(' ')));

function refusal(line: string): AirlockError {
  try {
    named(line);
  } catch (error) {
    if (error instanceof AirlockError) return error;
    throw error;
  }
  throw new Error(`${line} is known`);
}

const all = phrases(COMMANDS);
const nouns = Object.entries(COMMANDS).filter(([, { verbs }]) => verbs !== undefined);

describe.each(all)('airlock %s', (phrase) => {
  it('is named by its words alone, also with options before, between and after', () => {
    const [word, verb] = phrase.split(' ');
    const expected = verb === undefined ? { word } : { word, verb };
    for (const line of [phrase, `--json ${phrase}`, `${phrase} --help`, phrase.replace(' ', ' --json ')])
      expect(named(line)).toMatchObject(expected);
  });

  // Behind a noun that is a verb as well, another word is its argument, such as a folder.
  const isArgument = phrase.includes(' ') && COMMANDS[phrase.split(' ')[0] ?? '']?.alone === true;
  it.each(['', ' --help', ' -h', ' --version', ' --json'])(
    isArgument
      ? 'is not meant by a slip of the pen, which is an argument%s'
      : 'is suggested for a slip of the pen, which is misuse%s',
    (option) => {
      if (isArgument) {
        expect(named(`${phrase}x${option}`)).toEqual({ word: phrase.split(' ')[0] });
        return;
      }
      const { kind, fix } = refusal(`${phrase}x${option}`);
      expect([kind, fix]).toEqual(['input', expect.stringContaining(`\`airlock ${phrase}\`?`)]);
    },
  );
});

it.each(nouns.flatMap(([word, { alone }]) => (alone === true ? [] : [word])))(
  'airlock %s takes no verb that it does not have',
  (word) => {
    for (const verb of ['frobnicate', 'constructor', '__proto__', 'toString'])
      expect(refusal(`${word} ${verb} --help`).message).toBe(`unknown command "${word} ${verb}"`);
  },
);

it.each(['frobnicate', 'constructor', '__proto__', 'toString', 'hasOwnProperty'])(
  'refuses %s, which resembles nothing, and names the way to the list',
  (word) => {
    expect(refusal(`${word} --help`).fix).toBe('`airlock --help` lists all there are');
    expect(refusal(`help ${word}`).message).toBe(`unknown command "${word}"`);
  },
);

it('suggests each noun where only its verb was typed', () => {
  for (const noun of ['bundle', 'trust', 'audit']) expect(refusal('sign').fix).toContain(`\`airlock ${noun} sign\``);
  expect(refusal('backup').fix).toContain('`airlock traces backup`');
});

it('takes help as a word, before and after a noun', () => {
  expect(helpAsOption(COMMANDS, ['help', 'bundle', 'create'])).toEqual(['bundle', 'create', '--help']);
  expect(helpAsOption(COMMANDS, ['bundle', 'help', 'create'])).toEqual(['bundle', 'create', '--help']);
  expect(helpAsOption(COMMANDS, ['verify', 'help'])).toEqual(['verify', 'help']); // a folder of that name
});

it('takes the argument of a noun that is a verb as well', () => {
  const load = COMMANDS['verify']!.load;
  const table = { audit: { summary: '', group: 'Plan', verbs: { sign: {} }, alone: true, load } } as const;
  expect(commandNamed('airlock', table, ['audit', 'cdktf.out'])).toEqual({ word: 'audit' });
  expect(commandNamed('airlock', table, ['audit', 'sign', 'cdktf.out'])).toEqual({ word: 'audit', verb: 'sign' });
});

it('says which commands reach upstreams', () => {
  const needing = all.filter((phrase) => named(phrase).needs === 'upstreams');
  expect(needing).toEqual(['lock', 'bundle create']);
});

describe("the checkout's own program", () => {
  const run = (...words: string[]) =>
    spawnSync(process.execPath, [path.join(ROOT, 'scripts/airlock.cjs'), ...words], { encoding: 'utf8' });

  it('loads a command of the table', () => {
    const { status, stdout } = run('keys', 'id', '--help');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Usage: airlock keys id /);
  });

  it('refuses what is in none, also where help is asked for', () => {
    const { status, stdout, stderr } = run('keys', 'idd', '--help');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^error\[USAGE_UNKNOWN_COMMAND\]: unknown command "keys idd"\nfix: did you mean `airlock keys id`\?/,
    );
  });

  it('builds what it has to say about licenses', () => {
    const { status, stdout } = run('licenses', 'commander');
    expect([status, stdout.split('\n')[0]]).toEqual([0, expect.stringMatching(/^commander .*: MIT/)]);
  });
});
