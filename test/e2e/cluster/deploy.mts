/** A deployment with kubectl: the objects of the plan, by the deployer, in the order in which the stacks depend on each other. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Pod } from 'kubernetes-types/core/v1.js';
import type { PlainObject } from '../../../audit/kubernetes/plain.js';
import { pod, UNLOCKED } from './pods.mjs';
import { until } from './until.mjs';
import type { World } from './world.mjs';

/** What must be there before anything else, and what comes last; all others lie between. */
const FIRST = ['Namespace', 'PriorityClass', 'RuntimeClass', 'NetworkPolicy', 'ResourceQuota', 'ConfigMap'];
const LAST = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'LeaderWorkerSet'];

const rank = ({ kind }: PlainObject): number =>
  LAST.includes(kind) ? FIRST.length + 1 : FIRST.includes(kind) ? FIRST.indexOf(kind) : FIRST.length;

const isWorkload = ({ kind }: PlainObject): boolean => LAST.includes(kind);

/** The policies are in force once a pod with an unlocked image is refused for that reason. */
async function untilInForce({ kubectl }: World): Promise<void> {
  await until('the admission policies in force', async () => {
    const ran = await kubectl('deployer').run(
      ['create', '--dry-run=server', '--filename=-'],
      JSON.stringify(pod('airlock-serving', UNLOCKED)),
    );
    return ran.stderr.includes('not an image of the lock');
  });
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

/**
 * Only so that a run ends at all: a scheduler that missed the event of a bound claim, as on a busy machine, looks at its pods
 * again after five minutes (kubernetes pkg/scheduler/backend/queue, DefaultPodMaxInUnschedulablePodsDuration).
 */
const READY_SECONDS = 330;

/** All pods of the platform, once as many as planned are Ready or have done their work. */
export async function readyPods({ kubectl }: World, wanted: number, namespaces: readonly string[]): Promise<Pod[]> {
  const admin = kubectl('admin');
  let pods: Pod[] = [];
  const end = performance.now() + READY_SECONDS * 1000;
  while (performance.now() < end) {
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
