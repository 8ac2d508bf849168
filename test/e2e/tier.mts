/** What both tiers against a real API server share: install with the network, run without it, report. */
import { endAll } from '../harness/processes.mjs';
import { Report, type Suite } from '../harness/report.mjs';
import { removeScratch } from '../harness/scratch.mjs';
import { isInside, runInside, setUp } from './cluster/network-namespace.mjs';
import { installEverything } from './install/install.mjs';

export interface Tier {
  /** Makes the checks; `named` are the words of the command line. */
  readonly suites: (report: Report, named: readonly string[]) => Promise<void>;
  /** Installs more than the API server. */
  readonly install?: (suite: Suite) => Promise<boolean>;
}

export const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function outside({ install }: Tier): Promise<number> {
  const report = new Report(print);
  const suite = report.suite('install');
  const installed = (await installEverything(suite)) && (await (install?.(suite) ?? true));
  return installed ? runInside() : 1;
}

async function inside({ suites }: Tier, named: readonly string[]): Promise<number> {
  const began = performance.now();
  const report = new Report(print);
  const suite = report.suite('network');
  await suite.check('no route leads out of the namespace', setUp);
  await suites(report, named).catch((error: unknown) =>
    suite.check('runs to its end', () => Promise.reject(error instanceof Error ? error : new Error(String(error)))),
  );
  print(`${((performance.now() - began) / 1000).toFixed(0)} s`);
  print(report.summary());
  return report.count('FAIL') > 0 || report.count('ok') === 0 ? 1 : 0;
}

export async function runTier(tier: Tier): Promise<void> {
  try {
    process.exitCode = isInside() ? await inside(tier, process.argv.slice(2)) : await outside(tier);
  } finally {
    endAll();
    removeScratch();
  }
}
