/** A deployment with kubectl: the objects of the plan, by the deployer, in the order in which the stacks depend on each other. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Pod } from 'kubernetes-types/core/v1.js';
import type { PlainObject } from '../../../audit/kubernetes/plain.js';
import { pod, UNLOCKED } from './pods.mjs';
import type { World } from './world.mjs';

/** What must be there before anything else, and what comes last; all others lie between. */
const FIRST = ['Namespace', 'PriorityClass', 'RuntimeClass', 'NetworkPolicy', 'ResourceQuota', 'ConfigMap'];
const LAST = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'LeaderWorkerSet'];

const rank = ({ kind }: PlainObject): number =>
  LAST.includes(kind) ? FIRST.length + 1 : FIRST.includes(kind) ? FIRST.indexOf(kind) : FIRST.length;

const isWorkload = ({ kind }: PlainObject): boolean => LAST.includes(kind);

/** The policies are in force once a pod with an unlocked image is refused for that reason. */
async function untilInForce({ kubectl }: World): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const ran = await kubectl('deployer').run(
      ['create', '--dry-run=server', '--filename=-'],
      JSON.stringify(pod('airlock-serving', UNLOCKED)),
    );
    if (ran.stderr.includes('not an image of the lock')) return;
    await pause(200);
  }
  throw new Error('the admission policies did not come into force within 20 s');
}

/** Applies everything by server-side apply with strict validation; workloads only once the guardrails hold. */
export async function deploy(world: World): Promise<number> {
  const objects = [...world.planned.objects].sort((a, b) => rank(a) - rank(b));
  const deployer = world.kubectl('deployer');
  await deployer.apply(
    objects.filter((object) => !isWorkload(object)),
    'airlock',
  );
  await untilInForce(world);
  await deployer.apply(objects.filter(isWorkload), 'airlock');
  return objects.length;
}

/** Whether a pod is Ready, or has done its work. */
export const isReady = ({ status }: Pod): boolean =>
  status?.phase === 'Succeeded' ||
  (status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false);

/** All pods of the platform, once as many as planned are Ready or have done their work. */
export async function readyPods({ kubectl }: World, wanted: number, namespaces: readonly string[]): Promise<Pod[]> {
  const admin = kubectl('admin');
  let pods: Pod[] = [];
  for (let tries = 0; tries < 120; tries += 1) {
    pods = (await admin.list<Pod>('pods')).filter(({ metadata }) => namespaces.includes(metadata?.namespace ?? ''));
    if (pods.length >= wanted && pods.every(isReady)) return pods;
    await pause(500);
  }
  const waiting = pods
    .filter((pod) => !isReady(pod))
    .map(({ metadata, status }) => {
      const why = status?.conditions?.map(({ message }) => message ?? '').join(' ') ?? '';
      return `${metadata?.name ?? ''}: ${status?.phase ?? 'unknown'} ${why}`;
    });
  const { stdout } = await admin.run(['get', 'events', '--all-namespaces', '--field-selector=type=Warning']);
  throw new Error(
    `${String(pods.length)} pods of ${String(wanted)} planned; not Ready: ${waiting.join('; ') || 'none'}\n${stdout}`,
  );
}
