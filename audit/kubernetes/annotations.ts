/**
 * Annotations that something in a cluster acts on, of which no rule says anything. One may give a pod another network beside
 * that of its policies (k8snetworkplumbingwg/multus-cni, docs/how-to-use.md), share a Service with other clusters
 * (docs.cilium.io, "Load-balancing & Service Discovery"), or have a container put into the pod; what reads them is not in
 * the plan. So the harmless ones are listed, and every other one is unproven.
 */
import { entriesOf, at, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import type { Complaint } from '../rules/rule';

/** Whole keys, and prefixes that end in `/`. */
const HARMLESS: readonly string[] = [
  // The kit's own: notes, and digests that restart pods.
  'airlock.dev/',
  // kubernetes.io, "Well-Known Labels, Annotations and Taints": of kubectl, of the drain of nodes, of which pod goes first.
  'kubectl.kubernetes.io/default-container',
  'kubectl.kubernetes.io/restartedAt',
  'cluster-autoscaler.kubernetes.io/safe-to-evict',
  // Judged by AIR-POD-1.
  'container.apparmor.security.beta.kubernetes.io/',
  // Judged as hooks.
  'helm.sh/hook',
  'helm.sh/hook-weight',
  'helm.sh/hook-delete-policy',
  'helm.sh/resource-policy',
  // docs.openshift.com, "Managing security context constraints": ranges of ids, of groups and of labels.
  'openshift.io/sa.scc.',
  // kubernetes-sigs/lws api/leaderworkerset/v1: which pods lie on the same node pool.
  'leaderworkerset.sigs.k8s.io/',
];

const isHarmless = (key: string): boolean =>
  HARMLESS.some((known) => (/[/.]$/.test(known) ? key.startsWith(known) : key === known));

/**
 * One complaint for each annotation of which nobody knows who reads it.
 *
 * @param holder an object or pod template
 */
export const annotationComplaints = (holder: PlanNode): Complaint[] =>
  entriesOf(at(holder, 'metadata', 'annotations'))
    .filter(([key]) => !isHarmless(key))
    .map(([key, node]) => ({
      check: 'annotation',
      message: `the audit does not know who acts on the annotation ${key}`,
      fix: 'leave it out, or waive it for this object with a reason',
      where: node.where,
      value: node.kind === 'scalar' ? (textOf(node) ?? '') : '',
      unproven: true,
    }));
