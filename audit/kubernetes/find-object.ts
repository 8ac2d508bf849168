/** Objects of a plan by what identifies them. */
import { groupedBy } from '../../core/remember';
import type { KubernetesObject } from './object';

const keyOf = ({ kind, namespace, name }: Pick<KubernetesObject, 'kind' | 'namespace' | 'name'>): string =>
  [kind, namespace, name].join('\u0000');

const byIdentity = groupedBy((object: KubernetesObject) => keyOf(object));

/** Objects of a kind with this name, whatever their API group; the namespace of a kind without one is empty. */
export const objectsNamed = (
  objects: readonly KubernetesObject[],
  kind: string,
  namespace: string,
  name: string,
): readonly KubernetesObject[] => byIdentity(objects, keyOf({ kind, namespace, name }));

/** Objects of one kind. */
export const objectsOfKind = groupedBy(({ kind }: KubernetesObject) => kind);

/** Objects of one name, such as namespaces. */
export const objectsByName = groupedBy(({ name }: KubernetesObject) => name);
