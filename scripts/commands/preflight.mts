/** `airlock preflight`: can this cluster take this plan? */
import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import { DISTRIBUTIONS } from '../../catalog/distributions/index.js';
import { plannedObjects } from '../../cluster/planned-objects.js';
import { fail, type Finding, ok } from '../../cluster/preflight/finding.js';
import { readingChecks } from '../../cluster/preflight/preflight.js';
import { preflightPage } from '../../cluster/preflight/text.js';
import { isOpen, parseTarget } from '../../cluster/probe/agent.js';
import { INTERNET } from '../../cluster/probe/internet.js';
import { liveProbe } from '../../cluster/probe/live-probe.js';
import { EXIT_CODES } from '../../core/errors.js';
import { type Line, show } from '../../core/visible.js';
import { clusterDns } from '../../site/cluster-dns.js';
import { checkEnclave, loadEnclave } from '../../site/load-enclave.js';
import { loadSite } from '../../site/load-site.js';
import { loadLock } from '../../site/lock/lock-file.js';
import { filesOf, located } from '../../site/reading/located.js';
import { together } from '../../site/reading/together.js';
import { lookup } from '../../site/lock/lock-lookup.js';
import { addKubectlOptions, kubectlOf, type KubectlCommandOptions } from '../ui/kubectl-options.mjs';
import { print, printJson, say } from '../ui/output.mjs';

interface PreflightCommandOptions extends KubectlCommandOptions {
  readonly site: string;
  readonly enclave: string;
  readonly lock: string;
  readonly live: boolean;
  readonly internet?: readonly string[];
  readonly keep: boolean;
  readonly verbose: boolean;
  readonly json: boolean;
}

async function machineFindings(targets: readonly string[]): Promise<Finding[]> {
  const open = await Promise.all(targets.map(async (text) => ({ text, open: await isOpen(parseTarget(text)) })));
  const subject = 'internet from this machine';
  const answering = open.filter((target) => target.open).map(({ text }) => text);
  return [
    answering.length === 0
      ? ok('internet', subject, `none of ${String(targets.length)} addresses answers`)
      : fail(
          'internet',
          subject,
          `${answering.join(', ')} answer`,
          'run it inside the boundary, or close the boundary',
        ),
  ];
}

async function run(plan: string, options: PreflightCommandOptions): Promise<void> {
  const { live, json, keep, verbose, internet = INTERNET } = options;
  const { site, enclave, lock } = await together({
    site: [options.site, loadSite],
    enclave: [options.enclave, loadEnclave],
    lock: [options.lock, loadLock],
  });
  await located(filesOf(options), () => checkEnclave(enclave, site));
  const planned = await plannedObjects(plan);
  const kubectl = kubectlOf(options);
  const log = (line: Line): void => {
    if (!json) say(line);
  };
  log(show`cluster: reading`);
  const dns = clusterDns(site, enclave);
  const findings = await readingChecks({ kubectl, site, enclave, planned, dns });
  findings.push(...(await machineFindings(internet)));
  if (live) {
    const named = Object.values(enclave.pools).flatMap(({ nodes }) => nodes);
    const ready = new Set(
      findings
        .filter(({ check, status }) => check === 'nodes' && status === 'ok')
        .map(({ subject }) => subject.split(' ')[1]),
    );
    const namespace = `airlock-preflight-${randomBytes(3).toString('hex')}`;
    const annotations = DISTRIBUTIONS[site.cluster.distribution].namespaceAnnotations?.(namespace);
    findings.push(
      ...(await liveProbe({
        kubectl,
        namespace,
        ...(annotations === undefined ? {} : { annotations }),
        image: lookup(lock).kitReference(enclave, site.platforms[0] ?? ''),
        internet,
        nodes: named.filter((name) => ready.has(name)),
        log,
        keep,
      })),
    );
  }
  report(findings, { json, verbose, live });
}

function report(
  findings: readonly Finding[],
  { json, verbose, live }: { json: boolean; verbose: boolean; live: boolean },
): void {
  const failed = findings.filter(({ status }) => status === 'fail').length;
  if (failed > 0) process.exitCode = EXIT_CODES.check;
  if (json) {
    printJson({ gate: failed > 0 ? 'fail' : 'pass', live, findings });
    return;
  }
  print(preflightPage(findings, { verbose, live }));
}

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

export const command = (): Command =>
  addKubectlOptions(
    new Command('preflight')
      .argument('[plan]', 'folder that `cdktf synth` wrote', 'cdktf.out')
      .option('--site <file>', 'the site', 'site.yaml')
      .option('--enclave <file>', 'the enclave', 'enclave.yaml')
      .option('--lock <file>', 'the lock', 'airlock.lock.json'),
  )
    .option('--no-live', 'only read the cluster; do not run pods that try the network and the registry')
    .option('--internet <host:port>', 'what must not answer, instead of well-known addresses; may be repeated', collect)
    .option('--keep', "leave the probe's namespace for a look", false)
    .option('--verbose', 'show every finding, also what is fine', false)
    .option('--json', 'print the findings as JSON', false)
    .action(run);
