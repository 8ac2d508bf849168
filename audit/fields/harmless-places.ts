/** The places of a plan on which nothing hangs, each with the reason: what a test of all places holds survivors against. */
import { groupOf } from '../kubernetes/kinds';
import type { KubernetesObject } from '../kubernetes/object';
import { TYPED_RESOURCES } from '../kubernetes/typed-resources';
import type { Where } from '../plan/node';
import { fieldsOf } from './kinds';
import { dispositionsBelow } from './unread-fields';

/** One pointer of a file, and for a value inside a Helm release the pointer in there. */
export const placeKey = (file: string, { pointer, inner }: Where): string =>
  inner === undefined ? `${file}#${pointer}` : `${file}#${pointer}#${inner}`;

/** Place → why nothing hangs on it. */
export function harmlessPlaces(objects: readonly KubernetesObject[]): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const { apiVersion, kind, root, resource } of objects) {
    const table = fieldsOf(`${groupOf(apiVersion)}/${kind}`, TYPED_RESOURCES.has(resource.type)) ?? {};
    for (const { node, disposition } of dispositionsBelow(root, table)) {
      if ('reason' in disposition) places.set(placeKey(resource.file, node.where), disposition.reason);
    }
  }
  return places;
}
