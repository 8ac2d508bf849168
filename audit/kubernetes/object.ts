/** Kubernetes objects with their provenance, whatever resource of the plan makes them. */
import { once } from '../../core/remember';
import type { PlanNode } from '../plan/node';
import { type Place, placeIn, type PlanResource } from '../plan/plan';
import { type Concern, CONCERNS } from './kinds';

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Empty for cluster-scoped kinds. */
  readonly namespace: string;
  /** The object in the field names of the Kubernetes API. */
  readonly root: PlanNode;
  readonly resource: PlanResource;
  /** True where Helm makes it a hook: made and deleted outside of the release's own objects. */
  readonly hook: boolean;
}

/** A part of the plan that may hold objects, but does not show which. */
export interface Gap {
  readonly subject: string;
  readonly concerns: readonly Concern[];
  readonly message: string;
  readonly fix: string;
  readonly place: Place;
  /**
   * All that nobody has read, which a waiver accepts.
   *
   * @default - what stands at the place
   */
  readonly unread?: Place;
  /** Namespace that it can only be about, where that is known. */
  readonly namespace?: string;
  /** Whether it may hold objects of any kind, as a chart does that is not read; else it is what its concerns say. */
  readonly holdsAny?: boolean;
}

/** Something that the plan was not seen to make; what could not be read may be it. */
export interface Lack {
  readonly concern: Concern;
  /** Namespace that it would be in, or that it would be; absent where that may be any. */
  readonly namespace?: string;
}

/** Whether what could not be read may be what was not found. */
export const mayBe = ({ concerns, namespace, holdsAny = false }: Gap, lack: Lack): boolean =>
  (holdsAny || concerns.length < CONCERNS.length) &&
  concerns.includes(lack.concern) &&
  (namespace === undefined || lack.namespace === undefined || namespace === lack.namespace);

/** `Deployment airlock-serving/chat`, as findings and waivers name an object. */
export const subjectOf = ({ kind, namespace, name }: KubernetesObject): string =>
  `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;

const placeOfRoot = once(({ resource, root }: KubernetesObject): Place => placeIn(resource, root.where));

/** Place of a value of an object, by default the object itself. */
export const placeOf = (object: KubernetesObject, node: PlanNode = object.root): Place =>
  node === object.root ? placeOfRoot(object) : placeIn(object.resource, node.where);
