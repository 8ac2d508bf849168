/**
 * Which policies select which pods, found by the labels that they ask for. Holding every policy against every pod takes time
 * that grows with the square of a plan.
 */
import { groupedBy, once } from '../../core/remember';
import { at, textsOf } from '../plan/access';
import type { KubernetesObject } from './object';
import { podLabels, type PodTemplate } from './pods';
import { matches, requirementsOf, type Requirement } from './selectors';

type Labels = ReadonlyMap<string, string>;

/** No label holds this character (kubernetes.io, "Labels and Selectors", "Syntax and character set"). */
const pairOf = (key: string, value: string): string => `${key}\u0000${value}`;

/** Pods and policies of one namespace. */
export const podsIn = groupedBy(({ object }: PodTemplate) => object.namespace);
export const policiesIn = groupedBy(({ namespace }: KubernetesObject) => namespace);

interface LabeledPod {
  readonly pod: PodTemplate;
  /** Place in the list. */
  readonly place: number;
  readonly labels: Labels;
}

interface PodIndex {
  readonly pods: readonly LabeledPod[];
  readonly byPair: ReadonlyMap<string, readonly LabeledPod[]>;
}

/** @throws Unproven where the plan does not tell the labels of one of them */
const indexOf = once((pods: readonly PodTemplate[]): PodIndex => {
  const labeled = pods.map((pod, place): LabeledPod => ({ pod, place, labels: podLabels(pod) }));
  const byPair = new Map<string, LabeledPod[]>();
  for (const one of labeled) {
    for (const [key, value] of one.labels) {
      const pair = pairOf(key, value);
      const found = byPair.get(pair);
      if (found === undefined) byPair.set(pair, [one]);
      else found.push(one);
    }
  }
  return { pods: labeled, byPair };
});

/** Few pods, in order, among which all are that meet the requirements: those that carry one of the labels asked for. */
function candidates({ pods, byPair }: PodIndex, requirements: readonly Requirement[]): readonly LabeledPod[] {
  let least = pods;
  for (const { key, operator, values } of requirements) {
    if (operator !== 'In') continue;
    // A pod has one value of a key, so no pod is in two of these groups.
    const groups = [...new Set(values)].map((value) => byPair.get(pairOf(key, value)) ?? []);
    if (groups.reduce((sum, { length }) => sum + length, 0) < least.length) least = groups.flat();
  }
  return least === pods ? pods : [...least].sort((a, b) => a.place - b.place);
}

/**
 * Pods of one namespace that meet requirements, in their order.
 *
 * @throws Unproven where the plan does not tell the labels of one of them
 */
export const podsMeeting = (pods: readonly PodTemplate[], requirements: readonly Requirement[]): PodTemplate[] =>
  candidates(indexOf(pods), requirements).flatMap(({ pod, labels }) => (matches(requirements, labels) ? [pod] : []));

const requirementsOfPolicy = once(({ root }: KubernetesObject): readonly Requirement[] => {
  const selector = at(root, 'spec', 'podSelector');
  return selector === undefined ? [] : requirementsOf(selector);
});

/**
 * Pods that a policy selects; a missing selector selects all of its namespace.
 *
 * @throws Unproven where the plan does not tell its selector, or the labels of pods of its namespace
 */
export function podsSelectedBy(policy: KubernetesObject, pods: readonly PodTemplate[]): PodTemplate[] {
  const own = podsIn(pods, policy.namespace);
  return own.length === 0 ? [] : podsMeeting(own, requirementsOfPolicy(policy));
}

/**
 * Pods of the plan that a Service leads to; none where it has no selector.
 *
 * @throws Unproven where the plan does not tell its selector, or the labels of pods of its namespace
 */
export function podsServedBy({ root, namespace }: KubernetesObject, pods: readonly PodTemplate[]): PodTemplate[] {
  const selector = [...textsOf(at(root, 'spec', 'selector'))];
  if (selector.length === 0) return [];
  return podsMeeting(
    podsIn(pods, namespace),
    selector.map(([key, value]) => ({ key, operator: 'In', values: [value] })),
  );
}

interface PolicyIndex {
  /** Policies that ask for one of the labels, with their place in the list. */
  readonly byPair: ReadonlyMap<string, readonly number[]>;
  /** Those that ask for no label by value. */
  readonly others: readonly number[];
}

const policyIndexOf = once((policies: readonly KubernetesObject[]): PolicyIndex => {
  const byPair = new Map<string, number[]>();
  const others: number[] = [];
  policies.forEach((policy, place) => {
    const asked = requirementsOfPolicy(policy).find(({ operator }) => operator === 'In');
    if (asked === undefined) others.push(place);
    for (const value of new Set(asked?.values)) {
      const pair = pairOf(asked?.key ?? '', value);
      const found = byPair.get(pair);
      if (found === undefined) byPair.set(pair, [place]);
      else found.push(place);
    }
  });
  return { byPair, others };
});

/**
 * Policies of one namespace that select pods with these labels, in their order.
 *
 * @param policies those of the namespace, as {@link policiesIn} returns them
 * @throws Unproven where the plan does not tell the selector of one of them
 */
export function policiesSelecting(policies: readonly KubernetesObject[], labels: Labels): KubernetesObject[] {
  const { byPair, others } = policyIndexOf(policies);
  const places = [...labels].flatMap(([key, value]) => byPair.get(pairOf(key, value)) ?? []);
  return [...others, ...places]
    .sort((a, b) => a - b)
    .flatMap((place) => {
      const policy = policies[place];
      return policy !== undefined && matches(requirementsOfPolicy(policy), labels) ? [policy] : [];
    });
}
