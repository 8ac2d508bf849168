/** The places of a plan on which nothing hangs, each with the reason: what a test of all places holds survivors against. */
import { unreadMaps } from '../configuration/unread-maps';
import { groupOf } from '../kubernetes/kinds';
import type { KubernetesObject } from '../kubernetes/object';
import { TYPED_RESOURCES } from '../kubernetes/typed-resources';
import { labeledBodies } from '../plan/blocks';
import { below, type ObjectNode, type PlanNode, type Where } from '../plan/node';
import { MAY_BE_ABSENT } from './absent';
import { fieldsOf } from './kinds';
import type { PlanStack } from '../plan/plan';
import { TERRAFORM_FIELDS } from './terraform';
import { type DisposedField, dispositionsBelow } from './unread-fields';

/** One pointer of a file, and for a value inside a Helm release the pointer in there. */
export const placeKey = (file: string, { pointer, inner }: Where): string =>
  inner === undefined ? `${file}#${pointer}` : `${file}#${pointer}#${inner}`;

/** Null stands for none (developer.hashicorp.com/terraform/language/values/variables). */
const NO_DEFAULT = 'without one, or with null, the deployer says it, or Terraform does not start';

const MAP_FIELDS = ['data', 'binaryData'];
const UNREAD_MAP =
  'no pod reads it; of what something else may find by a label, AIR-CFG-1 asks, and without it nobody is told anything';

const ALL_ABSENT = 'each of these resources may be absent';

const objectsIn = (node: PlanNode | undefined): readonly ObjectNode[] =>
  node?.kind === 'object' ? [...node.entries.values()].filter((child) => child.kind === 'object') : [];

function valuesBelow(root: PlanNode, field: string): readonly PlanNode[] {
  const map = root.kind === 'object' ? root.entries.get(field) : undefined;
  return map?.kind === 'object' ? [...map.entries.values()] : [];
}

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
  for (const { file, root } of stacks) {
    for (const one of dispositionsBelow(root, TERRAFORM_FIELDS)) add(file, one);
    for (const { body } of labeledBodies(root.entries.get('variable')))
      if (!body.entries.has('default')) places.set(placeKey(file, below(body.where, 'default')), NO_DEFAULT);
  }
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
  for (const { file, root } of stacks) {
    for (const named of objectsIn(root.entries.get('resource'))) {
      const bodies = [...named.entries.values()].map(({ where }) => placeKey(file, where));
      if (bodies.every((place) => places.has(place))) places.set(placeKey(file, named.where), ALL_ABSENT);
    }
  }
  for (const map of unreadMaps(objects))
    for (const field of MAP_FIELDS)
      for (const node of valuesBelow(map.root, field)) places.set(placeKey(map.resource.file, node.where), UNREAD_MAP);
  return places;
}
