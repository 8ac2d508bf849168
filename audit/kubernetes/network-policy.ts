/** NetworkPolicies (kubernetes.io, "Network Policies"; k8s.io/api networking/v1 types.go) read with their exact semantics. */
import { at, isEmptyObject, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import type { KubernetesObject } from './object';
import { matches, requirementsOf } from './selectors';

export type Direction = 'Ingress' | 'Egress';

export const DIRECTIONS: readonly Direction[] = ['Ingress', 'Egress'];

export const isNetworkPolicy = (object: KubernetesObject): boolean =>
  object.kind === 'NetworkPolicy' && object.apiVersion.startsWith('networking.k8s.io/');

/** Rules of a direction; an absent list has none. */
export const rulesOf = (policy: KubernetesObject, direction: Direction): readonly PlanNode[] =>
  itemsOf(at(policy.root, 'spec', direction === 'Egress' ? 'egress' : 'ingress'));

/** Directions in which a policy isolates the pods it selects. */
export function isolates(policy: KubernetesObject, direction: Direction): boolean {
  const types = itemsOf(at(policy.root, 'spec', 'policyTypes')).map((type) => textOf(type));
  if (types.length > 0) return types.includes(direction);
  // types.go, policyTypes: by default Ingress always, Egress where the policy has egress rules.
  return direction === 'Ingress' || rulesOf(policy, 'Egress').length > 0;
}

/** True when a policy selects every pod of its namespace by an empty selector that is written out. */
export function selectsAll(policy: KubernetesObject): boolean {
  const selector = at(policy.root, 'spec', 'podSelector');
  return isEmptyObject(selector) || (selector !== undefined && requirementsOf(selector).length === 0);
}

/** True when a policy shuts a direction for every pod of its namespace and opens nothing in it. */
export const deniesAll = (policy: KubernetesObject, direction: Direction): boolean =>
  selectsAll(policy) && isolates(policy, direction) && rulesOf(policy, direction).length === 0;

/** True when a policy selects pods with these labels; a missing selector selects all. */
export function selects(policy: KubernetesObject, labels: ReadonlyMap<string, string>): boolean {
  const selector = at(policy.root, 'spec', 'podSelector');
  return selector === undefined || matches(requirementsOf(selector), labels);
}
