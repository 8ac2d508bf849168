/**
 * `npm run e2e:api [-- examples | distributions | drift | groups | restarts]`: every object of the kit against a real API server.
 *
 * etcd, kube-apiserver, kube-controller-manager and kube-scheduler are the real programs; nodes are KWOK's. Everything runs
 * in a network namespace without a route. Ends with status 1 when any check fails.
 */
import { installGoProgram } from '../harness/go.mjs';
import { GO_PROGRAMS } from '../integration/install/versions.mjs';
import { installLeaderWorkerSets } from './install/leader-worker-sets.mjs';
import { distributions } from './suites/distributions.mjs';
import { drift } from './suites/drift.mjs';
import { examples } from './suites/examples.mjs';
import { groups } from './suites/groups.mjs';
import { restarts } from './suites/restarts.mjs';
import { print } from '../harness/tier.mjs';
import { runTier, wants } from './tier.mjs';

await runTier({
  install: async (suite) => {
    const held = [
      await suite.check('Helm from its Go module', () => installGoProgram(GO_PROGRAMS.helm)),
      await suite.check('the controller of LeaderWorkerSets from its Go module', installLeaderWorkerSets),
    ];
    return held.every(Boolean);
  },
  suites: async (report, named) => {
    if (wants(named, 'examples')) await examples((name) => report.suite(name), print);
    if (wants(named, 'distributions')) await distributions(report.suite('distributions'));
    if (wants(named, 'drift')) await drift(report.suite('drift'));
    if (wants(named, 'groups')) await groups(report.suite('groups'));
    if (wants(named, 'restarts')) await restarts(report.suite('restarts'));
  },
});
