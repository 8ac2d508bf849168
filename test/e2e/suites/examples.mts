/** Every example, deployed: what the API server accepts, where the scheduler puts the pods, and whether they become Ready. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import Table from 'cli-table3';
import type { Pod } from 'kubernetes-types/core/v1.js';
import type { PlainObject } from '../../../audit/kubernetes/plain.js';
import { examples as allExamples, loadFiles } from '../../../tools/examples.js';
import { airlock } from '../../harness/airlock.mjs';
import { mustRun, tail } from '../../harness/processes.mjs';
import { expect, expectEqual, type Suite } from '../../harness/report.mjs';
import { deploy, readyPods } from '../cluster/deploy.mjs';
import { withWorld, type World } from '../cluster/world.mjs';
import { kubernetesProgram } from '../install/kubernetes.mjs';
import { cronJobsOf, runCronJobs } from './cron-jobs.mjs';
import { helmReleases } from './helm-releases.mjs';
import { refusals } from './refusals.mjs';
import { status } from './status.mjs';

interface Row {
  readonly pod: string;
  readonly node: string;
  readonly meant: string;
  readonly pool: string;
  readonly resources: string;
  readonly security: string;
}

const INSTANCE = 'app.kubernetes.io/instance';
const POOL = 'airlock.dev/pool';
const ENFORCED = 'pod-security.kubernetes.io/enforce';

export const namespacesOf = ({ planned }: World): string[] =>
  planned.objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);

/** Namespace of what reaches the node: not restricted, and the only one. */
const EXCEPTION = 'airlock-accelerators';

interface Workload {
  readonly replicas?: number;
  readonly completions?: number;
  readonly template?: { readonly spec?: { readonly nodeSelector?: Readonly<Record<string, string>> } };
}

/** Pods that a workload wants, as its controller reads it. */
function replicasOf({ kind, spec }: PlainObject, { files: { enclave } }: World): number {
  const wanted = spec as Workload | undefined;
  if (kind === 'DaemonSet') return enclave.pools[wanted?.template?.spec?.nodeSelector?.[POOL] ?? '']?.nodes.length ?? 0;
  if (kind === 'Deployment' || kind === 'StatefulSet') return wanted?.replicas ?? 1;
  return kind === 'Job' ? (wanted?.completions ?? 1) : 0;
}

export const plannedPods = (world: World): number =>
  world.planned.objects.reduce((sum, object) => sum + replicasOf(object, world), 0);

/** `airlock preflight` as the site's operators run it. */
export async function preflight({ folder, plan, kubeconfig }: World): Promise<string> {
  const file = (name: string): string => `${folder}/${name}`;
  const ran = await airlock([
    'preflight',
    plan,
    '--no-live',
    `--site=${file('site.yaml')}`,
    `--enclave=${file('enclave.yaml')}`,
    `--lock=${file('airlock.lock.json')}`,
    `--kubectl=${kubernetesProgram('kubectl')}`,
    `--kubeconfig=${kubeconfig('deployer')}`,
  ]);
  if (ran.code !== 0) throw new Error(tail(ran, 60));
  return ran.stdout.trim().split('\n').at(-1) ?? '';
}

function meantFor(namespace: string | undefined, instance: string, servingPool: string | undefined): string {
  if (namespace === EXCEPTION) return instance;
  return namespace === 'airlock-serving' ? (servingPool ?? 'unknown') : 'any';
}

async function rowsOf(world: World, pods: readonly Pod[]): Promise<Row[]> {
  const admin = world.kubectl('admin');
  const nodes = await admin.list<PlainObject>('nodes');
  const namespaces = await admin.list<PlainObject>('namespaces');
  const labelsOf = (objects: readonly PlainObject[], name: string): Readonly<Record<string, string>> =>
    (objects.find(({ metadata }) => metadata.name === name)?.metadata['labels'] as
      Record<string, string> | undefined) ?? {};
  return pods.map(({ metadata, spec }) => {
    const instance = metadata?.labels?.[INSTANCE] ?? '';
    const serving = world.files.site.servings.find(({ name }) => name === instance);
    const limits = spec?.containers[0]?.resources?.limits ?? {};
    return {
      pod: `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`,
      node: spec?.nodeName ?? '',
      meant: meantFor(metadata?.namespace, instance.replace(/^nvidia-device-plugin-/, ''), serving?.pool),
      pool: labelsOf(nodes, spec?.nodeName ?? '')[POOL] ?? 'none',
      resources: Object.entries(limits)
        .flatMap(([name, count]) => (name.includes('/') ? [`${count} ${name}`] : []))
        .join(', '),
      security: labelsOf(namespaces, metadata?.namespace ?? '')[ENFORCED] ?? 'none',
    };
  });
}

/** The API server judges pods that exist already when somebody raises the level of their namespace. */
async function beyondRestricted({ kubectl }: World, namespace: string): Promise<string> {
  const labels = [`${ENFORCED}=restricted`, `${ENFORCED}-version=latest`];
  const args = ['label', '--overwrite', '--dry-run=server', 'namespace', namespace, ...labels];
  const ran = await kubectl('deployer').run(args);
  expect(ran.code === 0, ran.stderr);
  return ran.stderr.includes('Warning') ? ran.stderr : '';
}

/** Names of the audit's checks, by what the API server says of each (k8s.io/pod-security-admission policy/check_*.go). */
const BREACHES: Readonly<Record<string, string>> = {
  'allowPrivilegeEscalation != false': 'allowPrivilegeEscalation',
  'unrestricted capabilities': 'capabilities_restricted',
  'restricted volume types': 'restrictedVolumes',
  'runAsNonRoot != true': 'runAsNonRoot',
  'runAsUser=0': 'runAsUser',
};

/** What the warnings about a namespace's pods complain of, by the audit's names; in its own words where it has none. */
function breachesIn(warnings: string): string[] {
  const pods = warnings.split('\n').filter((line) => !line.includes('existing pods'));
  const said = pods.flatMap((line) => line.split(': ').slice(2).join(': ').split(', ')).filter((text) => text !== '');
  return [...new Set(said.map((text) => BREACHES[text] ?? text))].sort();
}

function table(rows: readonly Row[]): string {
  const drawn = new Table({
    head: ['pod', 'node', 'pool meant', 'pool found', 'devices', 'Pod Security', 'state'],
    style: { head: [], border: [], compact: true },
  });
  for (const { pod, node, meant, pool, resources, security } of rows)
    drawn.push([pod, node, meant, pool, resources, security, 'Ready']);
  return drawn.toString();
}

/** @param folder of the example */
async function example(suite: Suite, world: World, folder: string, print: (text: string) => void): Promise<void> {
  const namespaces = namespacesOf(world);
  await suite.check('the whole plan can be read', () => {
    expectEqual(world.planned.unread, [], 'parts that do not show their objects');
    return Promise.resolve(`${String(world.planned.objects.length)} objects`);
  });
  await suite.check('airlock preflight finds nothing wrong before', () => preflight(world));
  const applied = await suite.check('all objects are applied, every field known to the server', async () => {
    return `${String(await deploy(world))} objects`;
  });
  if (!applied) return;
  await suite.check('every pod is Ready, on the pool it was meant for', async () => {
    const rows = await rowsOf(world, await readyPods(world, plannedPods(world), namespaces));
    print(table(rows));
    const pools = world.files.site.pools.map(({ name }) => name);
    const astray = rows.filter(({ meant, pool }) => (meant === 'any' ? !pools.includes(pool) : meant !== pool));
    expectEqual(astray, [], 'pods on a node that is not for them');
    return `${String(rows.length)} pods`;
  });
  if (cronJobsOf(world).length > 0)
    await suite.check('pods of every cron job, started out of its hour, are admitted and placed', () =>
      runCronJobs(world),
    );
  const ordinary = namespaces.filter((name) => name !== EXCEPTION);
  await suite.check('every pod passes Pod Security restricted', async () => {
    for (const namespace of ordinary) expectEqual(await beyondRestricted(world, namespace), '', namespace);
    return ordinary.join(', ');
  });
  if (namespaces.includes(EXCEPTION)) {
    await suite.check('the declared exception needs exactly what its waivers accept', async () => {
      const said = await beyondRestricted(world, EXCEPTION);
      const waived = await readFile(path.join(folder, 'waivers.yaml'), 'utf8');
      const accepted = [...waived.matchAll(/AIR-POD-1\[(\w+)\]/g)].map(([, check = '']) => check);
      expectEqual(breachesIn(said), [...new Set(accepted)].sort(), 'what the API server would refuse');
      return breachesIn(said).join(', ');
    });
  }
  await suite.check('airlock preflight finds nothing wrong after', () => preflight(world));
}

/** @param print shows the tables */
export async function examples(report: (name: string) => Suite, print: (text: string) => void): Promise<void> {
  for (const [at, one] of allExamples().entries()) {
    const suite = report(one.name);
    await suite.check('a cluster for it', async () => {
      const files = await loadFiles(one.folder);
      await withWorld(files, async (world) => {
        const { stdout } = await mustRun(kubernetesProgram('kubectl'), [
          `--kubeconfig=${world.kubeconfig('admin')}`,
          'version',
        ]);
        await example(suite, world, one.folder, print);
        // The same policies stand in every plan.
        if (at === 0) {
          await status(report('status'), world);
          await helmReleases(report('releases'), world);
          await refusals(report('refusals'), world);
        }
        return stdout;
      });
      return 'ended';
    });
  }
}
