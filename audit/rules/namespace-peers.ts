/** Judges the selector peers of a NetworkPolicy rule. */
import type { Direction } from '../kubernetes/network-policy';
import { isDeclaredCaller, NAME_LABEL, namedNamespaces } from '../kubernetes/policy-peers';
import { requirementsOf } from '../kubernetes/selectors';
import type { Enclave } from '../../site/generated/enclave';
import { at, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import type { Complaint } from './rule';

/** Ports of cluster DNS: 53, and 5353 on OpenShift; the names are those of CoreDNS's own Service and pods. */
const DNS_PORTS: readonly string[] = ['53', '5353', 'dns', 'dns-tcp'];

function isDns(rule: PlanNode): boolean {
  const ports = itemsOf(at(rule, 'ports'));
  return (
    ports.length > 0 &&
    ports.every((port) => DNS_PORTS.includes(textOf(at(port, 'port')) ?? '') && at(port, 'endPort') === undefined)
  );
}

/** What a peer is judged by beside itself. */
export interface PeerContext {
  /** Namespaces that the plan creates, and so confines. */
  readonly planned: ReadonlySet<string>;
  readonly enclave: Enclave;
}

export function namespaceComplaints(
  selector: PlanNode,
  peer: PlanNode,
  rule: PlanNode,
  direction: Direction,
  { planned, enclave }: PeerContext,
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
  if (direction === 'Ingress') {
    const strange = outside.filter((name) => !isDeclaredCaller(peer, name, enclave));
    if (strange.length === 0) return [];
    return [
      {
        check: 'undeclared-caller',
        message: `the enclave declares no caller in ${strange.join(', ')} with these labels`,
        fix: 'declare the pods under callers.workloads, traces.readers or monitoring in enclave.yaml, by all their labels',
        where,
        value: strange.join(', '),
      },
    ];
  }
  if (outside.length === 0 || (somePods && isDns(rule))) return [];
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
