/** What policies open, as a reviewer reads it: who may call whom, on which ports, why, and who answers for it. */
import { OWNER_ANNOTATION, REASON_ANNOTATION } from '../../../catalog/platform/names';
import { type Direction, DIRECTIONS, rulesOf, selects, selectsAll } from '../../kubernetes/network-policy';
import { type KubernetesObject, placeOf, subjectOf } from '../../kubernetes/object';
import { podLabels } from '../../kubernetes/pods';
import { declaredToCall, namedNamespaces, peerPods, podRequirements } from '../../kubernetes/policy-peers';
import { type Requirement, requirementsOf } from '../../kubernetes/selectors';
import { at, itemsOf, textOf, textsOf, Unproven } from '../../plan/access';
import type { PlanNode } from '../../plan/node';
import { type Place } from '../../plan/plan';
import { podRole, type PodRole } from '../../programs/pod-role';
import { type AuditContext, movedTo } from '../../rules/rule';

/**
 * One end of a flow. `pod`: a workload of the plan; `pods`: pods that a selector chooses and the plan does not make, or every
 * pod of a namespace; `address`: whoever has it.
 */
export interface FlowEnd {
  readonly kind: 'pod' | 'pods' | 'address';
  /** Namespace; empty for addresses, and for namespaces that a selector does not name. */
  readonly zone: string;
  readonly name: string;
  readonly role: PodRole;
}

export interface Flow {
  readonly direction: Direction;
  readonly from: readonly FlowEnd[];
  readonly to: readonly FlowEnd[];
  /** `TCP 8080`, `every port`. */
  readonly ports: readonly string[];
  /** The policy, as findings name it. */
  readonly policy: string;
  readonly owner: string;
  readonly reason: string;
  readonly place: Place;
  /** Why it cannot be said who is at its ends. */
  readonly unknown?: string;
}

export const EVERY_PORT = 'every port';
export const EVERYBODY: FlowEnd = { kind: 'address', zone: '', name: 'everywhere', role: 'other' };

const requirementText = ({ key, operator, values }: Requirement): string => {
  if (operator === 'In') return values.length === 1 ? `${key}=${values[0] ?? ''}` : `${key} in ${values.join(', ')}`;
  return operator === 'NotIn'
    ? `${key} not in ${values.join(', ')}`
    : `${operator === 'Exists' ? 'with' : 'without'} ${key}`;
};

/** `pods app=x`, or `every pod`. */
export const selectorText = (requirements: readonly Requirement[]): string =>
  requirements.length === 0 ? 'every pod' : `pods ${requirements.map(requirementText).sort().join(' and ')}`;

/** One port of a rule: `TCP 8080`, `UDP 53`, `TCP 8000-8010`, `TCP metrics`. */
function portText(node: PlanNode): string {
  const protocol = textOf(at(node, 'protocol')) ?? 'TCP';
  const port = textOf(at(node, 'port'));
  if (port === undefined) return `${protocol} every port`;
  const end = textOf(at(node, 'endPort'));
  return `${protocol} ${port}${end === undefined || end === port ? '' : `-${end}`}`;
}

/** What a rule opens, port by port. */
export const portTexts = (rule: PlanNode): readonly string[] => {
  const ports = itemsOf(at(rule, 'ports'));
  return ports.length === 0 ? [EVERY_PORT] : [...new Set(ports.map(portText))].sort();
};

/** Addresses of a peer: `10.0.0.0/8 without 10.1.0.0/16`. */
export function addressText(ipBlock: PlanNode): string {
  const holes = itemsOf(at(ipBlock, 'except')).map((one) => textOf(one) ?? '');
  const without = holes.length === 0 ? '' : ` without ${holes.sort().join(', ')}`;
  return `${textOf(at(ipBlock, 'cidr')) ?? ''}${without}`;
}

/** A workload as an end. */
const podEnd = (pod: AuditContext['pods'][number], context: AuditContext): FlowEnd => ({
  kind: 'pod',
  zone: pod.object.namespace,
  // The zone says the namespace.
  name: `${pod.object.kind} ${pod.object.name}`,
  role: podRole(pod, context),
});

const unique = (ends: readonly FlowEnd[]): FlowEnd[] => [
  ...new Map(ends.map((end) => [`${end.kind} ${end.zone} ${end.name}`, end])).values(),
];

/** Pods that a policy is about. */
function selectedEnds(policy: KubernetesObject, context: AuditContext): FlowEnd[] {
  const { namespace } = policy;
  if (selectsAll(policy)) return [{ kind: 'pods', zone: namespace, name: selectorText([]), role: 'other' }];
  const pods = context.pods.filter((pod) => pod.object.namespace === namespace && selects(policy, podLabels(pod)));
  if (pods.length > 0) return unique(pods.map((pod) => podEnd(pod, context)));
  const selector = at(policy.root, 'spec', 'podSelector');
  const requirements = selector === undefined ? [] : requirementsOf(selector);
  return [{ kind: 'pods', zone: namespace, name: selectorText(requirements), role: 'other' }];
}

/** Who a peer can be. */
function peerEnds(peer: PlanNode, policy: KubernetesObject, context: AuditContext): FlowEnd[] {
  const ipBlock = at(peer, 'ipBlock');
  if (ipBlock !== undefined) return [{ kind: 'address', zone: '', name: addressText(ipBlock), role: 'other' }];
  const selector = at(peer, 'namespaceSelector');
  const names = selector === undefined ? [policy.namespace] : namedNamespaces(selector);
  if (names === undefined) {
    const which = selector === undefined ? '' : selectorText(requirementsOf(selector)).replace('pods ', '');
    const name = `${selectorText(podRequirements(peer))} of namespaces ${which}`;
    return [{ kind: 'pods', zone: '', name, role: 'other' }];
  }
  const pods = peerPods(peer, policy.namespace, context.pods);
  return names.flatMap((zone): FlowEnd[] => {
    const own = pods.filter(({ object }) => object.namespace === zone);
    const declared = declaredToCall(peer, zone, context.enclave);
    if (own.length > 0 && declared.length === 0) return unique(own.map((pod) => podEnd(pod, context)));
    return [
      ...unique(own.map((pod) => podEnd(pod, context))),
      { kind: 'pods', zone, name: selectorText(podRequirements(peer)), role: 'other' },
    ];
  });
}

function flowsOfRule(
  rule: PlanNode,
  direction: Direction,
  policy: KubernetesObject,
  context: AuditContext,
): readonly Pick<Flow, 'from' | 'to' | 'ports' | 'direction' | 'place'>[] {
  const peers = itemsOf(at(rule, direction === 'Egress' ? 'to' : 'from'));
  const selected = selectedEnds(policy, context);
  const place = (node: PlanNode): Place => movedTo(placeOf(policy), node.where);
  const flow = (others: readonly FlowEnd[], node: PlanNode): ReturnType<typeof flowsOfRule>[number] => ({
    direction,
    ...(direction === 'Egress' ? { from: selected, to: others } : { from: others, to: selected }),
    ports: portTexts(rule),
    place: place(node),
  });
  if (peers.length === 0) return [flow([EVERYBODY], rule)];
  return peers.map((peer) => flow(peerEnds(peer, policy, context), peer));
}

/** Annotations of a policy that say who answers for it, and why. */
export function answeredFor(policy: KubernetesObject): Pick<Flow, 'owner' | 'reason'> {
  const annotations = textsOf(at(policy.root, 'metadata', 'annotations'));
  return { owner: annotations.get(OWNER_ANNOTATION) ?? '', reason: annotations.get(REASON_ANNOTATION) ?? '' };
}

function flowsOf(policy: KubernetesObject, context: AuditContext): Flow[] {
  const named = { policy: subjectOf(policy), owner: '', reason: '' };
  try {
    const said = { ...named, ...answeredFor(policy) };
    return DIRECTIONS.flatMap((direction) =>
      rulesOf(policy, direction).flatMap((rule) =>
        flowsOfRule(rule, direction, policy, context).map((flow) => ({ ...said, ...flow })),
      ),
    );
  } catch (error) {
    if (!(error instanceof Unproven)) throw error;
    const place = movedTo(placeOf(policy), error.where);
    const nobody = { from: [], to: [], ports: [], direction: 'Ingress' as const };
    return [{ ...named, ...nobody, place, unknown: error.message }];
  }
}

const key = ({ policy, direction, place }: Flow): string =>
  [policy, direction, place.file, place.pointer, place.inner ?? ''].join('\u0000');

/** Every flow that a NetworkPolicy of the plan opens, by policy. */
export const flowsOfPlan = (context: AuditContext): readonly Flow[] =>
  context.policies
    .flatMap((policy) => flowsOf(policy, context))
    .sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
