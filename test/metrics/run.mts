/**
 * `npm run test:metrics [-- SUITE …]`: rules, dashboards and names of metrics before software that we did not write.
 *
 * Prometheus' promtool judges and evaluates the rules, Grafana Labs' types judge the dashboards, sources of engines, gateways and
 * trace programs are read for their names, llama.cpp and the mirror are scraped. Ends with status 1 when any check fails.
 */
import { installDebianPackages } from '../harness/debian.mjs';
import { installGoProgram } from '../harness/go.mjs';
import type { Suite } from '../harness/report.mjs';
import { runSuites, toItsEnd } from '../harness/tier.mjs';
import { installLlamaServer } from '../real-engines/install/llama-server.mjs';
import { DEBIAN_PACKAGES } from '../real-engines/versions.mjs';
import { installDashboardChecker } from './install/dashboard-checker.mjs';
import { installPythonSources } from './install/python-sources.mjs';
import { alerts } from './suites/alerts.mjs';
import { dashboards } from './suites/dashboards.mjs';
import { names } from './suites/names.mjs';
import { checks } from './suites/promtool.mjs';
import { recorded } from './suites/recorded.mjs';
import { scraped } from './suites/scraped.mjs';
import { PROMTOOL } from './versions.mjs';

interface Part {
  readonly install: () => Promise<string>;
  readonly run: (suite: Suite) => Promise<void>;
}

const promtool = (): Promise<string> => installGoProgram(PROMTOOL);

const PARTS: Readonly<Record<string, Part>> = {
  promtool: { install: promtool, run: checks },
  alerts: { install: promtool, run: alerts },
  recorded: { install: promtool, run: recorded },
  dashboards: {
    install: installDashboardChecker,
    run: async (suite) => dashboards(suite, await installDashboardChecker()),
  },
  names: { install: installPythonSources, run: names },
  scraped: {
    install: async () =>
      [await installDebianPackages(DEBIAN_PACKAGES), await promtool(), await installLlamaServer()].join(', '),
    run: scraped,
  },
};

/** What cannot be looked at with what package registries have. */
const NOT_SEEN: Readonly<Record<string, string>> = {
  agentgateway: 'its names were read in its repository; no package registry has its program or sources',
  'tensorrt-llm':
    'its names were read in its repository; PyPI has only a source package that fetches wheels from NVIDIA',
  tgi: 'its names are those of its documentation; no package registry has its launcher',
  grafana:
    'it is under the AGPL, and is neither run nor taken into the tests; its published types (Apache-2.0) judge instead',
};

await runSuites(async (report, named) => {
  for (const [name, { install, run }] of Object.entries(PARTS)) {
    if (named.length > 0 && !named.includes(name)) continue;
    const suite = report.suite(name);
    if (await report.suite('install').check(`what ${name} needs`, install)) await toItsEnd(suite, () => run(suite));
  }
  if (named.length === 0) for (const [what, why] of Object.entries(NOT_SEEN)) report.suite('names').skip(what, why);
}, Object.keys(PARTS));
