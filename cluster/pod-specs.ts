/** Pod templates of planned objects, in the types of the Kubernetes API. */
import type { PodSpec } from 'kubernetes-types/core/v1';
import { knownKind } from '../audit/kubernetes/kinds';
import type { PlainObject } from '../audit/kubernetes/plain';

export interface PlannedPods {
  /** `Deployment airlock-serving/chat`. */
  readonly subject: string;
  readonly namespace: string;
  readonly spec: PodSpec;
  /** How many run at a time; undefined for one on every node. */
  readonly replicas: number | undefined;
}

const pick = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((found, key) => (found as Record<string, unknown> | undefined)?.[key], value);

interface Counts {
  readonly replicas?: number;
  readonly leaderWorkerTemplate?: { readonly size?: number };
}

/** @param path of the pod template: a LeaderWorkerSet has a leader and `size - 1` workers in each replica */
const replicasOf = ({ kind, spec }: PlainObject, path: readonly string[]): number | undefined => {
  if (kind === 'DaemonSet') return undefined;
  const { replicas = 1, leaderWorkerTemplate: { size = 1 } = {} } = (spec ?? {}) as Counts;
  return path.at(-1) === 'workerTemplate' ? replicas * (size - 1) : replicas;
};

/** The pods that an object makes; none for most kinds. */
export function podsOf(object: PlainObject): PlannedPods[] {
  const { name, namespace = 'default' } = object.metadata;
  return (knownKind(object.apiVersion, object.kind)?.podTemplates ?? []).flatMap((path) => {
    const spec = pick(object, [...path, 'spec']) as PodSpec | undefined;
    if (spec === undefined) return [];
    return [{ subject: `${object.kind} ${namespace}/${name}`, namespace, spec, replicas: replicasOf(object, path) }];
  });
}
