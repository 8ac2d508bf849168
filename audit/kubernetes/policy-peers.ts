/** Whom a peer of a NetworkPolicy rule can be, among what the plan and the enclave know. */
import type { CallerWorkload, Enclave } from '../../site/generated/enclave';
import { at } from '../plan/access';
import type { PlanNode } from '../plan/node';
import { once } from '../../core/remember';
import type { PodTemplate } from './pods';
import { podsIn, podsMeeting } from './selection';
import { requirementsOf, type Requirement } from './selectors';

/** The label that the API server keeps equal to a namespace's name (kubernetes.io, "Well-Known Labels"). */
export const NAME_LABEL = 'kubernetes.io/metadata.name';

/** Namespaces that a selector can match; undefined when it is not bound to names. */
export function namedNamespaces(selector: PlanNode): readonly string[] | undefined {
  return requirementsOf(selector).find(({ key, operator }) => key === NAME_LABEL && operator === 'In')?.values;
}

/** What the pods of a peer must carry; none where it takes all pods. */
export function podRequirements(peer: PlanNode): readonly Requirement[] {
  const selector = at(peer, 'podSelector');
  return selector === undefined ? [] : requirementsOf(selector);
}

const placesOf = once(
  (pods: readonly PodTemplate[]): ReadonlyMap<PodTemplate, number> => new Map(pods.map((pod, place) => [pod, place])),
);

/**
 * Pods of the plan that a peer can be, in the order of the plan.
 *
 * @param own namespace of the policy, which a peer without namespaceSelector means
 */
export function peerPods(peer: PlanNode, own: string, pods: readonly PodTemplate[]): PodTemplate[] {
  const selector = at(peer, 'namespaceSelector');
  const names = selector === undefined ? [own] : (namedNamespaces(selector) ?? []);
  const requirements = podRequirements(peer);
  const found = [...new Set(names)].flatMap((name) => podsMeeting(podsIn(pods, name), requirements));
  if (names.length < 2) return found;
  const places = placesOf(pods);
  return found.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
}

/** What pods outside of the plan may be declared to call. */
export type Called = 'gateway' | 'traces' | 'metrics';

interface DeclaredCaller extends Pick<CallerWorkload, 'namespace' | 'podLabels'> {
  readonly called: Called;
}

/** Pods outside of the plan that the enclave lets call something of it. */
const declaredCallers = ({ callers, traces, monitoring }: Enclave): DeclaredCaller[] => [
  ...(callers?.workloads ?? []).map((one) => ({ ...one, called: 'gateway' as const })),
  ...(traces?.readers ?? []).map((one) => ({ ...one, called: 'traces' as const })),
  ...(monitoring === undefined ? [] : [{ ...monitoring, called: 'metrics' as const }]),
];

/** What a peer is declared to call, where it is, in this namespace, no more than pods that the enclave declares as callers. */
export function declaredToCall(peer: PlanNode, namespace: string, enclave: Enclave): readonly Called[] {
  const requirements = podRequirements(peer);
  const demands = (key: string, value: string): boolean =>
    requirements.some((one) => one.key === key && one.operator === 'In' && one.values.every((each) => each === value));
  return declaredCallers(enclave)
    .filter(
      (caller) =>
        caller.namespace === namespace && Object.entries(caller.podLabels).every(([key, value]) => demands(key, value)),
    )
    .map(({ called }) => called);
}
