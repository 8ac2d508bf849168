/** Every example, deployed: what the API server accepts, where the scheduler puts the pods, and whether they become Ready. */
import Table from 'cli-table3';
import type { Pod } from 'kubernetes-types/core/v1.js';
import type { PlainObject } from '../../../audit/kubernetes/plain.js';
import { examples as allExamples, loadFiles, ROOT } from '../../../tools/examples.js';
import { mustRun, run, tail } from '../../harness/processes.mjs';
import { expect, expectEqual, type Suite } from '../../harness/report.mjs';
import { deploy, readyPods } from '../cluster/deploy.mjs';
import { withWorld, type World } from '../cluster/world.mjs';
import { kubernetesProgram } from '../install/kubernetes.mjs';
import { refusals } from './refusals.mjs';

interface Row {
  readonly pod: string;
  readonly node: string;
  readonly meant: string;
  readonly pool: string;
  readonly resources: string;
  readonly security: string;
}

const INSTANCE = 'app.kubernetes.io/instance';
const ENFORCED = 'pod-security.kubernetes.io/enforce';

export const namespacesOf = ({ planned }: World): string[] =>
  planned.objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);

/** Pods that a workload wants, as its controller reads it. */
function replicasOf({ kind, spec }: PlainObject): number {
  const wanted = spec as { readonly replicas?: number; readonly completions?: number } | undefined;
  if (kind === 'Deployment' || kind === 'StatefulSet') return wanted?.replicas ?? 1;
  return kind === 'Job' ? (wanted?.completions ?? 1) : 0;
}

export const plannedPods = ({ planned }: World): number =>
  planned.objects.reduce((sum, object) => sum + replicasOf(object), 0);

/** `airlock preflight` as the site's operators run it. */
export async function preflight({ folder, plan, kubeconfig }: World): Promise<string> {
  const file = (name: string): string => `${folder}/${name}`;
  const ran = await run(process.execPath, [
    `${ROOT}/scripts/airlock.cjs`,
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

async function rowsOf(world: World, pods: readonly Pod[]): Promise<Row[]> {
  const admin = world.kubectl('admin');
  const nodes = await admin.list<PlainObject>('nodes');
  const namespaces = await admin.list<PlainObject>('namespaces');
  const labelsOf = (objects: readonly PlainObject[], name: string): Readonly<Record<string, string>> =>
    (objects.find(({ metadata }) => metadata.name === name)?.metadata['labels'] as
      Record<string, string> | undefined) ?? {};
  return pods.map(({ metadata, spec }) => {
    const serving = world.files.site.servings.find(({ name }) => name === metadata?.labels?.[INSTANCE]);
    const limits = spec?.containers[0]?.resources?.limits ?? {};
    return {
      pod: `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`,
      node: spec?.nodeName ?? '',
      meant: metadata?.namespace === 'airlock-serving' ? (serving?.pool ?? 'unknown') : 'any',
      pool: labelsOf(nodes, spec?.nodeName ?? '')['airlock.dev/pool'] ?? 'none',
      resources: Object.entries(limits)
        .flatMap(([name, count]) => (name.includes('/') ? [`${count} ${name}`] : []))
        .join(', '),
      security: labelsOf(namespaces, metadata?.namespace ?? '')[ENFORCED] ?? 'none',
    };
  });
}

/** The API server judges pods that exist already when somebody raises the level of their namespace. */
async function restricted({ kubectl }: World, namespace: string): Promise<void> {
  const labels = [`${ENFORCED}=restricted`, `${ENFORCED}-version=latest`];
  const args = ['label', '--overwrite', '--dry-run=server', 'namespace', namespace, ...labels];
  const ran = await kubectl('deployer').run(args);
  expect(ran.code === 0, ran.stderr);
  expect(!ran.stderr.includes('Warning'), ran.stderr);
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

async function example(suite: Suite, world: World, print: (text: string) => void): Promise<void> {
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
  await suite.check('every pod passes Pod Security restricted', async () => {
    for (const namespace of namespaces) await restricted(world, namespace);
    return namespaces.join(', ');
  });
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
        await example(suite, world, print);
        // The same policies stand in every plan.
        if (at === 0) await refusals(report('refusals'), world);
        return stdout;
      });
      return 'ended';
    });
  }
}
