/** ConfigMaps that nothing in the plan reads: no pod of their namespace, and no admission policy. */
import { parameterOf } from '../admission/locked-list';
import type { KubernetesObject } from '../kubernetes/object';
import { type Container, containersOf, podSpec, type PodTemplate, podTemplatesOf } from '../kubernetes/pods';
import { once } from '../../core/remember';
import { at, itemsOf, textOf, Unproven } from '../plan/access';
import type { PlanNode } from '../plan/node';

const key = (namespace: string, name: string): string => `${namespace}/${name}`;

const nameAt = (node: PlanNode | undefined, ...path: readonly string[]): string[] => {
  const name = textOf(at(node, ...path, 'name'));
  return name === undefined ? [] : [name];
};

const ofVolume = (volume: PlanNode): string[] => [
  ...nameAt(volume, 'configMap'),
  ...itemsOf(at(volume, 'projected', 'sources')).flatMap((source) => nameAt(source, 'configMap')),
];

const ofContainer = ({ node }: Container): string[] => [
  ...itemsOf(at(node, 'envFrom')).flatMap((source) => nameAt(source, 'configMapRef')),
  ...itemsOf(at(node, 'env')).flatMap((variable) => nameAt(variable, 'valueFrom', 'configMapKeyRef')),
];

const ofPod = (pod: PodTemplate): string[] => [
  ...itemsOf(at(podSpec(pod), 'volumes')).flatMap(ofVolume),
  ...containersOf(pod).flatMap(ofContainer),
];

/** What an object reads; of one that cannot be read, other rules say so. */
const readBy = once((object: KubernetesObject): readonly string[] => {
  try {
    if (object.kind === 'ValidatingAdmissionPolicyBinding') {
      const parameter = parameterOf(object.root);
      return parameter === undefined ? [] : [key(parameter.namespace, parameter.name)];
    }
    return podTemplatesOf(object).flatMap((pod) => ofPod(pod).map((name) => key(object.namespace, name)));
  } catch (error) {
    if (error instanceof Unproven) return [];
    throw error;
  }
});

/** Every ConfigMap of the plan that nothing in it reads. */
export const unreadMaps = once((objects: readonly KubernetesObject[]): readonly KubernetesObject[] => {
  const read = new Set(objects.flatMap(readBy));
  return objects.filter(
    ({ apiVersion, kind, namespace, name }) =>
      apiVersion === 'v1' && kind === 'ConfigMap' && !read.has(key(namespace, name)),
  );
});
