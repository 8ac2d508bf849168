/** A serving on several nodes, under the real controller of LeaderWorkerSets: what it makes of the kit's object. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Pod } from 'kubernetes-types/core/v1.js';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1.js';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.js';
import type { PlainObject } from '../../../audit/kubernetes/plain.js';
import { expect, expectEqual, type Suite } from '../../harness/report.mjs';
import { deploy, isReady, readyPods } from '../cluster/deploy.mjs';
import { startGroupController } from '../cluster/group-controller.mjs';
import { until } from '../cluster/until.mjs';
import { type SiteFiles, withWorld, type World } from '../cluster/world.mjs';
import { expectNoDrift } from './drift.mjs';
import { namespacesOf, plannedPods } from './examples.mjs';
import { plainFixture } from './fixture.mjs';

const NAMESPACE = 'airlock-serving';
const SET = 'chat-group';
/** As engines do that finish their answers. */
const LEAVE_SECONDS = 30;
const MEMBERS = ['chat-group-0', 'chat-group-0-1'];

/** The fixture with its large model on two whole nodes. */
async function onTwoNodes(): Promise<SiteFiles> {
  const { site, enclave, lock } = await plainFixture();
  const servings = site.servings.map((serving) =>
    serving.name === 'chat' ? { ...serving, nodes: 2, gpus: 8, replicas: 1 } : serving,
  );
  return { site: { ...site, servings }, enclave, lock };
}

const nameOf = ({ metadata }: Pod): string => metadata?.name ?? '';

/** Pods of the group, once both are Ready and none is of before. */
async function groupPods({ kubectl }: World, before: readonly Pod[] = []): Promise<Pod[]> {
  const old = new Set(before.map(({ metadata }) => metadata?.uid));
  const args = ['get', 'pods', '--namespace', NAMESPACE, `--selector=leaderworkerset.sigs.k8s.io/name=${SET}`];
  let group: readonly Pod[] = [];
  await until(`the pods of ${SET}, each another than before`, async () => {
    group = (await kubectl('admin').json<{ readonly items: readonly Pod[] }>(args)).items;
    const young = group.filter(({ metadata }) => !old.has(metadata?.uid));
    return group.length === MEMBERS.length && young.length === MEMBERS.length && young.every(isReady);
  });
  return [...group].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

const variablesOf = ({ spec }: Pod): Readonly<Record<string, string>> =>
  Object.fromEntries((spec?.containers[0]?.env ?? []).map(({ name, value = '' }) => [name, value]));

/** Addresses behind a Service, as the controllers list them, once there are as many as wanted. */
async function addressesOf({ kubectl }: World, service: string, wanted: number): Promise<string[]> {
  let addresses: string[] = [];
  for (let tries = 0; tries < 40; tries += 1) {
    const slices = await kubectl('admin').list<EndpointSlice>('endpointslices', NAMESPACE);
    addresses = slices
      .filter(({ metadata }) => metadata?.labels?.['kubernetes.io/service-name'] === service)
      .flatMap(({ endpoints }) => endpoints.flatMap((endpoint) => endpoint.addresses))
      .sort();
    if (addresses.length >= wanted) break;
    await pause(250);
  }
  return addresses;
}

const addressOf = ({ status }: Pod): string => status?.podIP ?? '';

/** Pods that the API server selects for each policy of the group, by the policy's name. */
async function selectedByPolicies({ kubectl }: World): Promise<Record<string, string[]>> {
  const admin = kubectl('admin');
  const policies = await admin.list<NetworkPolicy>('networkpolicies', NAMESPACE);
  const selected: Record<string, string[]> = {};
  for (const { metadata, spec } of policies.filter((one) => one.metadata?.name?.includes('group-chat'))) {
    const selector = Object.entries(spec?.podSelector.matchLabels ?? {}).map((label) => label.join('='));
    const args = ['get', 'pods', '--namespace', NAMESPACE, '--selector', selector.join(',')];
    const { items } = await admin.json<{ readonly items: readonly Pod[] }>(args);
    selected[metadata?.name ?? ''] = items.map(nameOf).sort();
  }
  return selected;
}

/** The set with another annotation on its pods: the least that makes a new revision. */
function revised({ planned }: World): object {
  const set = planned.objects.find(({ kind }) => kind === 'LeaderWorkerSet');
  const { spec, ...rest } = structuredClone(set) as PlainObject & {
    spec: { leaderWorkerTemplate: Record<string, { metadata?: { annotations?: Record<string, string> } }> };
  };
  for (const template of ['leaderTemplate', 'workerTemplate']) {
    const { metadata } = spec.leaderWorkerTemplate[template] ?? {};
    if (metadata !== undefined) metadata.annotations = { ...metadata.annotations, 'e2e.airlock.example/revision': '2' };
  }
  return { ...rest, spec };
}

async function checkGroup(suite: Suite, world: World): Promise<void> {
  const admin = world.kubectl('admin');
  let pods: Pod[] = [];
  const made = await suite.check('the controller makes one leader and one worker, Ready on two nodes', async () => {
    await readyPods(world, plannedPods(world) + MEMBERS.length, namespacesOf(world));
    pods = await groupPods(world);
    expectEqual(pods.map(nameOf), MEMBERS, 'pods');
    const nodes = pods.map(({ spec }) => spec?.nodeName ?? '');
    expectEqual([...nodes].sort(), [...(world.files.enclave.pools['h100']?.nodes ?? [])].sort(), 'nodes');
    return pods.map((pod, at) => `${nameOf(pod)} on ${nodes[at] ?? ''}`).join(', ');
  });
  if (!made) return;
  await suite.check('each is told its leader and its place, as its arguments say', () => {
    const told = pods.map(variablesOf).map((env) => [env['LWS_LEADER_ADDRESS'], env['LWS_WORKER_INDEX']]);
    const leader = `${MEMBERS[0] ?? ''}.${SET}.${NAMESPACE}`;
    expectEqual(
      told,
      [
        [leader, '0'],
        [leader, '1'],
      ],
      'variables',
    );
    for (const { spec } of pods)
      expect(spec?.containers[0]?.args?.includes('$(LWS_LEADER_ADDRESS)') === true, 'no argument names the leader');
    return Promise.resolve(leader);
  });
  await suite.check('the Service of the serving leads to the leader; that of the group names both', async () => {
    expectEqual(await addressesOf(world, 'chat', 1), [addressOf(pods[0] ?? {})], 'chat');
    expectEqual(await addressesOf(world, SET, pods.length), pods.map(addressOf).sort(), SET);
    return pods.map(addressOf).join(', ');
  });
  await suite.check('the rules of the group select its pods and no others', async () => {
    const selected = await selectedByPolicies(world);
    expectEqual(Object.values(selected), [MEMBERS, MEMBERS], Object.keys(selected).join(', '));
    return Object.keys(selected).join(', ');
  });
  await suite.check('airlock drift knows what the controller makes', () => expectNoDrift(world));
  await suite.check('a worker that ends takes its group with it', async () => {
    const ran = await admin.run(['delete', 'pod', MEMBERS[1] ?? '', '--namespace', NAMESPACE, '--wait=false']);
    expect(ran.code === 0, ran.stderr);
    const began = performance.now();
    const replaced = await groupPods(world, pods);
    const gap = (performance.now() - began) / 1000;
    const [before, after] = [pods, replaced].map(([leader]) => leader?.metadata?.uid);
    pods = replaced;
    expect(before !== after, 'the leader is the same');
    return `another leader; a gap of ${gap.toFixed(1)} s where pods take ${String(LEAVE_SECONDS)} s to end`;
  });
  await suite.check('a new revision replaces the group within the quota of its GPUs', async () => {
    await world.kubectl('deployer').apply([revised(world)], 'airlock');
    const began = performance.now();
    pods = await groupPods(world, pods);
    const gap = (performance.now() - began) / 1000;
    const marks = pods.map(({ metadata }) => metadata?.annotations?.['e2e.airlock.example/revision']);
    expectEqual(marks, ['2', '2'], 'annotations');
    return `${String(pods.length)} pods of revision 2; a gap of ${gap.toFixed(1)} s`;
  });
}

export async function groups(suite: Suite): Promise<void> {
  const files = await onTwoNodes();
  await suite.check('a cluster for it', () =>
    withWorld(
      files,
      async (world) => {
        const controller = await startGroupController(world);
        try {
          await deploy(world);
          await checkGroup(suite, world);
        } finally {
          await controller.stop();
        }
        return 'ended';
      },
      { leaveSeconds: LEAVE_SECONDS },
    ),
  );
}
