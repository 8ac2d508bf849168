/** Kills at random moments: the seeded suite of `test/chaos`, each of its tests as a check. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../../harness/paths.mjs';
import { run, tail } from '../../harness/processes.mjs';
import { expect, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';

/** What jest writes with `--json`, as far as it is read here. */
interface JestResults {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly duration?: number | null;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

export async function chaos(suite: Suite): Promise<void> {
  const results = path.join(await makeFolder('chaos'), 'results.json');
  const jest = path.join(ROOT, 'node_modules/.bin/jest');
  const args = ['--config', 'jest.chaos.config.cjs', '--json', '--outputFile', results];
  const ran = await run(jest, args, { cwd: ROOT, timeoutMs: 600_000 });
  const { testResults } = JSON.parse(await readFile(results, 'utf8')) as JestResults;
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  for (const { fullName, status, duration, failureMessages } of tests) {
    await suite.check(fullName, () => {
      expect(status === 'passed', `${status}: ${(failureMessages ?? []).join('\n')}`);
      return Promise.resolve(`${((duration ?? 0) / 1000).toFixed(1)} s inside`);
    });
  }
  const figures = ran.stdout.split('\n').filter((line) => /kill/i.test(line) && !line.startsWith('{'));
  await suite.check('the suite of kills ends well', () => {
    expect(ran.code === 0 && tests.length > 0, `jest ended with status ${ran.code}:\n${tail(ran)}`);
    return Promise.resolve(figures.join('; ') || `${tests.length} tests`);
  });
}
