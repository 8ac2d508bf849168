/** A restart on a full pool, of pods that take half a minute to end: whether the quota lets their successors in meanwhile. */
import type { Pod, ResourceQuota } from 'kubernetes-types/core/v1.js';
import { expect, expectEqual, type Suite } from '../../harness/report.mjs';
import { deploy, isReady, readyPods } from '../cluster/deploy.mjs';
import { until } from '../cluster/until.mjs';
import { type SiteFiles, withWorld, type World } from '../cluster/world.mjs';
import { namespacesOf, plannedPods } from './examples.mjs';
import { plainFixture } from './fixture.mjs';

const NAMESPACE = 'airlock-serving';
const INSTANCE = 'app.kubernetes.io/instance=chat';
const QUOTA = 'nvidia-com-gpu';
const GPUS = 'requests.nvidia.com/gpu';
const REPLICAS = 2;
const GPUS_EACH = 8;
const LEAVE_SECONDS = 30;

/** The fixture with its large model on every GPU of its pool. */
async function onAFullPool(): Promise<SiteFiles> {
  const { site, enclave, lock } = await plainFixture();
  const servings = site.servings.map((serving) =>
    serving.name === 'chat' ? { ...serving, gpus: GPUS_EACH, replicas: REPLICAS } : serving,
  );
  return { site: { ...site, servings }, enclave, lock };
}

async function chatPods({ kubectl }: World): Promise<readonly Pod[]> {
  const args = ['get', 'pods', '--namespace', NAMESPACE, '--selector', INSTANCE];
  return (await kubectl('admin').json<{ readonly items: readonly Pod[] }>(args)).items;
}

/** Sets the quota, and returns once the server counts by it. */
async function setQuota({ kubectl }: World, units: string): Promise<void> {
  const patch = JSON.stringify({ spec: { hard: { [GPUS]: units } } });
  const ran = await kubectl('deployer').run([
    ...['patch', 'resourcequota', QUOTA, '--namespace', NAMESPACE],
    ...['--type=merge', `--patch=${patch}`],
  ]);
  expect(ran.code === 0, ran.stderr);
  await until(`a quota of ${units}`, async () => {
    const quota = await kubectl('admin').find<ResourceQuota>('resourcequota', QUOTA, NAMESPACE);
    return quota?.status?.hard?.[GPUS] === units;
  });
}

interface Restart {
  /** Seconds until as many successors were there as pods had left, Ready or not. */
  readonly created: number;
  /** Pods of before that were still ending then. */
  readonly leaving: number;
  /** Seconds without the wanted number of Ready pods. */
  readonly gap: number;
}

/** Ends every pod of the serving, as a change of its template does one by one. */
async function restart(world: World): Promise<Restart> {
  const before = new Set((await chatPods(world)).map(({ metadata }) => metadata?.uid));
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  const args = ['delete', 'pods', '--namespace', NAMESPACE, '--selector', INSTANCE, '--wait=false'];
  const ran = await world.kubectl('admin').run(args);
  expect(ran.code === 0, ran.stderr);
  let created: Omit<Restart, 'gap'> | undefined;
  await until('as many Ready pods as before', async () => {
    const pods = await chatPods(world);
    const young = pods.filter(({ metadata }) => !before.has(metadata?.uid));
    if (young.length >= REPLICAS) created ??= { created: seconds(), leaving: pods.length - young.length };
    return young.filter(isReady).length >= REPLICAS;
  });
  const gap = seconds();
  await until('none of before', async () => (await chatPods(world)).length === REPLICAS);
  return { created: created?.created ?? gap, leaving: created?.leaving ?? 0, gap };
}

const said = ({ created, leaving, gap }: Restart): string =>
  `successors after ${created.toFixed(1)} s beside ${String(leaving)} that were ending; Ready after ${gap.toFixed(1)} s`;

async function checkRestarts(suite: Suite, world: World): Promise<void> {
  const demand = String(REPLICAS * GPUS_EACH);
  const planned = String(2 * REPLICAS * GPUS_EACH);
  await suite.check('with a quota of the demand alone, successors are refused while pods end', async () => {
    await setQuota(world, demand);
    const measured = await restart(world);
    expectEqual(measured.leaving, 0, 'pods that were ending when the last successor was made');
    return said(measured);
  });
  await suite.check('with the quota of the plan, they are made at once', async () => {
    await setQuota(world, planned);
    const measured = await restart(world);
    expectEqual(measured.leaving, REPLICAS, 'pods that were ending when the last successor was made');
    return said(measured);
  });
}

export async function restarts(suite: Suite): Promise<void> {
  const files = await onAFullPool();
  await suite.check('a cluster for it', () =>
    withWorld(
      files,
      async (world) => {
        await deploy(world);
        await readyPods(world, plannedPods(world), namespacesOf(world));
        const quota = world.planned.objects.find(({ kind }) => kind === 'ResourceQuota');
        expectEqual(
          (quota?.['spec'] as { readonly hard?: object } | undefined)?.hard,
          { [GPUS]: String(2 * REPLICAS * GPUS_EACH) },
          'the quota of the plan',
        );
        await checkRestarts(suite, world);
        return 'ended';
      },
      { leaveSeconds: LEAVE_SECONDS },
    ),
  );
}
