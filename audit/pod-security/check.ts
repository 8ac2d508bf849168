/** What a check of the Pod Security Standards sees and says. */
import type { PlanNode } from '../plan/node';
import { at, textOf } from '../plan/access';
import { type Container, type PodTemplate, podSpec } from '../kubernetes/pods';

/** One breach of a profile. */
export interface Breach {
  /** Subject below the pod, e.g. `container engine`; empty for the pod itself. */
  readonly part: string;
  readonly message: string;
  readonly fix: string;
  readonly node: PlanNode;
  readonly value?: string;
}

export interface PodView {
  readonly pod: PodTemplate;
  readonly spec: PlanNode;
  readonly containers: readonly Container[];
  /** Minor version of the cluster's Kubernetes 1.x. */
  readonly minor: number;
}

export interface PodCheck {
  /** Id of the check in k8s.io/pod-security-admission. */
  readonly id: string;
  readonly breaches: (view: PodView) => Breach[];
}

/** The pod's and every container's security context, with the name of the part it belongs to. */
export function securityContexts({ spec, containers }: PodView): { part: string; context: PlanNode }[] {
  const parts = [
    { part: '', context: at(spec, 'securityContext') },
    ...containers.map(({ label, node }) => ({ part: label, context: at(node, 'securityContext') })),
  ];
  return parts.flatMap(({ part, context }) => (context === undefined ? [] : [{ part, context }]));
}

/** Windows pods cannot set Linux-only fields, and are exempt from the checks of them (since 1.25). */
export const isWindows = ({ spec }: PodView): boolean => textOf(at(spec, 'os', 'name')) === 'windows';

export const specOf = (pod: PodTemplate): PlanNode => podSpec(pod) ?? pod.root;
