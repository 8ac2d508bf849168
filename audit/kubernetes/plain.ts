/** Objects of a plan as plain JSON, for a reader that is no rule: an API server, a tool of the reviewer. */
import { Unproven } from '../plan/access';
import type { PlanNode } from '../plan/node';
import { groupOf } from './kinds';
import type { KubernetesObject } from './object';
import { TYPED_RESOURCES } from './typed-resources';

/** A Kubernetes object as its API writes it. */
export interface PlainObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

/**
 * The JSON value of a node.
 *
 * @throws Unproven where only Terraform knows it
 */
export function plainValue(node: PlanNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plainValue);
    case 'object':
      return Object.fromEntries([...node.entries].map(([key, value]) => [key, plainValue(value)]));
    case 'unresolved':
      throw new Unproven(`the value is known only after apply: ${node.source}`, node.where);
  }
}

/** Arguments of typed resources that steer Terraform and are no part of the object. */
export const TERRAFORM_ARGUMENTS = /^(?:\/\/|dependsOn|lifecycle|provider|timeouts|wait[A-Z].*|wait)$/;

/** Fields that the provider has as strings and the API as numbers or names (structures.go, expandIntOrString). */
const INT_OR_STRING = new Set(['port', 'endPort', 'replicas', 'maxUnavailable', 'minAvailable', 'targetPort']);

function withNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNumbers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [
      key,
      INT_OR_STRING.has(key) && typeof item === 'string' && /^\d+$/.test(item) ? Number(item) : withNumbers(item),
    ]),
  );
}

/**
 * The object with its name and namespace, also where a Helm release supplies the latter; of a typed resource without
 * what steers Terraform alone.
 *
 * @throws Unproven where only Terraform knows a value of it
 */
export function plainObject({ apiVersion, kind, name, namespace, root, resource }: KubernetesObject): PlainObject {
  const typed = TYPED_RESOURCES.has(resource.type);
  const entries = Object.entries(plainValue(root) as Record<string, unknown>);
  const value = Object.fromEntries(
    typed
      ? entries.flatMap(([key, item]) => (TERRAFORM_ARGUMENTS.test(key) ? [] : [[key, withNumbers(item)]]))
      : entries,
  ) as Record<string, unknown>;
  const metadata = value['metadata'] as Record<string, unknown>;
  return { ...value, apiVersion, kind, metadata: { ...metadata, name, ...(namespace === '' ? {} : { namespace }) } };
}

/** The kind with its group, as `kubectl` takes it: `deployments.apps` is not needed, `Deployment.apps` works. */
export const qualifiedKind = ({ apiVersion, kind }: Pick<PlainObject, 'apiVersion' | 'kind'>): string => {
  const group = groupOf(apiVersion);
  return group === '' ? kind : `${kind}.${group}`;
};
