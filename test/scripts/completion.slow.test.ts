import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { GROUPS } from '../../scripts/ui/grammar';
import { withFolder } from '../stacks/synthesized';
import { witnessed } from '../support/witness';
import { ROOT } from './support/commands';
import { helpPages } from './support/help-pages';

/** Lines below headings that a test chooses. */
function below(lines: readonly string[], isWanted: (heading: string) => boolean): readonly string[] {
  let wanted = false;
  return lines.filter((line) => {
    if (/^\S/.test(line)) wanted = isWanted(line);
    return wanted;
  });
}

/** What a person reads as help is what must be offered: commands of a list, options of another. */
const pages = helpPages(200).map(({ command, lines }) => ({
  command,
  children: below(lines, (heading) => heading === 'Commands:' || GROUPS.some((group) => heading === `${group}:`))
    .flatMap((line) => /^ {2}([a-z][\w-]*) /.exec(line)?.slice(1) ?? [])
    .filter((word) => word !== 'help'),
  options: lines.flatMap((line) => /^ {2}(?:-\w, )?(--[\w-]+)/.exec(line)?.slice(1) ?? []),
}));

const SHELLS = ['bash', 'zsh', 'fish'] as const;

const printed = (shell: string) =>
  spawnSync(process.execPath, [path.join(ROOT, 'scripts/airlock.cjs'), 'completion', shell], { encoding: 'utf8' });

const SCRIPTS = Object.fromEntries(SHELLS.map((shell) => [shell, printed(shell).stdout])) as Record<
  (typeof SHELLS)[number],
  string
>;

/** A line that ends in a word begun, and the words that begin like it. */
interface Query {
  readonly line: string;
  readonly offered: readonly string[];
}

const starting = (words: readonly string[], start: string): string[] =>
  words.filter((word) => word.startsWith(start)).sort();

/** Of each command: nothing typed, each word without its last letter, and the same of options. */
const queries = pages.flatMap(({ command, children, options }): Query[] => {
  const before = ['airlock', command].join(' ').trim();
  const begun = (words: readonly string[]): Query[] =>
    words.map((word) => ({ line: `${before} ${word.slice(0, -1)}`, offered: starting(words, word.slice(0, -1)) }));
  const all = children.length === 0 ? [] : [{ line: `${before} `, offered: starting(children, '') }];
  return [...all, ...begun(children), ...begun(options)];
});

const CHOICES: Query[] = [
  { line: 'airlock completion ', offered: [...SHELLS].sort() },
  { line: 'airlock completion f', offered: ['fish'] },
  { line: 'airlock fit --engine v', offered: ['vllm'] },
  { line: 'airlock fit --engine vllm --json --kv-cache-dtype f', offered: ['f16', 'fp8', 'fp8_e4m3', 'fp8_e5m2'] },
];

it('there is something to ask of every command', () => {
  expect(queries.length).toBeGreaterThan(300);
  for (const { command, children, options } of pages)
    expect([command, children.length + options.length]).not.toContain(0);
});

describe('completion in bash', () => {
  const bash = witnessed('bash', '--version');
  const ask = `
ask() {
  COMP_WORDS=($1); [[ $1 == *' ' ]] && COMP_WORDS+=(''); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  _airlock; echo "\${COMPREPLY[*]}"
}`;
  const inBash = (...lines: string[]): string =>
    execFileSync('bash', ['--norc'], { input: [SCRIPTS.bash, ask, ...lines].join('\n'), encoding: 'utf8' });
  const answers = (asked: readonly Query[]): string[][] =>
    inBash(...asked.map(({ line }) => `ask '${line}'`))
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split(' ').filter((word) => word !== ''));

  bash('is that of the command `airlock`, and of paths where it knows no word', () => {
    expect(inBash('complete -p airlock')).toBe('complete -o bashdefault -o default -F _airlock airlock\n');
  });

  bash('offers each command and option of the help, and no other', () => {
    const asked = [...queries, ...CHOICES];
    const wrong = answers(asked)
      .map((offered, at) => ({ ...asked[at], got: offered.sort() }))
      .filter(({ offered = [], got }) => got.join(' ') !== offered.join(' '));
    expect(wrong).toEqual([]);
  });

  bash(
    'leaves paths to the shell: after options that take a value, joined by = too, and after a command that takes words',
    () => {
      const lines = [
        'airlock verify --trust ',
        'airlock verify --trust rel',
        'airlock verify --trust = rel',
        'airlock verify --trust =',
        'airlock verify buil',
      ];
      expect(answers(lines.map((line) => ({ line, offered: [] })))).toEqual(lines.map(() => []));
    },
  );
});

describe('completion in fish', () => {
  const fish = witnessed('fish', '--version');
  fish('offers each command and option of the help, and no other', () => {
    const asked = [...queries, ...CHOICES];
    const script = [SCRIPTS.fish, ...asked.map(({ line }) => `echo '#'; complete -C '${line}'`)].join('\n');
    const answers = withFolder((folder) => {
      const file = path.join(folder, 'ask.fish');
      writeFileSync(file, script);
      return execFileSync('fish', ['--no-config', file], { encoding: 'utf8' });
    })
      .split('#\n')
      .slice(1);
    const wrong = answers
      .map((text, at) => ({
        ...asked[at],
        got: text
          .split('\n')
          .flatMap((line) => line.split('\t')[0] ?? [])
          .filter((word) => word !== '')
          .sort(),
      }))
      .filter(({ offered = [], got }) => !offered.every((word) => got.includes(word)));
    expect(wrong).toEqual([]);
    expect(answers).toHaveLength(asked.length);
  });
});

describe('completion in zsh', () => {
  const zsh = witnessed('zsh', '-c', 'zmodload zsh/zpty && autoload -U compinit');
  zsh(
    'completes each command and option of the help that is begun without doubt',
    () => {
      withFolder((folder) => {
        const asked = [...queries, ...CHOICES].filter(({ offered }) => offered.length === 1);
        const at = (name: string): string => path.join(folder, name);
        writeFileSync(at('_airlock.zsh'), SCRIPTS.zsh);
        writeFileSync(at('lines'), '');
        // Types a line and Tab as a person does; a key of ours writes down what the line became.
        const typed = `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "cd ${folder}; autoload -U compinit; compinit -D -u; source ./_airlock.zsh; PS1='' PS2=''"
zpty -w shell "dump() { print -r -- \\$BUFFER >>lines; BUFFER= }; zle -N dump; bindkey '^X^D' dump; touch ready"
until [[ -e ready ]] { sleep 0.05 }
${asked.map(({ line }, index) => `zpty -w -n shell '${line}'$'\\t\\x18\\x04'; until (( $(wc -l <lines) > ${index} )) { zpty -r -t shell >/dev/null; sleep 0.01 }`).join('\n')}
zpty -d shell`;
        const { stderr } = spawnSync('zsh', ['-f'], { cwd: folder, input: typed, encoding: 'utf8', timeout: 120_000 });
        const lines = readFileSync(at('lines'), 'utf8').trimEnd().split('\n');
        const expected = asked.map(
          ({ line, offered }) => `${line.slice(0, line.lastIndexOf(' ') + 1)}${offered[0] ?? ''}`,
        );
        expect([lines.map((line) => line.trimEnd().replace(/=$/, '')), stderr]).toEqual([expected, '']);
      });
    },
    180_000,
  );
});

it('a shell that it knows nothing of is refused, with those it knows', () => {
  expect(printed('tcsh')).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringContaining('bash, zsh, fish') as unknown,
  });
});
