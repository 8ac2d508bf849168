/** What a check of the Pod Security Standards sees and says. */
import type { PlanNode } from '../plan/node';
import { at, flagOf, textOf } from '../plan/access';
import { type Container, containersOf, type PodTemplate, podSpec } from '../kubernetes/pods';

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
  /** Minor version of the policy, of Kubernetes 1.x: by default that of the cluster. */
  readonly minor: number;
}

export interface PodCheck {
  /** Id of the check in k8s.io/pod-security-admission. */
  readonly id: string;
  /**
   * Minor version of the policy that has it first.
   *
   * @default - every version has it
   */
  readonly since?: number;
  /** Id of the weaker check of the baseline profile that it stands for in the restricted one. */
  readonly replaces?: string;
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

/** The first policy that exempts pods of Windows from checks of fields that only Linux has. */
const EXEMPTS_WINDOWS = 25;
/** The first policy that lets a root of a user namespace be (KEP-127); before, it was an opt-in that no plan shows. */
const TRUSTS_USER_NAMESPACES = 35;

/** Whether the pod is exempt from checks of fields that Windows does not have. */
export const isWindows = ({ spec, minor }: PodView): boolean =>
  minor >= EXEMPTS_WINDOWS && textOf(at(spec, 'os', 'name')) === 'windows';

/** Whether the users of the pod are not those of the node, and the policy makes something of it. */
export const isInUserNamespace = ({ spec, minor }: PodView): boolean =>
  minor >= TRUSTS_USER_NAMESPACES && flagOf(at(spec, 'hostUsers')) === false;

const specOf = (pod: PodTemplate): PlanNode => podSpec(pod) ?? pod.root;

/** A pod as the policy of a minor version sees it. */
export const viewOf = (pod: PodTemplate, minor: number): PodView => ({
  pod,
  spec: specOf(pod),
  containers: containersOf(pod),
  minor,
});
