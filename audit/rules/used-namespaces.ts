/** Which namespaces a plan puts objects into. */
import { type KubernetesObject } from '../kubernetes/object';
import { type Place, placeIn, type Plan } from '../plan/plan';

/** Namespace → place of the first resource that uses it. */
export function usedNamespaces(plan: Plan, objects: readonly KubernetesObject[]): ReadonlyMap<string, Place> {
  const used = new Map<string, Place>();
  const use = (namespace: string, place: Place): void => {
    if (namespace !== '' && !used.has(namespace)) used.set(namespace, place);
  };
  for (const { namespace, resource, root } of objects) use(namespace, placeIn(resource, root.where));
  for (const resource of plan.stacks.flatMap((stack) => stack.resources)) {
    if (resource.type !== 'helm_release') continue;
    // Helm keeps the release itself, and with it every object, in a Secret of this namespace.
    const namespace = resource.body.entries.get('namespace');
    const name = namespace === undefined ? 'default' : namespace.kind === 'scalar' ? String(namespace.value) : '';
    use(name, placeIn(resource, (namespace ?? resource.body).where));
  }
  return used;
}
