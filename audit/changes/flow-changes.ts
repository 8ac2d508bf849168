/** Flows that one plan opens and the other does not: rule by rule, peer by peer and port by port, whatever policy says it. */
import { type Direction, DIRECTIONS, isolates, rulesOf } from '../kubernetes/network-policy';
import { type KubernetesObject, subjectOf } from '../kubernetes/object';
import { NAME_LABEL, namedNamespaces } from '../kubernetes/policy-peers';
import { requirementsOf } from '../kubernetes/selectors';
import { at, entriesOf, itemsOf, Unproven } from '../plan/access';
import type { PlanNode } from '../plan/node';
import { addressText, answeredFor, EVERYBODY, portTexts, selectorText } from '../report/overview/flows';
import { type Change, changesOf, type Said, SEPARATOR, statements } from './change';

/** Fields that are compared here; a policy with any other is compared field by field. */
const KNOWN: Readonly<Record<'spec' | 'rule' | 'peer' | 'ipBlock' | 'port', readonly string[]>> = {
  spec: ['podSelector', 'policyTypes', 'ingress', 'egress'],
  rule: ['from', 'to', 'ports'],
  peer: ['ipBlock', 'namespaceSelector', 'podSelector'],
  ipBlock: ['cidr', 'except'],
  port: ['port', 'endPort', 'protocol'],
};

function demandKnown(node: PlanNode | undefined, kind: keyof typeof KNOWN): void {
  const strange = entriesOf(node).find(([key]) => !KNOWN[kind].includes(key));
  if (strange !== undefined) throw new Unproven(`the field ${strange[0]} is not known`, strange[1].where);
}

const selected = (selector: PlanNode | undefined): string =>
  selectorText(selector === undefined ? [] : requirementsOf(selector));

function peerTexts(peer: PlanNode, own: string): string[] {
  demandKnown(peer, 'peer');
  const ipBlock = at(peer, 'ipBlock');
  if (ipBlock !== undefined) {
    demandKnown(ipBlock, 'ipBlock');
    return [addressText(ipBlock)];
  }
  const pods = selected(at(peer, 'podSelector'));
  const selector = at(peer, 'namespaceSelector');
  if (selector === undefined) return [`${pods} of ${own}`];
  const names = namedNamespaces(selector);
  const further = requirementsOf(selector).filter(({ key, operator }) => key !== NAME_LABEL || operator !== 'In');
  if (names !== undefined && further.length === 0) return names.map((name) => `${pods} of ${name}`);
  return [`${pods} of namespaces with ${selectorText(requirementsOf(selector)).replace(/^pods /, '')}`];
}

const keyOf = (subject: string, what: string): string => `${subject}${SEPARATOR}${what}`;

function openedBy(policy: KubernetesObject, direction: Direction): Said[] {
  const { owner, reason } = answeredFor(policy);
  const whose = owner === '' ? '' : `, owned by ${owner}`;
  const statement = `${subjectOf(policy)}: ${reason || 'no reason is given'}${whose}`;
  const pods = `${selected(at(policy.root, 'spec', 'podSelector'))} of ${policy.namespace}`;
  return rulesOf(policy, direction).flatMap((rule) => {
    demandKnown(rule, 'rule');
    for (const port of itemsOf(at(rule, 'ports'))) demandKnown(port, 'port');
    const peers = itemsOf(at(rule, direction === 'Egress' ? 'to' : 'from'));
    const others = peers.length === 0 ? [EVERYBODY.name] : peers.flatMap((peer) => peerTexts(peer, policy.namespace));
    const what = direction === 'Egress' ? 'lets out' : 'lets in';
    return others.flatMap((other) =>
      portTexts(rule).map((port) => ({
        key: keyOf(direction === 'Egress' ? `${pods} → ${other}` : `${other} → ${pods}`, `${port}, ${what}`),
        statement,
      })),
    );
  });
}

/** Directions in which somebody isolates pods: without, everything is open. */
const isolatedBy = (policy: KubernetesObject): Said[] =>
  DIRECTIONS.filter((direction) => isolates(policy, direction)).map((direction) => ({
    key: keyOf(
      `${selected(at(policy.root, 'spec', 'podSelector'))} of ${policy.namespace}`,
      `${direction.toLowerCase()} is denied unless a policy opens it`,
    ),
    statement: `by ${subjectOf(policy)}`,
  }));

/** Everything that a policy says; undefined where it says what is compared field by field. */
export function saidBy(policy: KubernetesObject): readonly Said[] | undefined {
  try {
    demandKnown(at(policy.root, 'spec'), 'spec');
    return [...isolatedBy(policy), ...DIRECTIONS.flatMap((direction) => openedBy(policy, direction))];
  } catch (error) {
    if (error instanceof Unproven) return undefined;
    throw error;
  }
}

export const flowChanges = (before: readonly KubernetesObject[], after: readonly KubernetesObject[]): Change[] =>
  changesOf(
    statements(before.flatMap((policy) => saidBy(policy) ?? [])),
    statements(after.flatMap((policy) => saidBy(policy) ?? [])),
    (key) => {
      const [subject = '', what = ''] = key.split(SEPARATOR);
      return { kind: 'flow', subject, what };
    },
  );
