/**
 * `npm run e2e:api [-- examples | distributions]`: every object of the kit against a real API server.
 *
 * etcd, kube-apiserver, kube-controller-manager and kube-scheduler are the real programs; nodes are KWOK's. Everything runs
 * in a network namespace without a route. Ends with status 1 when any check fails.
 */
import { installGoProgram } from '../harness/go.mjs';
import { GO_PROGRAMS } from '../integration/install/versions.mjs';
import { distributions } from './suites/distributions.mjs';
import { examples } from './suites/examples.mjs';
import { print } from '../harness/tier.mjs';
import { runTier, wants } from './tier.mjs';

await runTier({
  install: (suite) => suite.check('Helm from its Go module', () => installGoProgram(GO_PROGRAMS.helm)),
  suites: async (report, named) => {
    if (wants(named, 'examples')) await examples((name) => report.suite(name), print);
    if (wants(named, 'distributions')) await distributions(report.suite('distributions'));
  },
});
