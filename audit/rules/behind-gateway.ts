/** AIR-NET-5. */
import { once, onceWithin } from '../../core/remember';
import { isolates, rulesOf } from '../kubernetes/network-policy';
import { type KubernetesObject, placeOf, subjectOf } from '../kubernetes/object';
import { type Container, containersOf, podLabels, type PodTemplate } from '../kubernetes/pods';
import { peerPods } from '../kubernetes/policy-peers';
import { policiesIn, policiesSelecting } from '../kubernetes/selection';
import { at, itemsOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import { type AuditContext, type Complaint, guard, judge, type Rule, type Statement } from './rule';
import { runsFor } from './runs-for';

const FIX = 'let the gateway’s pods alone reach engines, by the name of their namespace and their labels';

/** Containers of the pod that stay: an init container serves nobody, unless it is a sidecar (KEP-753). */
const serving = (pod: PodTemplate): Container[] =>
  containersOf(pod).filter(({ list, node }) => list !== 'initContainers' || at(node, 'restartPolicy') !== undefined);

const isEngine = (pod: PodTemplate, context: AuditContext): boolean =>
  runsFor(serving(pod), context, (user) => user.startsWith('serving/'));
/** The whole pod: what stays beside the gateway calls with its address. */
const isGateway = onceWithin((pod: PodTemplate, context: AuditContext): boolean =>
  serving(pod).every((container) => runsFor([container], context, (user) => user === 'gateway')),
);

/** Of the policies of one namespace. */
const isolatingIngress = once((policies: readonly KubernetesObject[]): readonly KubernetesObject[] =>
  policies.filter((policy) => isolates(policy, 'Ingress')),
);

function peerComplaints(
  peer: PlanNode,
  policy: KubernetesObject,
  pod: PodTemplate,
  context: AuditContext,
): Complaint[] {
  const complaint = (check: string, message: string): Complaint[] => [{ check, message, fix: FIX, where: peer.where }];
  const from = `${policy.name} opens the engine`;
  if (at(peer, 'ipBlock') !== undefined) return complaint('direct', `${from} to addresses, whoever has them`);
  const pods = peerPods(peer, policy.namespace, context.pods);
  if (pods.length === 0)
    return complaint('direct', `${from} to pods that the plan does not make`).map((one) => ({
      ...one,
      lacks: { concern: 'pods' as const },
    }));
  // The pods of a replica that spans nodes talk to each other.
  const strange = pods.filter((one) => one.object !== pod.object && !isGateway(one, context));
  return strange.length === 0
    ? []
    : complaint('direct', `${from} to ${strange.map(({ subject }) => subject).join(', ')}`);
}

function engineComplaints(pod: PodTemplate, context: AuditContext): Complaint[] {
  const own = isolatingIngress(policiesIn(context.policies, pod.object.namespace));
  const policies = policiesSelecting(own, podLabels(pod));
  if (policies.length === 0)
    return [
      {
        check: 'open',
        message: 'no policy isolates it, so everybody may call it',
        fix: 'deny all ingress in its namespace, and let the gateway in',
        where: pod.root.where,
        lacks: { concern: 'policies', namespace: pod.object.namespace },
      },
    ];
  return policies.flatMap((policy) =>
    rulesOf(policy, 'Ingress').flatMap((rule) => {
      const peers = itemsOf(at(rule, 'from'));
      if (peers.length > 0) return peers.flatMap((peer) => peerComplaints(peer, policy, pod, context));
      return [{ check: 'open', message: `${policy.name} opens it to everybody`, fix: FIX, where: rule.where }];
    }),
  );
}

export const behindGateway: Rule = {
  id: 'AIR-NET-5',
  title: 'No caller reaches an engine but through the gateway',
  explanation:
    'Engines ask nobody who they are, keep no budget, redact nothing and serve paths that change them. Reads every ' +
    'policy that selects the pods of an engine, which is any container whose image the lock carries for a serving: who may ' +
    'come in must be pods of the plan whose image the lock carries for the gateway, or other pods of the same replica. ' +
    'Monitoring counts as a caller, since most engines serve metrics and models on one port.',
  waivable: true,
  needs: ['policies', 'pods'],
  evaluate: (context): Statement[] =>
    context.pods.flatMap((pod) => {
      const [subject, place] = [subjectOf(pod.object), placeOf(pod.object)];
      return guard(subject, place, () =>
        isEngine(pod, context)
          ? judge({ subject, place, proven: 'nobody but the gateway reaches it' }, () => engineComplaints(pod, context))
          : [],
      );
    }),
};
