/** Every sample of every page is held: none is there that nobody looks at. */
import { airlockWords, type LineFault, lineFaults } from './shapes/airlock-lines';
import { COMMAND_SHAPES } from './shapes/commands';
import { fileFaults } from './shapes/files';
import { heldBy } from './held';
import { JOURNEYS } from './journeys';
import { LISTED, listedFor } from './listed';
import { type Block, PAGE_NAMES, pages } from './page';
import { type Typed, typedIn } from './shell';
import { statementsOf, syntaxFault } from './statements';
import { isTypedWhole, TYPED_WHOLE } from './typed-whole';

const all = pages();
const blocks = all.flatMap((page) => page.blocks);
const placeOf = ({ page, line }: { readonly page: string; readonly line: number }): string => `${page}:${line}`;

const shaped = blocks.filter((block) => listedFor(block) === undefined && !isTypedWhole(block));
const shell = shaped.filter((block) => block.language === 'sh');
const files = shaped.filter((block) => ['yaml', 'json'].includes(block.language));

/** What the programs of a page call things. */
const namesOn = (page: string): ReadonlySet<string> =>
  new Set(
    blocks
      .filter((block) => block.page === page && block.language === 'ts')
      .flatMap(({ code }) => [...code.matchAll(/\bname: '([^']+)'/g)].map(([, name = '']) => name)),
  );

/** Commands of other programs that have no shape, or another one. */
const shellFaults = (block: Block): string[] =>
  typedIn(block).flatMap(({ page, line, words }) => {
    if (airlockWords(words) !== undefined) return [];
    const program = words[0] ?? '';
    const shape = COMMAND_SHAPES.get(program);
    const fault = shape === undefined ? 'has no shape' : shape(words, namesOn(page));
    return fault === undefined ? [] : [`${page}:${line} ${program}: ${fault}`];
  });

/** What keeps a block from being held to a shape; it is what puts it on the list. */
function shapeFaults(block: Block): string[] {
  if (block.language === 'sh') return shellFaults(block);
  if (block.language === 'yaml' || block.language === 'json') return fileFaults(block.code);
  return [`${block.language} has no shape`];
}

/** Words in inline code that begin with `airlock`, in any of the ways to start it; what they leave out is no fault. */
const mentions: readonly Typed[] = all.flatMap(({ name, codes }) =>
  codes
    .filter(({ text }) => /^(?:npx airlock|node \S*airlock\.mjs|airlock) [a-z-]/.test(text))
    .flatMap(({ line, text }) => typedIn({ page: name, line, language: 'sh', code: text })),
);

/** What is wrong where a line is typed, and is none where it is only spoken of. */
const LEFT_OUT = [
  'commander.missingArgument',
  'commander.missingMandatoryOptionValue',
  'commander.optionMissingArgument',
  'commander.help',
];
/** `[options]`, `…`: words about words, but where an option waits for its value. */
const isTyped = (word: string, at: number, words: readonly string[]): boolean =>
  !/^[[…]|…$/.test(word) || words[at - 1]?.startsWith('--') === true;
/** A word that nothing but a reader can choose. */
const isOpen = ({ words }: Typed, { code }: LineFault): boolean =>
  code === 'commander.invalidArgument' && words.includes('placeholder');

describe('every block of every page', () => {
  it.each(blocks.map((block) => [placeOf(block), block] as const))(
    '%s is run, has a shape, or is listed',
    (_place, block) => {
      expect(heldBy(block)).toBeDefined();
    },
  );

  it('is found: the pages have some of each', () => {
    for (const held of ['run', 'shape', 'listed'] as const)
      expect(blocks.filter((block) => heldBy(block) === held).length).toBeGreaterThan(9);
  });
});

describe('pages that a test of their own types', () => {
  it.each(Object.keys(TYPED_WHOLE))('%s is one of the pages, and has blocks', (page) => {
    expect(PAGE_NAMES).toContain(page);
    expect(blocks.some((block) => block.page === page && block.language === 'sh')).toBe(true);
  });
});

describe('the list', () => {
  it.each(LISTED)('of $page needs “$starts”, and once', ({ page, starts, reason }) => {
    const needing = blocks.filter((block) => block.page === page && block.code.startsWith(starts));
    expect(needing.length).toBeGreaterThan(0);
    if (starts !== '') expect(needing).toHaveLength(1);
    for (const block of needing) expect(shapeFaults(block)).not.toEqual([]);
    expect(reason.length).toBeGreaterThan(10);
  });
});

describe('the journeys', () => {
  it.each(JOURNEYS)('of $page name statements and samples that are there', ({ page, ...journey }) => {
    expect(PAGE_NAMES).toContain(page);
    const own = blocks.filter((block) => block.page === page);
    const statements = own.filter((block) => shell.includes(block)).flatMap(({ code }) => statementsOf(code));
    const starts = [journey.then, journey.exits, journey.serves, journey.skips].flatMap((part) =>
      Object.keys(part ?? {}),
    );
    expect(starts.filter((start) => !statements.some((statement) => statement.startsWith(start)))).toEqual([]);
    const words = Object.keys(journey.values ?? {});
    expect(words.filter((word) => !statements.some((statement) => statement.includes(word)))).toEqual([]);
    const printed = Object.keys(journey.prints ?? {});
    expect(printed.filter((start) => !own.some(({ code }) => code.startsWith(start)))).toEqual([]);
  });
});

describe('shell samples', () => {
  it.each(shell.map((block) => [placeOf(block), block] as const))('%s can be read by bash', (_place, { code }) => {
    expect(syntaxFault(code)).toBeUndefined();
  });

  it('start programs that somebody has said the shape of, in that shape', () => {
    expect(shell.flatMap(shellFaults)).toEqual([]);
  });
});

const typed = shell.flatMap(typedIn).filter(({ words }) => airlockWords(words) !== undefined);
const asked = [...typed, ...mentions];
const PLANTED = [['lock', '--chek'], ['verify'], ['keys'], ['lock', '--check']];

/** Of each that is asked, then of each that is planted. */
let answers: readonly (LineFault | null)[];
beforeAll(async () => {
  const lines = asked.map(({ words }) => (airlockWords(words) ?? []).filter(isTyped));
  answers = await lineFaults([...lines, ...PLANTED]);
});

describe('command lines of airlock', () => {
  it('are taken by the program, in samples whole, in a text as far as they go', () => {
    const wrong = asked.flatMap((one, at) => {
      const fault = answers[at] ?? null;
      const isSpoken = at >= typed.length;
      if (fault === null || (isSpoken && (LEFT_OUT.includes(fault.code) || isOpen(one, fault)))) return [];
      return [`${placeOf(one)} ${one.words.join(' ')}: ${fault.message}`];
    });
    expect(wrong).toEqual([]);
  });

  it('are found in samples and in texts', () => {
    expect([typed.length > 40, mentions.length > 60]).toEqual([true, true]);
  });
});

describe('samples of files', () => {
  it.each(files.map((block) => [placeOf(block), block] as const))('%s is as its schema says', (_place, { code }) => {
    expect(fileFaults(code)).toEqual([]);
  });
});

describe('the checks', () => {
  const block = (language: string, code: string): Block => ({ page: 'docs/planted.md', line: 1, language, code });

  it('hold nothing of a language that nobody knows', () => {
    expect(heldBy(block('hcl', 'x'))).toBeUndefined();
    expect(heldBy(block('', 'x'))).toBeUndefined();
  });

  it('see an option that is not there, a missing argument and a noun without a verb', () => {
    expect(answers.slice(asked.length).map((fault) => fault?.code)).toEqual([
      'commander.unknownOption',
      'commander.missingArgument',
      'commander.help',
      undefined,
    ]);
  });

  it('see the commands behind operators, loops, assignments and at the end of a long line', () => {
    const code =
      'A=1 airlock lock && (cd x; npm ci) | head\nfor a in b; do helm \\\n  list; done # helm x\necho $(ls) >file 2>&1';
    expect(typedIn(block('sh', code)).map(({ line, words }) => `${line} ${words.join(' ')}`)).toEqual([
      '1 airlock lock',
      '1 cd x',
      '1 npm ci',
      '1 head',
      '2 for a in b',
      '2 helm list',
      '2 done',
      '4 echo substituted',
    ]);
  });

  it.each([
    ['a: 1', 'does not say of which file'],
    ['# site.yaml\npols: []', 'must NOT have additional properties'],
    ['# site.yaml\npools: [{ accelerator: h100 }]', 'must be equal to one of the allowed values'],
    ['# waivers.yaml\napiVersion: airlock/v1alpha1\nkind: Waivers', "must have required property 'waivers'"],
  ])('see what is wrong with the file %j', (code, fault) => {
    expect(fileFaults(code).join('\n')).toContain(fault);
  });

  it.each([
    ['npm run nothing', 'no npm script'],
    ['kubectl get pods -n elsewhere', 'nothing makes'],
    ['terraform -chdir=cdktf.out/stacks/none init', 'is no stack'],
    ['npx nothing', 'no package brings'],
    ['node x.js', 'nobody has said'],
    ['helm delete x', 'is not known here'],
    ['pkcs11-tool --login --init-token', 'nothing here runs pkcs11-tool with --init-token'],
  ])('see what is wrong with %s', (line, fault) => {
    const words = line.split(' ');
    expect(COMMAND_SHAPES.get(words[0] ?? '')?.(words, new Set())).toContain(fault);
  });
});
