/** Pod templates of every workload kind, and the containers in them. */
import { once } from '../../core/remember';
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

/** The pod templates of an object; none for kinds that make no pods. Throws Unproven where they are unknown. */
export const podTemplatesOf = once((object: KubernetesObject): readonly PodTemplate[] => {
  const paths = knownKind(object.apiVersion, object.kind)?.podTemplates ?? [];
  const found = paths.flatMap((path) => {
    const root = at(object.root, ...path);
    if (root === undefined) return [];
    // Kinds with several are told apart by the template's own name in the kind.
    const part = paths.length > 1 ? ` ${path.at(-1) ?? ''}` : '';
    return [{ object, root, subject: `${subjectOf(object)}${part}` }];
  });
  return paths.length > 0 && found.length === 0 ? [{ object, root: object.root, subject: subjectOf(object) }] : found;
});

export const podSpec = (pod: PodTemplate): PlanNode | undefined => at(pod.root, 'spec');

/** Labels that policies select the pods by. */
export const podLabels = once((pod: PodTemplate): ReadonlyMap<string, string> =>
  textsOf(at(pod.root, 'metadata', 'labels')),
);

/** Every container of a pod: init, ordinary and ephemeral. */
export const containersOf = once((pod: PodTemplate): readonly Container[] =>
  CONTAINER_LISTS.flatMap((list) =>
    itemsOf(at(podSpec(pod), list)).map((node, index) => ({
      pod,
      list,
      node,
      label: `${NOUN[list]} ${textOf(at(node, 'name')) ?? String(index)}`,
    })),
  ),
);
