/**
 * `npm run mutation [-- FILE|FOLDER …]`: makes one small mistake after another in the sources of tools/mutation/sources.ts and
 * counts those that no test notices, in test/mutation/results.json. Files that are as they were, and their tests, are not run again,
 * but with `--all`; `--shard 1/4` runs a quarter of the files.
 *
 * With `--compare`, runs nothing: which score fell from what is committed (`--base`, HEAD by default)? Ends with status 1 when one
 * did; 2 for a command line that makes no sense, and where the tests of a file fail without any mistake.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { canonicalJson } from '../core/canonical-json.js';
import { digestOf } from '../core/digest.js';
import { CACHE, ROOT } from '../test/harness/paths.mjs';
import { contentsOf } from './ci/fingerprint.js';
import { checkoutFiles } from './ci/inputs.js';
import { compare, tableOf } from './mutation/compare.js';
import { parseResults, readResults, resultOf, type Results, writeResults } from './mutation/results.js';
import { mutate } from './mutation/run-stryker.mjs';
import { byTests, chosen, mutatedFiles, shardOf, testsOf } from './mutation/sources.js';

const RESULTS = 'test/mutation/results.json';
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const digestFor = (source: string): string =>
  digestOf(canonicalJson(contentsOf(ROOT, [source, ...testsOf(source, ROOT)])));

function committed(base: string): Results {
  try {
    const text = execFileSync('git', ['show', `${base}:${RESULTS}`], { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' });
    return parseResults(text);
  } catch {
    return {};
  }
}

/** Group after group: what one came to is kept before the next begins. */
async function run(sources: readonly string[], all: boolean, concurrency: number): Promise<void> {
  const file = path.join(ROOT, RESULTS);
  const cache = path.join(CACHE, 'mutation');
  mkdirSync(cache, { recursive: true });
  const temporary = mkdtempSync(path.join(tmpdir(), 'airlock-mutation-'));
  process.env['TMPDIR'] = temporary;
  const before = readResults(file);
  const changed = sources.filter((source) => all || before[source]?.digest !== digestFor(source));
  try {
    for (const group of byTests(changed, (source) => testsOf(source, ROOT))) {
      const digests = group.map(digestFor);
      const mutants = await mutate(ROOT, group, testsOf(group[0] ?? '', ROOT), {
        ...{ cache, temporary, concurrency },
      });
      const results = Object.fromEntries(
        group.map((source, at) => [source, resultOf(digests[at] ?? '', mutants.get(source) ?? [], before[source])]),
      );
      writeResults(file, { ...readResults(file), ...results });
      for (const line of tableOf(results)) print(line);
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  }
}

function report(sources: readonly string[], base: string): void {
  const after = readResults(path.join(ROOT, RESULTS));
  for (const line of tableOf(after)) print(line);
  const stale = sources.filter((source) => after[source]?.digest !== digestFor(source));
  if (stale.length > 0) print(`\nchanged since they were run, or never run: ${stale.join(', ')}`);
  const changes = compare(committed(base), after);
  print(changes.length === 0 ? `\nevery score is as in ${base}` : `\nbeside ${base}:`);
  for (const { file, text } of changes) print(`${file}: ${text}`);
  if (changes.some(({ kind }) => kind === 'fell')) process.exitCode = 1;
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      all: { type: 'boolean', default: false },
      base: { type: 'string', default: 'HEAD' },
      compare: { type: 'boolean', default: false },
      concurrency: { type: 'string', default: '1' },
      shard: { type: 'string', default: '1/1' },
    },
  });
  const sources = shardOf(chosen(mutatedFiles(checkoutFiles(ROOT)), positionals), values.shard);
  if (values.compare) report(sources, values.base);
  else await run(sources, values.all, Number(values.concurrency));
} catch (error) {
  print(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
