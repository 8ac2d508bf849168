/**
 * `npm run e2e:deploy [-- lifecycle | signed | locked-chart | state-backends]`: a deployment's life with the CDKTF CLI, Terraform and its real providers, against a real API server.
 *
 * Provider binaries come from the folder that AIRLOCK_PROVIDER_MIRROR names, as `terraform providers mirror` fills it; without
 * it, everything is skipped, loudly.
 */
import path from 'node:path';
import { run } from '../harness/processes.mjs';
import { PROVIDER_MIRROR } from './install/providers.mjs';
import { lifecycle } from './suites/lifecycle.mjs';
import { lockedChart } from './suites/locked-chart.mjs';
import { signedDeployment } from './suites/signed-deployment.mjs';
import { stateBackends } from './suites/state-backends.mjs';
import { print } from '../harness/tier.mjs';
import { runTier, wants } from './tier.mjs';

const SKIPPED = [
  'cdktf deploy, a diff without a change, a diff of exactly one change',
  'airlock deploy of a signed plan, what it refuses, and the way back',
  'airlock rollback to the deployment before, and forth again',
  'hand edits of a policy, an image and an argument, each named, and their way back',
  'a deleted and a cordoned node',
  'cdktf destroy, refused and allowed',
  'state in Secrets, behind https and in PostgreSQL',
  'a chart of the lock, installed by hash, and refused with other bytes',
];

const mirror = process.env[PROVIDER_MIRROR];
const terraform = await run('terraform', ['version']).catch(() => undefined);
const missing = [
  ...(mirror === undefined || mirror === '' ? [`${PROVIDER_MIRROR} is not set`] : []),
  ...(terraform?.code === 0 ? [] : ['there is no terraform']),
];
if (missing.length > 0) {
  print(`SKIPPED: ${missing.join(', ')}. Not shown:`);
  SKIPPED.forEach((line) => print(`SKIPPED: ${line}`));
  print(
    'To run it: terraform providers mirror DIR (with internet), then AIRLOCK_PROVIDER_MIRROR=DIR npm run e2e:deploy',
  );
} else {
  const folder = path.resolve(mirror ?? '');
  await runTier({
    suites: async (report, named) => {
      if (wants(named, 'lifecycle')) await lifecycle(report.suite('lifecycle'), folder);
      if (wants(named, 'signed')) await signedDeployment(report.suite('signed'), folder);
      if (wants(named, 'state-backends')) await stateBackends(report.suite('state-backends'), folder);
      if (wants(named, 'locked-chart')) await lockedChart(report.suite('locked-chart'), folder);
    },
  });
}
