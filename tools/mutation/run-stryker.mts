/** Mutates files with Stryker, in a copy of the checkout, before the tests that are named for them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { PartialStrykerOptions } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import type { Mutant } from './results.js';
import { textBetween } from './text-between.js';

/** Its enumeration of levels has no values at run time. */
const QUIET = { logLevel: 'error' } as unknown as PartialStrykerOptions;

interface Folders {
  readonly cache: string;
  readonly temporary: string;
}

/** Tiers, and what only they read. */
const OTHER_TESTS = [
  'chaos',
  'corpus',
  'e2e',
  'far-side',
  'integration',
  'metrics',
  'outside-world',
  'package',
  'upgrade',
];
/** Folders that no test of a mutated file reads. */
const NOT_COPIED = ['api', 'bench', 'dist', 'examples', ...OTHER_TESTS.map((name) => `test/${name}`)];

/**
 * @param sources files that have the same tests, since to begin takes longer than to try a mutant
 * @param cache a folder for what Jest has transformed
 * @param temporary a folder for the copy of the checkout; whoever made it removes it
 * @returns the mutants of each file
 * @throws Error where the tests fail without any mutant
 */
export async function mutate(
  root: string,
  sources: readonly string[],
  tests: readonly string[],
  { cache, temporary, concurrency }: Folders & { readonly concurrency: number },
): Promise<ReadonlyMap<string, readonly Mutant[]>> {
  const results = await new Stryker({
    mutate: [...sources],
    testRunner: 'jest',
    plugins: ['@stryker-mutator/jest-runner'],
    coverageAnalysis: 'perTest',
    concurrency,
    reporters: [],
    ...QUIET,
    allowConsoleColors: false,
    tempDirName: path.relative(root, path.join(temporary, 'checkout')),
    cleanTempDir: 'always',
    ignorePatterns: NOT_COPIED,
    // A busy machine is no endless loop, which Stryker finds by counting.
    timeoutFactor: 4,
    timeoutMS: 20_000,
    // Jest takes types away; nothing checks them.
    disableTypeChecks: false,
    jest: {
      projectType: 'custom',
      configFile: 'tools/mutation/jest.config.cjs',
      enableFindRelatedTests: false,
      config: {
        cacheDirectory: path.join(cache, 'jest'),
        // Jest looks through these for each mutant.
        roots: [...new Set(tests.map((test) => `<rootDir>/${path.posix.dirname(test)}`))],
        testMatch: tests.map((test) => `<rootDir>/${test}`),
      },
    },
  }).runMutationTest();
  return new Map(
    sources.map((source) => {
      const file = path.join(root, source);
      const text = readFileSync(file, 'utf8');
      const mutants = results
        .filter(({ fileName }) => fileName === file)
        .map(({ mutatorName, status, location, replacement }) => ({
          mutator: mutatorName,
          status,
          original: textBetween(text, location.start, location.end),
          replacement,
        }));
      return [source, mutants];
    }),
  );
}
