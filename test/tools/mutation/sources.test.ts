import { existsSync } from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';
import { checkoutFiles } from '../../../tools/ci/inputs';
import {
  byTests,
  chosen,
  LEFT_OUT,
  MUTATED,
  mutatedFiles,
  shardOf,
  TESTS,
  testsOf,
} from '../../../tools/mutation/sources';

const ROOT = path.join(__dirname, '../../..');
const FILES = checkoutFiles(ROOT);
const SOURCES = mutatedFiles(FILES);

describe('what is mutated', () => {
  it.each(SOURCES)('%s has a test that must notice', (source) => {
    expect(testsOf(source, ROOT).length).toBeGreaterThan(0);
  });

  it('is what the globs name, and nothing that is left out', () => {
    expect(SOURCES).toContain('core/cidr.ts');
    expect(SOURCES).not.toContain('core/index.ts');
    for (const glob of [...MUTATED, ...LEFT_OUT]) {
      const matches = picomatch(glob);
      expect([glob, FILES.some((file) => matches(file))]).toEqual([glob, true]);
    }
  });

  it('has tests by name only where there are such files', () => {
    expect(Object.keys(TESTS).filter((source) => !SOURCES.includes(source))).toEqual([]);
    const named = [...new Set(Object.values(TESTS).flat())];
    expect(named.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });
});

describe('a command line', () => {
  const sources = ['core/a.ts', 'core/ab.ts', 'engines/fit/a.ts'];

  it('without names stands for all files', () => {
    expect(chosen(sources, [])).toEqual(sources);
  });

  it('names files or folders, and each file is taken once', () => {
    expect(chosen(sources, ['engines/', 'core/a.ts', 'engines/fit/a.ts'])).toEqual(['core/a.ts', 'engines/fit/a.ts']);
    expect(chosen(sources, ['core'])).toEqual(['core/a.ts', 'core/ab.ts']);
  });

  it.each(['cor', 'core/b.ts', 'core/a', 'site'])('that names %s, which is not mutated, is refused', (name) => {
    expect(() => chosen(sources, [name])).toThrow(`${name} is no file that is mutated`);
  });

  it.each([1, 2, 3, 4, 7])('with %d shards runs each file in one of them', (count) => {
    const all = ['a', 'b', 'c', 'd', 'e'];
    const shards = Array.from({ length: count }, (_, at) => shardOf(all, `${at + 1}/${count}`));
    expect(shards.flat().sort()).toEqual(all);
    expect(Math.max(...shards.map(({ length }) => length))).toBe(Math.ceil(all.length / count));
  });

  it.each(['', '0/2', '3/2', '1', '1/0', 'a/b', '1/2/3', '-1/2'])('with the shard %j is refused', (shard) => {
    expect(() => shardOf(['a'], shard)).toThrow(`"${shard}" is no shard: write e.g. 1/4`);
  });
});

it('files that have the same tests are run together', () => {
  const tests: Readonly<Record<string, string[]>> = { a: ['1'], b: ['1', '2'], c: ['1'], d: ['2'], e: ['1', '2'] };
  expect(byTests(['a', 'b', 'c', 'd', 'e'], (source) => tests[source] ?? [])).toEqual([['a', 'c'], ['b', 'e'], ['d']]);
  expect(byTests([], () => [])).toEqual([]);
});
