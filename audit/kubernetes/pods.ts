/** Pod templates of every workload kind, and the containers in them. */
import { at, itemsOf, textOf, textsOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import { knownKind } from './kinds';
import { type KubernetesObject, subjectOf } from './object';

export interface PodTemplate {
  readonly object: KubernetesObject;
  /** The node that holds `metadata` and `spec`. */
  readonly root: PlanNode;
  /** Name for findings, e.g. `Deployment airlock-serving/chat`. */
  readonly subject: string;
}

export type ContainerList = 'initContainers' | 'containers' | 'ephemeralContainers';

export const CONTAINER_LISTS: readonly ContainerList[] = ['initContainers', 'containers', 'ephemeralContainers'];

const NOUN: Readonly<Record<ContainerList, string>> = {
  initContainers: 'init container',
  containers: 'container',
  ephemeralContainers: 'ephemeral container',
};

export interface Container {
  readonly pod: PodTemplate;
  readonly list: ContainerList;
  readonly node: PlanNode;
  /** Name for findings, e.g. `init container fetch`. */
  readonly label: string;
}

/** The pod template of an object; undefined for kinds that make no pods. Throws Unproven where it is unknown. */
export function podTemplateOf(object: KubernetesObject): PodTemplate | undefined {
  const path = knownKind(object.apiVersion, object.kind)?.podTemplate;
  if (path === undefined) return undefined;
  const root = at(object.root, ...path);
  return { object, root: root ?? object.root, subject: subjectOf(object) };
}

export const podSpec = (pod: PodTemplate): PlanNode | undefined => at(pod.root, 'spec');

/** Labels that policies select the pods by. */
export const podLabels = (pod: PodTemplate): ReadonlyMap<string, string> => textsOf(at(pod.root, 'metadata', 'labels'));

/** Every container of a pod: init, ordinary and ephemeral. */
export function containersOf(pod: PodTemplate): Container[] {
  return CONTAINER_LISTS.flatMap((list) =>
    itemsOf(at(podSpec(pod), list)).map((node, index) => ({
      pod,
      list,
      node,
      label: `${NOUN[list]} ${textOf(at(node, 'name')) ?? String(index)}`,
    })),
  );
}
