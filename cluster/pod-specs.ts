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

const replicasOf = ({ kind, spec }: PlainObject): number | undefined => {
  if (kind === 'DaemonSet') return undefined;
  const { replicas } = (spec ?? {}) as { readonly replicas?: number };
  return replicas ?? 1;
};

/** The pods that an object makes; none for most kinds. */
export function podsOf(object: PlainObject): PlannedPods[] {
  const path = knownKind(object.apiVersion, object.kind)?.podTemplate;
  const spec = path === undefined ? undefined : (pick(object, [...path, 'spec']) as PodSpec | undefined);
  if (spec === undefined) return [];
  const { name, namespace = 'default' } = object.metadata;
  return [{ subject: `${object.kind} ${namespace}/${name}`, namespace, spec, replicas: replicasOf(object) }];
}
