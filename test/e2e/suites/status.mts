/** `airlock status` against a real API server: what it says of pods as planned, of others, and of none. */
import type { Container, Pod } from 'kubernetes-types/core/v1.js';
import type { State, StatusRow } from '../../../cluster/status/status.js';
import { airlock } from '../../harness/airlock.mjs';
import { type Ran, tail } from '../../harness/processes.mjs';
import { expect, expectEqual, expectMatch, type Suite } from '../../harness/report.mjs';
import type { World } from '../cluster/world.mjs';
import { kubernetesProgram } from '../install/kubernetes.mjs';
import { namespacesOf } from './examples.mjs';

const OTHER = `sha256:${'d'.repeat(64)}`;

const airlockStatus = ({ plan, folder }: World, kubeconfig: string, more: readonly string[] = []): Promise<Ran> =>
  airlock([
    'status',
    plan,
    `--lock=${folder}/airlock.lock.json`,
    `--kubectl=${kubernetesProgram('kubectl')}`,
    `--kubeconfig=${kubeconfig}`,
    ...more,
  ]);

interface Found {
  readonly code: number;
  readonly rows: readonly StatusRow[];
  /** Rows of each state. */
  readonly count: (state: State) => number;
}

async function statusOf(world: World): Promise<Found> {
  const ran = await airlockStatus(world, world.kubeconfig('deployer'), ['--json']);
  if (ran.code > 1) throw new Error(tail(ran));
  const { rows, same } = JSON.parse(ran.stdout) as { readonly rows: readonly StatusRow[]; readonly same: boolean };
  expectEqual(same, ran.code === 0, 'the exit code says what the JSON says');
  return { code: ran.code, rows, count: (state) => rows.filter((row) => row.state === state).length };
}

/** KWOK's nodes pull nothing: says of a pod's containers what a runtime would. */
async function reportPulled(
  { kubectl }: World,
  { metadata, spec }: Pod,
  imageOf = (image: string) => image,
): Promise<void> {
  const report = (containers: readonly Container[] = []): object[] =>
    containers.map(({ name, image = '' }) => ({
      ...{ name, image, imageID: imageOf(image), ready: true, restartCount: 0 },
      state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
    }));
  const status = {
    containerStatuses: report(spec?.containers),
    initContainerStatuses: report(spec?.initContainers),
  };
  const patch = ['--subresource=status', '--type=merge', `--patch=${JSON.stringify({ status })}`];
  const where = ['--namespace', metadata?.namespace ?? ''];
  const ran = await kubectl('admin').run(['patch', 'pod', metadata?.name ?? '', ...where, ...patch]);
  expect(ran.code === 0, ran.stderr);
}

/** Pods of the platform; the server lets nobody change what is said of those that have ended. */
async function podsOf(world: World): Promise<Pod[]> {
  const pods = await world.kubectl('admin').list<Pod>('pods');
  return pods.filter(
    ({ metadata, status: { phase } = {} }) =>
      namespacesOf(world).includes(metadata?.namespace ?? '') && phase !== 'Succeeded',
  );
}

/** @param world with everything deployed and Ready */
export async function status(suite: Suite, world: World): Promise<void> {
  await suite.check('while nothing is pulled, every image is missing', async () => {
    const { code, rows, count } = await statusOf(world);
    expectEqual([code, count('missing') > 0, count('other'), count('foreign')], [1, true, 0, 0], 'states');
    return `${String(count('missing'))} of ${String(rows.length)}`;
  });
  await suite.check('as the runtime reports what is planned, all is the same: exit code 0', async () => {
    for (const pod of await podsOf(world)) await reportPulled(world, pod);
    const { code, rows } = await statusOf(world);
    expectEqual(
      rows.filter(({ state }) => state !== 'same' && state !== 'waiting'),
      [],
      'rows that differ',
    );
    expectEqual(code, 0, 'exit code');
    const { stdout } = await airlockStatus(world, world.kubeconfig('deployer'));
    expectMatch(stdout, /^same: \d+ parts run as planned and locked$/m, 'the table’s last line');
    return `${String(rows.length)} parts`;
  });
  await suite.check('another digest in one pod is named', async () => {
    const pods = await podsOf(world);
    const pod = pods.find(({ metadata }) => metadata?.namespace === 'airlock-serving');
    if (pod === undefined) throw new Error('no pod of a serving');
    await reportPulled(world, pod, (image) => image.replace(/@.*/, `@${OTHER}`));
    const { code, rows } = await statusOf(world);
    const others = rows.filter(({ state }) => state === 'other');
    expect(code === 1 && others.length > 0, 'it was not seen');
    for (const { running } of others) expect(running.includes(OTHER), `it runs ${running.join()}`);
    await reportPulled(world, pod);
    expectEqual((await statusOf(world)).code, 0, 'exit code after');
    return others.map(({ workload, part }) => `${workload} ${part}`).join(', ');
  });
  await suite.check('a pod that no plan has is foreign', async () => {
    // A pod that may run there, without the labels of its workload.
    const model = (await podsOf(world)).find(({ metadata }) => metadata?.namespace === 'airlock-mirror');
    const { spec } = model ?? {};
    const intruder = {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'intruder', namespace: 'airlock-mirror' } },
      spec: {
        ...{ automountServiceAccountToken: false, securityContext: spec?.securityContext },
        containers: spec?.containers.map(({ name, image, securityContext, resources }) => ({
          ...{ name, image, securityContext, resources: { limits: { memory: resources?.limits?.['memory'] } } },
        })),
      },
    };
    const admin = world.kubectl('deployer');
    await admin.apply([intruder], 'e2e');
    const { code, rows } = await statusOf(world);
    const foreign = rows.filter(({ state }) => state === 'foreign').map(({ workload }) => workload);
    expectEqual([code, [...new Set(foreign)]], [1, ['Pod intruder']], 'foreign workloads');
    const ran = await admin.run([
      'delete',
      'pod',
      'intruder',
      '--namespace',
      'airlock-mirror',
      '--wait=true',
      '--grace-period=0',
      '--force',
    ]);
    expect(ran.code === 0, ran.stderr);
    expectEqual((await statusOf(world)).code, 0, 'exit code after');
    return 'Pod intruder';
  });
  await suite.check('a cluster that does not answer is exit code 3', async () => {
    const ran = await airlockStatus(world, '/dev/null');
    expectEqual(ran.code, 3, tail(ran));
    return ran.stderr.split('\n')[0] ?? '';
  });
}
