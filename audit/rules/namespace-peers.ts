/** Judges the selector peers of a NetworkPolicy rule. */
import type { Direction } from '../kubernetes/network-policy';
import { requirementsOf } from '../kubernetes/selectors';
import { at, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import type { Complaint } from './rule';

/** The label that the API server keeps equal to a namespace's name (kubernetes.io, "Well-Known Labels"). */
const NAME_LABEL = 'kubernetes.io/metadata.name';
/** Ports of cluster DNS: 53, and 5353 on OpenShift; the names are those of CoreDNS's own Service and pods. */
const DNS_PORTS: readonly string[] = ['53', '5353', 'dns', 'dns-tcp'];

/** Namespaces that a selector can match; undefined when it is not bound to names. */
function namedNamespaces(selector: PlanNode): readonly string[] | undefined {
  return requirementsOf(selector).find(({ key, operator }) => key === NAME_LABEL && operator === 'In')?.values;
}

function isDns(rule: PlanNode): boolean {
  const ports = itemsOf(at(rule, 'ports'));
  return (
    ports.length > 0 &&
    ports.every((port) => DNS_PORTS.includes(textOf(at(port, 'port')) ?? '') && at(port, 'endPort') === undefined)
  );
}

/** @param planned namespaces that the plan creates, and so confines */
export function namespaceComplaints(
  selector: PlanNode,
  peer: PlanNode,
  rule: PlanNode,
  direction: Direction,
  planned: ReadonlySet<string>,
): Complaint[] {
  const where = selector.where;
  const requirements = requirementsOf(selector);
  const fix = `select namespaces by name: match_labels { "${NAME_LABEL}" = … }`;
  if (requirements.every(({ operator }) => operator === 'NotIn' || operator === 'DoesNotExist')) {
    const message =
      requirements.length === 0
        ? 'the peer is every namespace of the cluster'
        : 'the peer is every namespace but some: namespaces that nobody has made yet are among them';
    return [{ check: 'all-namespaces', message, fix, where }];
  }
  const names = namedNamespaces(selector);
  if (names === undefined) {
    const message = 'which namespaces carry these labels does not stand in the plan';
    return [{ check: 'unknown-namespaces', message, fix, where, unproven: true }];
  }
  const outside = names.filter((name) => !planned.has(name));
  const podSelector = at(peer, 'podSelector');
  const somePods = podSelector !== undefined && requirementsOf(podSelector).length > 0;
  if (direction === 'Ingress' || outside.length === 0 || (somePods && isDns(rule))) return [];
  return [
    {
      check: 'foreign-namespace',
      message: `what runs in ${outside.join(', ')}, and where it sends what it is sent, is not part of the plan`,
      fix: 'for cluster DNS, select its pods and port 53; for anything else declare a destination in the enclave',
      where,
      value: outside.join(', '),
      unproven: true,
    },
  ];
}
