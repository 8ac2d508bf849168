/** Whatever a text of ours tells people to run is there to be run, with the options that the text gives it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { commandNamed, phrases } from '../../scripts/ui/grammar';
import { buildFarSide } from '../../tools/build-far-side';
import { COMMANDS, ROOT } from './support/commands';
import { helpPages } from './support/help-pages';

/** Folders of the repository that hold no texts of the program. */
const NOT_OURS = ['node_modules', 'test', 'docs', 'bench', 'examples', 'dist', 'tools', 'coverage', 'charts'];

const sources = readdirSync(ROOT, { withFileTypes: true }).flatMap((entry) => {
  if (entry.name.startsWith('.') || NOT_OURS.includes(entry.name)) return [];
  if (!entry.isDirectory()) return /\.m?ts$/.test(entry.name) ? [entry.name] : [];
  const below = readdirSync(path.join(ROOT, entry.name), { recursive: true, encoding: 'utf8' });
  return below.filter((file) => /\.(?:ts|mts|cjs)$/.test(file)).map((file) => path.join(entry.name, file));
});

/** A command line of ours in a text: between backquotes, which a template escapes. */
const NAMED = /\\?`airlock ([a-z][^`\\]*)\\?`/g;

const named = (text: string): string[] => [...text.matchAll(NAMED)].map(([, line = '']) => line.trim());

const told = sources.flatMap((file) =>
  named(readFileSync(path.join(ROOT, file), 'utf8')).map((line) => [line, file] as const),
);

/** The words of a line that name its command: up to an option, a placeholder or a value. */
const wordsOf = (line: string): string[] => {
  const words = line.split(/\s+/);
  const end = words.findIndex((word) => !/^[a-z][a-z-]*$/.test(word));
  return end === -1 ? words : words.slice(0, end);
};

const phraseOf = (line: string): string => {
  const { word = '', verb } = commandNamed('airlock', COMMANDS, wordsOf(line));
  return verb === undefined ? word : `${word} ${verb}`;
};

const options = new Map(
  helpPages(200).map(({ command, lines }) => [
    command,
    lines.flatMap((line) => line.match(/^ {2}(?:-\w, )?(--[\w-]+)/)?.slice(1) ?? []),
  ]),
);

it('there are texts that name commands, and more than one room has some', () => {
  expect(told.length).toBeGreaterThan(30);
  expect(new Set(told.map(([, file]) => file.split(path.sep)[0])).size).toBeGreaterThan(5);
});

describe.each([...new Map(told)])('`airlock %s`, named in %s', (line) => {
  it('is a command that is there', () => {
    expect(phrases(COMMANDS)).toContain(phraseOf(line));
  });

  it('has the options that it is named with', () => {
    const given = line.match(/(?<= )--[a-z][\w-]*/g) ?? [];
    expect(options.get(phraseOf(line))).toEqual(expect.arrayContaining(given));
  });
});

it('a name that is none is found', () => {
  expect(named('run `airlock frobnicate --now`, then \\`airlock lock\\`')).toEqual(['frobnicate --now', 'lock']);
  expect(() => phraseOf('frobnicate --now')).toThrow('unknown command');
  expect(() => phraseOf('bundle frobnicate x')).toThrow('unknown command');
});

describe('airlock.mjs', () => {
  let folder: string;
  let lines: string[];
  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'airlock-named-'));
    const { bytes } = await buildFarSide();
    writeFileSync(path.join(folder, 'airlock.mjs'), bytes);
    lines = [...new Set(named(bytes.toString('utf8')))];
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has every command that its own texts name', () => {
    const all = [...new Set(lines.map(phraseOf))];
    expect(all.length).toBeGreaterThan(10);
    for (const phrase of all) {
      const { status, stdout } = spawnSync(process.execPath, ['airlock.mjs', ...phrase.split(' '), '--help'], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect([status, stdout]).toEqual([0, expect.stringContaining(`Usage: airlock ${phrase}`)]);
    }
  });

  it('writes a first site.yaml where it says that it does', () => {
    const missing = spawnSync(process.execPath, ['airlock.mjs', 'synth'], { cwd: folder, encoding: 'utf8' });
    expect(missing.stderr).toContain('`airlock init` writes a first one');
    execFileSync(process.execPath, ['airlock.mjs', 'init', '--dir', 'site'], { cwd: folder });
    expect(readdirSync(path.join(folder, 'site')).sort()).toEqual(['enclave.yaml', 'site.yaml']);
  });
});
