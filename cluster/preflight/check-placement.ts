/** Whether every pod of the plan finds a node that is there, ready, labeled and large enough. */
import type { Node } from 'kubernetes-types/core/v1';
import type { PlainObject } from '../../audit/kubernetes/plain';
import { type PlannedPods, podsOf } from '../pod-specs';
import type { ClusterFacts } from './facts';
import { fail, type Finding, ok } from './finding';
import {
  allocatable,
  type Amounts,
  isCordoned,
  isReady,
  isSelected,
  lacking,
  podRequests,
  untolerated,
  without,
} from './placement';

interface Place {
  readonly name: string;
  readonly node: Node;
  left: Amounts;
}

const selectorText = ({ spec }: PlannedPods): string =>
  Object.entries(spec.nodeSelector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',') || 'any node';

/** Why none of the selected nodes takes a pod. */
function reasons(pods: PlannedPods, places: readonly Place[]): string {
  const why = places.map(({ name, node, left }) => {
    if (!isReady(node)) return `${name} is not ready`;
    if (isCordoned(node)) return `${name} is cordoned`;
    const [taint] = untolerated(node, pods.spec);
    if (taint !== undefined) return `${name} has the taint ${taint.key}=${taint.value ?? ''}:${taint.effect}`;
    return `${name} lacks ${lacking(podRequests(pods.spec), left).join(', ')}`;
  });
  return why.join('; ');
}

const usable = ({ node }: Place, { spec }: PlannedPods): boolean =>
  isReady(node) && !isCordoned(node) && untolerated(node, spec).length === 0;

/** Takes the room of as many replicas as fit, and says how many did. */
function place(pods: PlannedPods, places: readonly Place[]): number {
  const wanted = podRequests(pods.spec);
  let placed = 0;
  for (; placed < (pods.replicas ?? 0); placed += 1) {
    const free = places.find((candidate) => usable(candidate, pods) && lacking(wanted, candidate.left).length === 0);
    if (free === undefined) break;
    free.left = without(free.left, wanted);
  }
  return placed;
}

const size = (pods: PlannedPods): number =>
  [...podRequests(pods.spec)].filter(([name]) => name.includes('/')).reduce((sum, [, amount]) => sum + amount, 0);

/**
 * Places the pods one after another, those with the most devices first, as if the cluster ran nothing else.
 *
 * A pod for every node (DaemonSet) is left to the nodes that there are.
 */
export function checkPlacement({ nodes }: ClusterFacts, objects: readonly PlainObject[]): Finding[] {
  const places = nodes.map((node): Place => ({ name: node.metadata?.name ?? '', node, left: allocatable(node) }));
  const all = objects.flatMap(podsOf).filter(({ replicas }) => replicas !== undefined);
  return [...all]
    .sort((a, b) => size(b) - size(a))
    .map((pods) => {
      const selected = places.filter(({ node }) => isSelected(node, pods.spec));
      if (selected.length === 0) {
        return fail(
          'placement',
          pods.subject,
          `no node has the labels ${selectorText(pods)}`,
          'let the nodes of the pool register with their labels: `airlock node-config` writes the files',
        );
      }
      const placed = place(pods, selected);
      const wanted = pods.replicas ?? 0;
      if (placed === wanted)
        return ok('placement', pods.subject, `${String(wanted)} of ${String(wanted)} replicas find a node`);
      return fail(
        'placement',
        pods.subject,
        `${String(placed)} of ${String(wanted)} replicas find a node: ${reasons(pods, selected)}`,
        'mend or add nodes of the pool, check that the device plugin runs, or lower the replicas',
      );
    })
    .sort((a, b) => (a.subject < b.subject ? -1 : 1));
}
