/** The places of a plan on which nothing hangs, each with the reason: what a test of all places holds survivors against. */
import { groupOf } from '../kubernetes/kinds';
import type { KubernetesObject } from '../kubernetes/object';
import { TYPED_RESOURCES } from '../kubernetes/typed-resources';
import type { Where } from '../plan/node';
import { MAY_BE_ABSENT } from './absent';
import { fieldsOf } from './kinds';
import type { PlanStack } from '../plan/plan';
import { TERRAFORM_FIELDS } from './terraform';
import { type DisposedField, dispositionsBelow } from './unread-fields';

/** One pointer of a file, and for a value inside a Helm release the pointer in there. */
export const placeKey = (file: string, { pointer, inner }: Where): string =>
  inner === undefined ? `${file}#${pointer}` : `${file}#${pointer}#${inner}`;

/** Place → why nothing hangs on it. */
export function harmlessPlaces(
  stacks: readonly PlanStack[],
  objects: readonly KubernetesObject[],
): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  const add = (file: string, { node, disposition }: DisposedField): void => {
    const reason = 'reason' in disposition ? disposition.reason : disposition.otherwise;
    if (reason !== undefined) places.set(placeKey(file, node.where), reason);
  };
  for (const { file, root } of stacks) for (const one of dispositionsBelow(root, TERRAFORM_FIELDS)) add(file, one);
  const needed = new Set<string>();
  for (const { apiVersion, kind, root, resource } of objects) {
    const absent = MAY_BE_ABSENT[`${groupOf(apiVersion)}/${kind}`];
    const place = placeKey(resource.file, { pointer: resource.body.where.pointer });
    if (absent === undefined) needed.add(place);
    else {
      places.set(placeKey(resource.file, root.where), absent);
      if (!needed.has(place)) places.set(place, absent);
    }
    const table = fieldsOf(`${groupOf(apiVersion)}/${kind}`, TYPED_RESOURCES.has(resource.type)) ?? {};
    for (const one of dispositionsBelow(root, table)) add(resource.file, one);
  }
  for (const place of needed) places.delete(place);
  return places;
}
