/** Judges the selector peers of a NetworkPolicy rule. */
import type { Direction } from '../kubernetes/network-policy';
import { DISTRIBUTIONS } from '../../catalog/distributions';
import { type Called, declaredToCall, NAME_LABEL, namedNamespaces, podRequirements } from '../kubernetes/policy-peers';
import { requirementsOf } from '../kubernetes/selectors';
import type { Enclave } from '../../site/generated/enclave';
import { at, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import type { Complaint } from './rule';

/** Names of the ports of CoreDNS's own pods. */
const DNS_PORT_NAMES: readonly string[] = ['dns', 'dns-tcp'];
/** How resolvers are asked; absent is TCP. */
const DNS_PROTOCOLS: readonly string[] = ['TCP', 'UDP'];

/** Whether a peer is, in these namespaces, no more than the resolver of a distribution of Kubernetes, on its own port. */
function isResolver(rule: PlanNode, peer: PlanNode, namespaces: readonly string[]): boolean {
  const ports = itemsOf(at(rule, 'ports'));
  const labels = podRequirements(peer);
  return Object.values(DISTRIBUTIONS).some(
    ({ dns }) =>
      namespaces.every((name) => name === dns.namespace) &&
      Object.entries(dns.podLabels).every(([key, value]) =>
        labels.some((one) => one.key === key && one.operator === 'In' && one.values.every((each) => each === value)),
      ) &&
      ports.length > 0 &&
      ports.every(
        (port) =>
          [String(dns.port), ...DNS_PORT_NAMES].includes(textOf(at(port, 'port')) ?? '') &&
          DNS_PROTOCOLS.includes(textOf(at(port, 'protocol')) ?? 'TCP') &&
          at(port, 'endPort') === undefined,
      ),
  );
}

/** What a peer is judged by beside itself. */
export interface PeerContext {
  /** Namespaces that the plan creates, and so confines. */
  readonly planned: ReadonlySet<string>;
  readonly enclave: Enclave;
  /** Pods that the policy selects, of those that callers of this kind are not declared for. */
  readonly beyond: (called: readonly Called[]) => readonly string[];
}

export function namespaceComplaints(
  selector: PlanNode,
  peer: PlanNode,
  rule: PlanNode,
  direction: Direction,
  { planned, enclave, beyond }: PeerContext,
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
  if (direction === 'Ingress') {
    const strange = outside.filter((name) => declaredToCall(peer, name, enclave).length === 0);
    const opened = outside.flatMap((name) => {
      const called = declaredToCall(peer, name, enclave);
      return called.length === 0 ? [] : beyond(called);
    });
    if (strange.length === 0 && opened.length === 0) return [];
    if (strange.length === 0)
      return [
        {
          check: 'undeclared-caller',
          message: `the enclave declares these callers for something else, and this opens ${[...new Set(opened)].join(', ')}`,
          fix: 'select only the pods that they are declared to call',
          where,
          value: outside.join(', '),
        },
      ];
    return [
      {
        check: 'undeclared-caller',
        message: `the enclave declares no caller in ${strange.join(', ')} with these labels`,
        fix: 'declare the pods under callers.workloads, traces.readers or monitoring in enclave.yaml, by all their labels',
        where,
        value: strange.join(', '),
        lacks: { concern: 'namespaces', ...(strange.length === 1 ? { namespace: strange[0] ?? '' } : {}) },
      },
    ];
  }
  if (outside.length === 0 || isResolver(rule, peer, outside)) return [];
  return [
    {
      check: 'foreign-namespace',
      message: `what runs in ${outside.join(', ')}, and where it sends what it is sent, is not part of the plan`,
      fix: 'for cluster DNS, select its pods and port 53; for anything else declare a destination in the enclave',
      where,
      value: outside.join(', '),
      unproven: true,
      lacks: { concern: 'namespaces', ...(outside.length === 1 ? { namespace: outside[0] ?? '' } : {}) },
    },
  ];
}
