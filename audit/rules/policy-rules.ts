/** AIR-NET-2. */
import { ADDRESS_FAMILIES, AddressSet } from '../../core/address-set';
import { once, onceWithin } from '../../core/remember';
import { PHOENIX_IMAGE_NAME } from '../../site/requests/gateway';
import { type Direction, DIRECTIONS, rulesOf } from '../kubernetes/network-policy';
import { type KubernetesObject, placeOf, subjectOf } from '../kubernetes/object';
import { containersOf, type PodTemplate } from '../kubernetes/pods';
import type { Called } from '../kubernetes/policy-peers';
import { podsSelectedBy, policiesIn } from '../kubernetes/selection';
import { at, isEmptyObject, itemsOf, textOf, Unproven } from '../plan/access';
import type { PlanNode } from '../plan/node';
import { blockAddresses, portRanges, undeclared } from './destinations';
import { namespaceComplaints } from './namespace-peers';
import { runsFor, runsImage } from './runs-for';
import { type AuditContext, type Complaint, guard, judge, type Rule, type Statement } from './rule';

const ALL = { IPv4: '0.0.0.0/0', IPv6: '::/0' } as const;
const DECLARE = 'name a destination that enclave.yaml declares, with its cidr, port and protocol';

const DECLARE_CALLER = 'declare the pods under callers.workloads, traces.readers or monitoring in enclave.yaml';

const peersOf = (rule: PlanNode, direction: Direction): PlanNode | undefined =>
  at(rule, direction === 'Egress' ? 'to' : 'from');

function blockComplaints(
  ipBlock: PlanNode,
  rule: PlanNode,
  direction: Direction,
  { enclave }: AuditContext,
): Complaint[] {
  const addresses = blockAddresses(ipBlock);
  const cidr = textOf(at(ipBlock, 'cidr')) ?? '';
  const where = (at(ipBlock, 'cidr') ?? ipBlock).where;
  const all = ADDRESS_FAMILIES.find((family) => addresses.isAll(family));
  if (all !== undefined) {
    return [{ check: 'any-address', message: `the rule opens ${ALL[all]}`, fix: DECLARE, where, value: cidr }];
  }
  if (direction === 'Ingress') {
    // The kubelet reaches the pods of its node past every policy, and whoever else has an address is a caller.
    const message = 'callers by address are whoever has it; the enclave declares callers by their namespace and labels';
    return [{ check: 'undeclared', message, fix: DECLARE_CALLER, where, value: cidr }];
  }
  const ranges = portRanges(rule);
  if (ranges === undefined) {
    const message = 'the rule opens every port and protocol of these addresses';
    return [{ check: 'any-port', message, fix: 'name the port and protocol of the destination', where, value: cidr }];
  }
  return ranges.flatMap((range) => {
    const witness = undeclared(addresses, range, enclave);
    if (witness === undefined) return [];
    return [
      {
        check: 'undeclared',
        message: `the enclave declares no destination for ${witness}`,
        fix: DECLARE,
        where,
        value: cidr,
      },
    ];
  });
}

/** Who is called by each kind of declared caller, by the images of the pods. Metrics are whatever exporters show. */
const IS_CALLED: Readonly<Record<Called, (pod: PodTemplate, context: AuditContext) => boolean>> = {
  gateway: onceWithin((pod, context) => runsFor(containersOf(pod), context, (user) => user === 'gateway')),
  traces: onceWithin((pod, context) => runsImage(containersOf(pod), context, PHOENIX_IMAGE_NAME)),
  metrics: () => true,
};

/** Pods that a policy selects, and that none of these kinds of callers is declared for. */
const beyondDeclared =
  (policy: KubernetesObject, context: AuditContext) =>
  (called: readonly Called[]): string[] =>
    podsSelectedBy(policy, context.pods)
      .filter((pod) => called.every((one) => !IS_CALLED[one](pod, context)))
      .map(({ subject }) => subject);

/** Namespaces that the plan creates. */
const plannedNamespaces = once(
  (namespaces: readonly KubernetesObject[]): ReadonlySet<string> => new Set(namespaces.map(({ name }) => name)),
);

interface PolicyRule {
  readonly policy: KubernetesObject;
  readonly rule: PlanNode;
  readonly direction: Direction;
}

function peerComplaints(peer: PlanNode, { policy, rule, direction }: PolicyRule, context: AuditContext): Complaint[] {
  if (isEmptyObject(peer)) {
    return [
      { check: 'empty-peer', message: 'an empty peer', fix: 'name the peer by selector or address', where: peer.where },
    ];
  }
  const ipBlock = at(peer, 'ipBlock');
  const namespaceSelector = at(peer, 'namespaceSelector');
  const podSelector = at(peer, 'podSelector');
  if (ipBlock === undefined && namespaceSelector === undefined && podSelector === undefined) {
    throw new Unproven('a peer of a form that the audit does not know', peer.where);
  }
  return [
    ...(ipBlock === undefined ? [] : blockComplaints(ipBlock, rule, direction, context)),
    ...(namespaceSelector === undefined
      ? []
      : namespaceComplaints(namespaceSelector, peer, rule, direction, {
          planned: plannedNamespaces(context.namespaces),
          enclave: context.enclave,
          beyond: beyondDeclared(policy, context),
        })),
  ];
}

function ruleComplaints(place: PolicyRule, context: AuditContext): Complaint[] {
  const { rule, direction } = place;
  const peers = peersOf(rule, direction);
  if (peers === undefined || itemsOf(peers).length === 0) {
    const field = direction === 'Egress' ? 'to' : 'from';
    return [
      {
        check: 'any-peer',
        message: `a rule without "${field}" opens ${direction.toLowerCase()} ${direction === 'Egress' ? 'to' : 'from'} everywhere`,
        fix: `name the peers under "${field}", or remove the rule`,
        where: (peers ?? rule).where,
      },
    ];
  }
  return itemsOf(peers).flatMap((peer) => peerComplaints(peer, place, context));
}

/** Address sets that a policy opens by ipBlock, one per block, whatever pods it selects. */
const openedBy = (policy: KubernetesObject, direction: Direction): AddressSet[] =>
  rulesOf(policy, direction)
    .flatMap((rule) => itemsOf(peersOf(rule, direction)))
    .flatMap((peer) => at(peer, 'ipBlock') ?? [])
    .map(blockAddresses);

/** Policies only add up: harmless-looking halves may make a whole. One block that is a whole is a finding of its own. */
function unionStatements(namespace: string, policies: readonly KubernetesObject[]): Statement[] {
  const subject = `Namespace ${namespace}`;
  const [first] = policies;
  return DIRECTIONS.flatMap((direction) =>
    first === undefined
      ? []
      : guard(subject, placeOf(first), () => {
          const opening = policies.filter((policy) => openedBy(policy, direction).length > 0);
          const blocks = opening.flatMap((policy) => openedBy(policy, direction));
          const union = blocks.reduce((set, block) => set.union(block), AddressSet.EMPTY);
          const whole = ADDRESS_FAMILIES.filter(
            (family) => union.isAll(family) && !blocks.some((block) => block.isAll(family)),
          );
          return whole.map((family) => ({
            verdict: 'VIOLATED',
            subject,
            check: 'union',
            message: `together, the ${direction.toLowerCase()} rules of this namespace open ${ALL[family]}`,
            fix: 'narrow the address ranges',
            value: opening.map(({ name }) => name).join(', '),
            place: placeOf(opening[0] ?? first),
          }));
        }),
  );
}

export const policyRules: Rule = {
  id: 'AIR-NET-2',
  title: 'No policy opens more than the enclave declares',
  explanation:
    'An absent or empty peer list means everywhere, an absent port list every port, an empty block `egress {}` all of it. ' +
    'Reads every rule of every policy. Addresses are sets: every egress ipBlock, without its exceptions, must lie inside ' +
    'declared destinations for each port and protocol of its rule; no ingress ipBlock at all, since callers are declared by ' +
    'namespace and labels; and the union over a namespace must not be a whole address family. Namespaces must be selected ' +
    'by name; outside of the plan only cluster DNS may be called, and only pods that the enclave declares may call.',
  waivable: true,
  needs: ['policies', 'namespaces'],
  evaluate: (context) => {
    const judged = context.policies.flatMap((policy) =>
      judge(
        {
          subject: subjectOf(policy),
          place: placeOf(policy),
          proven: 'opens nothing beyond what the enclave declares',
        },
        () =>
          DIRECTIONS.flatMap((direction) =>
            rulesOf(policy, direction).flatMap((rule) => ruleComplaints({ policy, rule, direction }, context)),
          ),
      ),
    );
    const namespaces = [...new Set(context.policies.map(({ namespace }) => namespace))].sort();
    const unions = namespaces.flatMap((namespace) =>
      unionStatements(namespace, policiesIn(context.policies, namespace)),
    );
    return [...judged, ...unions];
  },
};
