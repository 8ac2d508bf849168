/** Kubernetes objects with their provenance, whatever resource of the plan makes them. */
import type { PlanNode } from '../plan/node';
import { type Place, placeIn, type PlanResource } from '../plan/plan';
import type { Concern } from './kinds';

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
}

/** `Deployment airlock-serving/chat`, as findings and waivers name an object. */
export const subjectOf = ({ kind, namespace, name }: KubernetesObject): string =>
  `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;

/** Place of a value of an object, by default the object itself. */
export const placeOf = (object: KubernetesObject, node: PlanNode = object.root): Place =>
  placeIn(object.resource, node.where);
