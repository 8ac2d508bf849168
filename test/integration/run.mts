/**
 * `npm run test:integration [-- SUITE …]`: the kit against software that we did not write.
 *
 * Installs what it needs (Debian, PyPI and Go packages, all pinned), makes one journey from site to mirror, and looks
 * at it from all sides. Ends with status 1 when any check fails.
 */
import type { Report, Suite } from '../harness/report.mjs';
import { runSuites, toItsEnd } from '../harness/tier.mjs';
import { installEverything } from './install/install.mjs';
import { type Journey, makeJourney } from './journey/journey.mjs';
import { chaos } from './suites/chaos.mjs';
import { charts } from './suites/charts.mjs';
import { deploys } from './suites/deploy.mjs';
import { envelope } from './suites/envelope.mjs';
import { hub } from './suites/hub.mjs';
import { images } from './suites/images.mjs';
import { isolation } from './suites/isolation.mjs';
import { netpol } from './suites/netpol.mjs';
import { rollbacks } from './suites/rollback.mjs';
import { pushes } from './suites/push.mjs';
import { modelSigningSuite } from './suites/model-signing.mjs';
import { hsm } from './suites/hsm.mjs';
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
  rollback: rollbacks,
  deploy: deploys,
  signatures,
  hsm,
  'model-signing': modelSigningSuite,
  push: pushes,
  isolation,
  'wrong-inputs': wrongInputs,
  chaos,
};

async function journeyThen(report: Report, wanted: readonly string[]): Promise<void> {
  const journey = await makeJourney(report.suite('journey'));
  try {
    for (const name of wanted) {
      const suite = report.suite(name);
      await toItsEnd(suite, async () => SUITES[name]?.(suite, journey));
    }
  } finally {
    await journey.upstream.close();
  }
}

await runSuites(async (report, named) => {
  if (!(await installEverything(report.suite('install')))) return;
  await journeyThen(report, named.length === 0 ? Object.keys(SUITES) : named);
}, Object.keys(SUITES));
