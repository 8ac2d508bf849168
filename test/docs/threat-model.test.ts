/** docs/threat-model.md: no claim without code and a test that are there, and nothing that is there among what is not claimed. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './samples';
import { absentCommands, absentFolders, claimOf, literalsOf, rowsBelow } from './threat-model';

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const PAGE = read('docs/threat-model.md');
const CLAIMS = rowsBelow(PAGE, 'Claims').map(claimOf);
const NOT_CLAIMED = PAGE.split('## Not claimed yet')[1] ?? '';

/** Whether the table of commands has these words. */
function isCommand(words: string): boolean {
  const [noun = '', verb] = words.split(' ');
  const entry = new RegExp(`^  '?${noun}'?: \\{(?:.*\\},?$|[^]*?^  \\},?$)`, 'm').exec(
    read('scripts/commands.mts'),
  )?.[0];
  return entry !== undefined && (verb === undefined || new RegExp(`verbs: \\{[^\n]*\\b${verb}\\b`).test(entry));
}

describe('the tables', () => {
  it.each([
    ['What is to protect', 2],
    ['Who may attack', 3],
    ['Claims', 5],
  ])('%s: every row has all of its cells, and none is empty', (heading, columns) => {
    const rows = rowsBelow(PAGE, heading);
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows)
      expect(row).toEqual(Array.from({ length: columns }, (): unknown => expect.stringMatching(/\S/)));
  });

  it('makes each claim once', () => {
    const claims = CLAIMS.map(({ claim }) => claim);
    expect(new Set(claims).size).toBe(claims.length);
  });

  it('has every claim of the first page', () => {
    const bold = [...read('README.md').matchAll(/^- \*\*([^*]+?)\.?\*\*/gm)].map(([, words = '']) => words);
    expect(bold.length).toBeGreaterThan(2);
    for (const words of bold) expect(CLAIMS.map(({ claim }) => claim)).toContainEqual(expect.stringContaining(words));
  });
});

describe.each(CLAIMS.map((claim) => [claim.claim, claim] as const))('%s', (_claim, { code, tests }) => {
  it('is enforced by files that are there', () => {
    expect(code).not.toEqual([]);
    for (const file of code) expect([file, existsSync(path.join(ROOT, file))]).toEqual([file, true]);
  });

  it('is shown by tests that are there, under these titles', () => {
    expect(tests).not.toEqual([]);
    for (const [file, title] of tests) {
      expect(file).toMatch(/^test\//);
      expect([file, title, existsSync(path.join(ROOT, file))]).toEqual([file, title, true]);
      const literals = literalsOf(read(file));
      expect([file, title, literals.some((text) => text.includes(title))]).toEqual([file, title, true]);
    }
  });
});

describe('what is not claimed yet', () => {
  it('is no command', () => {
    const commands = absentCommands(NOT_CLAIMED);
    expect(commands).toContain('admit');
    expect(commands.filter(isCommand)).toEqual([]);
  });

  it('is no folder', () => {
    const folders = absentFolders(NOT_CLAIMED);
    expect(folders).toContain('governance/');
    expect(folders.filter((folder) => existsSync(path.join(ROOT, folder)))).toEqual([]);
  });
});

describe('the reading of the page', () => {
  it('would see a row without a test, a title that only a comment has, and a command that is there', () => {
    expect(claimOf(['x', 'y', '`core/errors.ts`', 'tested by hand', 'z']).tests).toEqual([]);
    expect(rowsBelow('## A\n\n| a | b |\n| - | - |\n| 1 |   |\n\n## B\n\n| c |\n| - |\n| 2 |\n', 'A')).toEqual([
      ['1', ''],
    ]);
    expect(literalsOf("// it('a title')\nit('another', () => `and ${a} more`);")).toEqual(['another', 'and ', ' more']);
    expect(['bundle sign', 'verify', 'node-config', 'bundle seal', 'frobnicate'].map(isCommand)).toEqual([
      ...[true, true, true, false, false],
    ]);
  });
});
