/** What is no part of an object: how Terraform makes it, its backends and providers, files beside the configurations. */
import { differences, formatPath } from '../../core/field-path';
import { type KubernetesObject, subjectOf } from '../kubernetes/object';
import { TYPED_RESOURCES } from '../kubernetes/typed-resources';
import { Unproven } from '../plan/access';
import type { ObjectNode } from '../plan/node';
import type { Plan, PlanResource } from '../plan/plan';
import { outlivesPlan } from '../rules/kept-state';
import { valueOf } from '../waivers/accepted-value';
import { type Change, changesOf } from './change';
import { type ComparedObject, holdsState, ordered } from './object-changes';
import { sides } from './values';

/** One side of a comparison. */
export interface PlanSide {
  readonly plan: Plan;
  readonly objects: readonly KubernetesObject[];
}

/** Arguments of a typed resource that are no part of its object. */
const TERRAFORM = /^(?:depends_on|lifecycle|provider|timeouts|count|for_each|wait|wait_.*)$/;

/** Whether the objects of a resource, which are compared by themselves, say this argument. */
function isSaidByObjects({ type }: PlanResource, argument: string): boolean {
  if (type === 'helm_release') return argument === 'values';
  if (type === 'kubernetes_manifest') return argument === 'manifest';
  return TYPED_RESOURCES.has(type) && !TERRAFORM.test(argument);
}

function valuesOf(body: ObjectNode, isLeftOut: (argument: string) => boolean): Record<string, unknown> {
  const entries = [...body.entries].filter(([key]) => key !== '//' && !isLeftOut(key));
  return Object.fromEntries(
    entries.map(([key, node]) => {
      const value = ordered(valueOf(node));
      // Terraform reads a set.
      return [key, key === 'depends_on' && Array.isArray(value) ? value.map(String).sort() : value];
    }),
  );
}

const nameOf = ({ stack, address }: PlanResource): string => `${address} of stack ${stack}`;

interface Resource {
  readonly values: Record<string, unknown>;
  /** Whether its objects are compared by themselves. */
  readonly isSeen: boolean;
}

function resourcesOf({ plan, objects }: PlanSide): ReadonlyMap<string, Resource> {
  const seen = new Set(objects.map(({ resource }) => resource));
  return new Map(
    plan.stacks
      .flatMap(({ resources }) => resources)
      .map((resource) => {
        const isSeen = seen.has(resource);
        const values = valuesOf(resource.body, (argument) => isSeen && isSaidByObjects(resource, argument));
        return [nameOf(resource), { values, isSeen }] as const;
      }),
  );
}

const fieldsOf = (subject: string, before: unknown, after: unknown): Change[] =>
  differences(before, after).map(({ path, planned, live }) => {
    const last = path.at(-1);
    return {
      kind: 'other',
      subject,
      what: formatPath(path),
      ...sides(typeof last === 'string' ? last : '', planned, live),
    };
  });

function argumentChanges(before: PlanSide, after: PlanSide): Change[] {
  const [old, now] = [resourcesOf(before), resourcesOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((key): Change[] => {
    const [left, right] = [old.get(key), now.get(key)];
    if (left !== undefined && right !== undefined) return fieldsOf(key, left.values, right.values);
    const whole = { kind: 'other', subject: key, what: 'the resource' } as const;
    if (left === undefined) return [{ ...whole, after: 'there' }];
    return [{ ...whole, kind: left.isSeen ? 'other' : 'state', before: 'there' }];
  });
}

/** Blocks of a configuration beside its resources: providers, backends, outputs, and whatever else stands there. */
const blocksOf = ({ plan }: PlanSide): ReadonlyMap<string, Record<string, unknown>> =>
  new Map(plan.stacks.map(({ name, root }) => [name, valuesOf(root, (block) => block === 'resource')]));

function blockChanges(before: PlanSide, after: PlanSide): Change[] {
  const [old, now] = [blocksOf(before), blocksOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((stack): Change[] => {
    const [left, right] = [old.get(stack), now.get(stack)];
    if (left !== undefined && right !== undefined) return fieldsOf(`stack ${stack}`, left, right);
    const whole = { kind: 'other', subject: `stack ${stack}`, what: 'the stack' } as const;
    return [left === undefined ? { ...whole, after: 'there' } : { ...whole, before: 'there' }];
  });
}

/** It lists the stacks, which are compared by themselves, and says which program wrote them. */
const MANIFEST = 'manifest.json';

const fileChanges = (before: PlanSide, after: PlanSide): Change[] => {
  const filesOf = ({ plan }: PlanSide): ReadonlyMap<string, string> =>
    new Map([...plan.assets].filter(([file]) => file !== MANIFEST));
  return changesOf(filesOf(before), filesOf(after), (file) => ({ kind: 'other', subject: file, what: 'the file' }));
};

function isKept(object: KubernetesObject): boolean {
  try {
    return outlivesPlan(object);
  } catch (error) {
    if (error instanceof Unproven) return false;
    throw error;
  }
}

/**
 * What holds state, and is made by another resource now, or no longer kept: Terraform destroys the one and makes the other,
 * whatever name both have in the cluster.
 */
function keptChanges(
  before: ReadonlyMap<string, ComparedObject>,
  after: ReadonlyMap<string, ComparedObject>,
): Change[] {
  return [...before].flatMap(([key, old]): Change[] => {
    const now = after.get(key);
    if (now === undefined || !holdsState(old)) return [];
    const subject = subjectOf(old.object);
    const [from, to] = [nameOf(old.object.resource), nameOf(now.object.resource)];
    const [was, is] = [isKept(old.object), isKept(now.object)].map((kept) => (kept ? 'yes' : 'no'));
    return [
      ...(from === to
        ? []
        : [
            {
              kind: 'state',
              subject,
              what: 'made by (Terraform removes the one, and makes the other)',
              before: from,
              after: to,
            } as const,
          ]),
      ...(was === is || was === undefined || is === undefined
        ? []
        : [{ kind: 'state', subject, what: 'kept by a plan that lacks it', before: was, after: is } as const]),
    ];
  });
}

/** Everything beside the fields of objects. */
export const resourceChanges = (
  before: PlanSide,
  after: PlanSide,
  compared: {
    readonly before: ReadonlyMap<string, ComparedObject>;
    readonly after: ReadonlyMap<string, ComparedObject>;
  },
): Change[] => [
  ...keptChanges(compared.before, compared.after),
  ...argumentChanges(before, after),
  ...blockChanges(before, after),
  ...fileChanges(before, after),
];
