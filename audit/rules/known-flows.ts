/** AIR-NET-8. */
import { STATS_PORT, TRAFFIC_PORT } from '../../gateway/agentgateway/config';
import { RATE_LIMIT_PORT } from '../../gateway/rate-limit/service';
import { VALKEY_PORT } from '../../gateway/rate-limit/store';
import { WEIGHT_MIRROR_PORT } from '../../engines/weights/mirror';
import { COLLECTOR_PORTS } from '../../telemetry/traces/collector';
import { PHOENIX_METRICS_PORT, PHOENIX_PORT } from '../../telemetry/traces/phoenix';
import { DATABASE_PORT } from '../../telemetry/traces/postgres';
import { rulesOf } from '../kubernetes/network-policy';
import { type KubernetesObject, placeOf, subjectOf } from '../kubernetes/object';
import type { PodTemplate } from '../kubernetes/pods';
import { type Called, declaredToCall, namedNamespaces, peerPods } from '../kubernetes/policy-peers';
import { podsSelectedBy } from '../kubernetes/selection';
import { at, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import { podRole, type PodRole } from '../programs/pod-role';
import { type AuditContext, type Complaint, guard, judge, type Rule } from './rule';

const FIX =
  'open only the flows of the contracts: docs/contracts.md; one policy for each, with its own selector and port';

/** Who calls: a part of the platform, or pods that the enclave declares as callers of something. */
type Caller = PodRole | `declared ${Called}`;

const COLLECTING: readonly number[] = [COLLECTOR_PORTS.grpc, COLLECTOR_PORTS.http];

type Callers = Readonly<Partial<Record<Caller, readonly number[]>>>;

/** Part of the platform → who may call it → ports. Of engines, AIR-NET-5 speaks; of what the site adds, nothing calls it. */
const FLOWS: Readonly<Record<Exclude<PodRole, 'engine' | 'other'>, Callers>> = {
  gateway: { 'declared gateway': [TRAFFIC_PORT], 'declared metrics': [STATS_PORT] },
  'rate-limit': { gateway: [RATE_LIMIT_PORT] },
  'rate-limit-store': { 'rate-limit': [VALKEY_PORT] },
  'weight-mirror': {
    engine: [WEIGHT_MIRROR_PORT],
    'weight-fetch': [WEIGHT_MIRROR_PORT],
    'declared metrics': [WEIGHT_MIRROR_PORT],
  },
  'trace-collector': { gateway: COLLECTING, engine: COLLECTING, 'declared metrics': [COLLECTOR_PORTS.metrics] },
  'trace-store': {
    'trace-collector': [PHOENIX_PORT],
    'declared traces': [PHOENIX_PORT],
    'declared metrics': [PHOENIX_METRICS_PORT],
  },
  'trace-database': { 'trace-store': [DATABASE_PORT], 'trace-backup': [DATABASE_PORT] },
  'trace-backup': {},
  'weight-fetch': {},
};

/** A caller with all that it is declared for. */
interface Calling {
  readonly name: string;
  readonly as: readonly Caller[];
}

/** Who a peer can be: pods of the plan by their roles, and pods that the enclave declares. */
function callersOf(peer: PlanNode, policy: KubernetesObject, context: AuditContext): Calling[] {
  const selector = at(peer, 'namespaceSelector');
  const names = selector === undefined ? [policy.namespace] : (namedNamespaces(selector) ?? []);
  const declared = names.flatMap((name) => declaredToCall(peer, name, context.enclave));
  const roles = peerPods(peer, policy.namespace, context.pods).map((pod) => podRole(pod, context));
  return [
    // Pods that the enclave declares may stand in the plan as well.
    ...[...new Set(roles)]
      .filter((role) => role !== 'other' || declared.length === 0)
      .map((role) => ({ name: role, as: [role] })),
    ...(declared.length === 0
      ? []
      : [
          {
            name: `a declared caller of ${declared.join(', ')}`,
            as: declared.map((one) => `declared ${one}` as const),
          },
        ]),
  ];
}

/** Ports that a rule opens; undefined where it does not say them one by one. */
function portsOf(rule: PlanNode): readonly number[] | undefined {
  const ports = itemsOf(at(rule, 'ports'));
  const numbers = ports.map((port) =>
    at(port, 'endPort') === undefined ? Number(textOf(at(port, 'port'))) : Number.NaN,
  );
  return ports.length > 0 && numbers.every(Number.isInteger) ? numbers : undefined;
}

/** One rule for one pod, as one peer has it. */
interface Opened {
  readonly pod: PodTemplate;
  readonly role: PodRole;
  readonly rule: PlanNode;
  readonly peer: PlanNode;
}

function flowComplaints({ name, as }: Calling, { pod, role, rule, peer }: Opened): Complaint[] {
  if (role === 'engine' || (role === 'other' && as.every((caller) => caller === 'other'))) return [];
  const complaint = (message: string): Complaint => ({
    check: 'flow',
    message,
    fix: FIX,
    where: peer.where,
    unproven: true,
  });
  const allowed = role === 'other' ? [] : as.flatMap((caller) => FLOWS[role][caller] ?? []);
  if (allowed.length === 0) return [complaint(`no contract lets ${name} call ${role} (${pod.subject})`)];
  const opened = portsOf(rule);
  if (opened === undefined)
    return [complaint(`${name} may call ${role} on ${allowed.join(', ')} alone, and the rule names no such ports`)];
  const strange = opened.filter((port) => !allowed.includes(port));
  return strange.length === 0
    ? []
    : [complaint(`${name} may call ${role} on ${allowed.join(', ')}, and not on ${strange.join(', ')}`)];
}

function policyComplaints(policy: KubernetesObject, context: AuditContext): Complaint[] {
  const targets = podsSelectedBy(policy, context.pods);
  const found = rulesOf(policy, 'Ingress').flatMap((rule) =>
    itemsOf(at(rule, 'from')).flatMap((peer) =>
      callersOf(peer, policy, context).flatMap((calling) =>
        targets.flatMap((pod) => flowComplaints(calling, { pod, role: podRole(pod, context), rule, peer })),
      ),
    ),
  );
  return [
    ...new Map(found.map((complaint) => [`${complaint.where.pointer} ${complaint.message}`, complaint])).values(),
  ];
}

export const knownFlows: Rule = {
  id: 'AIR-NET-8',
  title: 'Parts of the platform call each other as their contracts say, and not otherwise',
  explanation:
    'A database that any pod of the platform may call is guarded by its password alone, and a port of an administrator is ' +
    'behind the same address as that of callers. Reads every rule that lets somebody in to a part of the platform, which is ' +
    'known by its image: who may call it, and on which ports, stands in the contracts of gateway, traces and weights; pods ' +
    'outside of the plan may call what the enclave declares them for.',
  waivable: true,
  needs: ['policies', 'pods'],
  evaluate: (context) =>
    context.policies.flatMap((policy) => {
      const [subject, place] = [subjectOf(policy), placeOf(policy)];
      return guard(subject, place, () =>
        rulesOf(policy, 'Ingress').length === 0
          ? []
          : judge({ subject, place, proven: 'opens what a contract lists' }, () => policyComplaints(policy, context)),
      );
    }),
};
