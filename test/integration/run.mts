/**
 * `npm run test:integration [-- SUITE …]`: the kit against software that we did not write.
 *
 * Installs what it needs (Debian, PyPI and Go packages, all pinned), makes one journey from site to mirror, and looks
 * at it from all sides. Ends with status 1 when any check fails.
 */
import Table from 'cli-table3';
import { endAll } from '../harness/processes.mjs';
import { Report, type Suite } from '../harness/report.mjs';
import { removeScratch } from '../harness/scratch.mjs';
import { installEverything } from './install/install.mjs';
import { type Journey, makeJourney } from './journey/journey.mjs';
import { chaos } from './suites/chaos.mjs';
import { charts } from './suites/charts.mjs';
import { envelope } from './suites/envelope.mjs';
import { hub } from './suites/hub.mjs';
import { images } from './suites/images.mjs';
import { isolation } from './suites/isolation.mjs';
import { netpol } from './suites/netpol.mjs';
import { signatures } from './suites/signatures.mjs';
import { terraform } from './suites/terraform.mjs';
import { weights } from './suites/weights.mjs';
import { wrongInputs } from './suites/wrong-inputs.mjs';

const SUITES: Readonly<Record<string, (suite: Suite, journey: Journey) => Promise<void>>> = {
  envelope,
  charts,
  netpol,
  images,
  weights,
  hub,
  terraform,
  signatures,
  isolation,
  'wrong-inputs': wrongInputs,
  chaos,
};

const print = (line: string): void => void process.stdout.write(`${line}\n`);

function closingTable(report: Report): string {
  const table = new Table({
    head: ['suite', 'check', 'figure', 'result', 's'],
    style: { head: [], border: [], compact: true },
  });
  for (const { suite, name, figure, outcome, seconds } of report.results)
    table.push([suite, name, figure.length > 70 ? `${figure.slice(0, 69)}…` : figure, outcome, seconds.toFixed(1)]);
  return table.toString();
}

async function journeyThen(report: Report, wanted: readonly string[]): Promise<void> {
  const journey = await makeJourney(report.suite('journey'));
  try {
    for (const name of wanted) {
      const suite = report.suite(name);
      // What a suite throws outside its checks is a failure of the suite, and the others still run.
      await SUITES[name]?.(suite, journey).catch((error: unknown) =>
        suite.check('runs to its end', () => Promise.reject(error instanceof Error ? error : new Error(String(error)))),
      );
    }
  } finally {
    await journey.upstream.close();
  }
}

async function main(named: readonly string[]): Promise<void> {
  const unknown = named.filter((name) => !(name in SUITES));
  if (unknown.length > 0) {
    print(`no suite "${unknown.join(', ')}"; there are: ${Object.keys(SUITES).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const began = performance.now();
  const report = new Report(print);
  const wanted = named.length === 0 ? Object.keys(SUITES) : named;
  if (await installEverything(report.suite('install'))) {
    await journeyThen(report, wanted).catch((error: unknown) => {
      const reason = error instanceof Error ? error : new Error(String(error));
      return report.suite('journey').check('runs to its end', () => Promise.reject(reason));
    });
  }
  print(closingTable(report));
  print(`${((performance.now() - began) / 1000).toFixed(0)} s`);
  print(report.summary());
  process.exitCode = report.count('FAIL') > 0 || report.count('ok') === 0 ? 1 : 0;
}

try {
  await main(process.argv.slice(2));
} finally {
  endAll();
  removeScratch();
}
