/**
 * `npm run test:traces [-- SUITE …]`: traces on their way through a real Collector to a real Phoenix on a real PostgreSQL.
 *
 * Installs what it needs, then runs in a network namespace without a route. AIRLOCK_OUTAGE_SECONDS says how long the
 * store is away (20). Ends with status 1 when any check fails.
 */
import { isInside, raiseLoopback, requireNoRoute, runInside } from '../harness/network-namespace.mjs';
import { Report, type Suite } from '../harness/report.mjs';
import { print, runSuites, runToStatus, toItsEnd } from '../harness/tier.mjs';
import { installEverything } from './install/install.mjs';
import { outages } from './suites/outages.mjs';
import { contract } from './suites/contract.mjs';
import { destination } from './suites/destination.mjs';
import { records } from './suites/records.mjs';
import { redaction } from './suites/redaction.mjs';
import { startStore, type Store, stopStore } from './world/store.mjs';

const SUITES: Readonly<Record<string, (suite: Suite, store: Store) => Promise<void>>> = {
  contract,
  redaction,
  destination,
  outages,
  records,
};

async function outside(): Promise<number> {
  const installed = await installEverything(new Report(print).suite('install'));
  return installed ? runInside() : 1;
}

/** A store for each suite: what one leaves behind is no figure of another. */
async function inside(report: Report, named: readonly string[]): Promise<void> {
  await report.suite('network').check('no route leads out of the namespace', async () => {
    await raiseLoopback();
    return requireNoRoute();
  });
  for (const name of named.length === 0 ? Object.keys(SUITES) : named) {
    const suite = report.suite(name);
    await toItsEnd(suite, async () => {
      const store = await startStore();
      try {
        await SUITES[name]?.(suite, store);
      } finally {
        await stopStore(store);
      }
    });
  }
}

if (isInside()) await runSuites(inside, Object.keys(SUITES));
else await runToStatus(outside);
