/**
 * Labels that something in a cluster acts on, of which no rule says anything: a label may have another container put into a
 * pod, or give it an identity elsewhere. Automated components must put a prefix before the keys that they read
 * (kubernetes.io, "Labels and Selectors", "Syntax and character set"), so a key of a pod without one is of its author; for
 * namespaces, not all of them keep to that.
 */
import { at, entriesOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import type { Complaint } from '../rules/rule';

/** Prefixes of keys. */
const PREFIXES: readonly string[] = [
  // The kit's own, and those that Kubernetes recommends ("Recommended Labels").
  'airlock.dev/',
  'app.kubernetes.io/',
  'helm.sh/chart',
  // Judged by AIR-POD-2.
  'pod-security.kubernetes.io/',
  // The name of a namespace, which the API server sets (kubernetes.io, "Automatic labelling").
  'kubernetes.io/metadata.name',
  // kubernetes-sigs/lws api/leaderworkerset/v1.
  'leaderworkerset.sigs.k8s.io/',
];

const isKnown = (key: string, ofNamespace: boolean): boolean =>
  PREFIXES.some((known) => (known.endsWith('/') ? key.startsWith(known) : key === known)) ||
  (!ofNamespace && !key.includes('/'));

/**
 * One complaint for each label of which nobody knows who reads it.
 *
 * @param holder an object or pod template
 */
export const labelComplaints = (holder: PlanNode, ofNamespace: boolean): Complaint[] =>
  entriesOf(at(holder, 'metadata', 'labels'))
    .filter(([key]) => !isKnown(key, ofNamespace))
    .map(([key, node]) => ({
      check: 'label',
      message: `the audit does not know who acts on the label ${key}`,
      fix: 'leave it out, or waive it for this object with a reason',
      where: node.where,
      value: node.kind === 'scalar' ? (textOf(node) ?? '') : '',
      unproven: true,
    }));
