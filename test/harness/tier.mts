/** What the slow tiers share: every suite runs to its end, a table closes the run, and what was started or made is gone after. */
import Table from 'cli-table3';
import { endAll } from './processes.mjs';
import { Report, type Suite } from './report.mjs';
import { removeScratch } from './scratch.mjs';

export const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** What a suite throws outside its checks is a failure of the suite, and the others still run. */
export async function toItsEnd(suite: Suite, work: () => Promise<void>): Promise<void> {
  await work().catch((error: unknown) =>
    suite.check('runs to its end', () => Promise.reject(error instanceof Error ? error : new Error(String(error)))),
  );
}

function closingTable({ results }: Report): string {
  const table = new Table({
    head: ['suite', 'check', 'figure', 'result', 's'],
    style: { head: [], border: [], compact: true },
    colWidths: [16, 62, 62, 9, 7],
    wordWrap: true,
  });
  for (const { suite, name, figure, outcome, seconds } of results)
    table.push([suite, name, figure, outcome, seconds.toFixed(1)]);
  return table.toString();
}

/** Runs a program to its exit status; whatever it started or made in the meantime is gone after. */
export async function runToStatus(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } finally {
    endAll();
    removeScratch();
  }
}

/**
 * Runs the parts of a tier, prints the closing table, and sets the exit status: 1 when a check failed or none was made, 2 for a
 * name that no part has.
 *
 * @param known names that the command line may give; any where it is left out
 */
export async function runSuites(
  work: (report: Report, named: readonly string[]) => Promise<void>,
  known?: readonly string[],
): Promise<void> {
  const named = process.argv.slice(2);
  const unknown = known === undefined ? [] : named.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    print(`no suite "${unknown.join(', ')}"; there are: ${known?.join(', ') ?? ''}`);
    process.exitCode = 2;
    return;
  }
  await runToStatus(async () => {
    const began = performance.now();
    const report = new Report(print);
    await toItsEnd(report.suite('all'), () => work(report, named));
    print(closingTable(report));
    for (const { suite, name, figure } of report.results.filter(({ outcome }) => outcome === 'skipped'))
      print(`SKIPPED: ${suite}: ${name}: ${figure}`);
    print(`${((performance.now() - began) / 1000).toFixed(0)} s`);
    print(report.summary());
    return report.count('FAIL') > 0 || report.count('ok') === 0 ? 1 : 0;
  });
}
