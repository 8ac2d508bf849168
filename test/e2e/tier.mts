/** What both tiers against a real API server share: install with the network, run without it, report. */
import { isInside, runInside } from '../harness/network-namespace.mjs';
import { Report, type Suite } from '../harness/report.mjs';
import { print, runSuites, runToStatus } from '../harness/tier.mjs';
import { setUp } from './cluster/network-namespace.mjs';
import { installEverything } from './install/install.mjs';

export interface Tier {
  /** Makes the checks; `named` are the words of the command line. */
  readonly suites: (report: Report, named: readonly string[]) => Promise<void>;
  /** Installs more than the API server. */
  readonly install?: (suite: Suite) => Promise<boolean>;
}

/** Whether the command line asks for a part: by its name, or by no name at all. */
export const wants = (named: readonly string[], name: string): boolean => named.length === 0 || named.includes(name);

/** Installs with the network, then runs itself again without it; its exit status is that of the inner run. */
async function outside({ install }: Tier): Promise<number> {
  const report = new Report(print);
  const suite = report.suite('install');
  const installed = (await installEverything(suite)) && (await (install?.(suite) ?? true));
  return installed ? runInside() : 1;
}

export function runTier(tier: Tier): Promise<void> {
  if (!isInside()) return runToStatus(() => outside(tier));
  return runSuites(async (report, named) => {
    await report.suite('network').check('no route leads out of the namespace', setUp);
    await tier.suites(report, named);
  });
}
