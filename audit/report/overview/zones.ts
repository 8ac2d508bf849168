/** Namespaces of the plan with what runs in them. */
import { type Direction, deniesAll, DIRECTIONS } from '../../kubernetes/network-policy';
import { containersOf } from '../../kubernetes/pods';
import { at, textOf, Unproven } from '../../plan/access';
import { podRole, type PodRole } from '../../programs/pod-role';
import { readImage } from '../../rules/image-reference';
import type { AuditContext } from '../../rules/rule';

/** A program of a workload, by what the lock knows of its image. */
export interface Part {
  /** `container engine`. */
  readonly container: string;
  /** As the plan names it. */
  readonly image: string;
  /** Name of the image in the lock; empty where the lock does not have it. */
  readonly locked: string;
}

export interface ZoneWorkload {
  readonly name: string;
  readonly role: PodRole;
  readonly parts: readonly Part[];
}

export interface Zone {
  readonly name: string;
  /** Directions that a policy shuts for every pod. */
  readonly denies: readonly Direction[];
  readonly workloads: readonly ZoneWorkload[];
}

/** What is said where only Terraform knows a value. */
export const UNKNOWN = '(known only after apply)';

/** A text of the plan, or that it is not known. */
export function orUnknown<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unproven) return otherwise;
    throw error;
  }
}

function partsOf(pod: AuditContext['pods'][number], { enclave, locked }: AuditContext): Part[] {
  return orUnknown(() => containersOf(pod), []).map(({ label, node }) => {
    const image = orUnknown(() => textOf(at(node, 'image')) ?? '', UNKNOWN);
    const planned = readImage(image, enclave);
    const found = planned === undefined ? undefined : locked.image(planned.repository ?? '', planned.digest);
    return { container: label, image, locked: found?.name ?? '' };
  });
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);

/** Every namespace that the plan makes, or makes something in. */
export function zonesOf(context: AuditContext): readonly Zone[] {
  const { namespaces, objects, pods, policies } = context;
  const names = new Set([...namespaces.map(({ name }) => name), ...objects.map(({ namespace }) => namespace)]);
  names.delete('');
  return [...names].sort().map((name) => ({
    name,
    denies: DIRECTIONS.filter((direction) =>
      policies.some((policy) => policy.namespace === name && orUnknown(() => deniesAll(policy, direction), false)),
    ),
    workloads: pods
      .filter(({ object }) => object.namespace === name)
      .map((pod) => ({
        name: pod.subject.replace(`${pod.object.kind} ${name}/`, `${pod.object.kind} `),
        role: orUnknown(() => podRole(pod, context), 'other'),
        parts: partsOf(pod, context),
      }))
      .sort(byName),
  }));
}
