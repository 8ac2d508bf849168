/** What a synthesized plan will ask of a cluster: its objects, as the audit reads them. */
import { normalize } from '../audit/kubernetes/normalize';
import { plainObject, type PlainObject } from '../audit/kubernetes/plain';
import { textOf, Unproven } from '../audit/plan/access';
import { buildPlan } from '../audit/plan/build-plan';
import type { Plan, PlanResource } from '../audit/plan/plan';
import { readPlanFiles } from '../audit/plan/read-files';

/** A Helm release of the plan. */
export interface PlannedRelease {
  readonly name: string;
  readonly namespace: string;
  /** Whether the plan shows its objects. */
  readonly shown: boolean;
}

export interface PlannedObjects {
  readonly objects: readonly PlainObject[];
  /** Parts of the plan that do not show their objects, e.g. a chart that only the cluster renders. */
  readonly unread: readonly string[];
  readonly releases: readonly PlannedRelease[];
}

/** An object with the stack that makes it. */
export interface StackObject {
  readonly stack: string;
  /** Whether a Helm release holds it, and not Terraform by itself. */
  readonly released: boolean;
  readonly object: PlainObject;
}

interface PlannedByStack extends Omit<PlannedObjects, 'objects'> {
  readonly objects: readonly StackObject[];
}

/** Helm's own default where a release names no namespace. */
function releasesOf({ stacks }: Plan, shown: ReadonlySet<PlanResource>): PlannedRelease[] {
  const resources = stacks.flatMap((stack) => stack.resources).filter(({ type }) => type === 'helm_release');
  return resources.flatMap((resource) => {
    const text = (key: string): string | undefined => textOf(resource.body.entries.get(key));
    const name = text('name');
    return name === undefined ? [] : [{ name, namespace: text('namespace') ?? 'default', shown: shown.has(resource) }];
  });
}

/**
 * Reads the objects of a plan, each with its stack.
 *
 * @param folder what `cdktf synth` wrote
 * @throws AirlockError (input) when it is no plan
 */
export async function objectsByStack(folder: string): Promise<PlannedByStack> {
  const built = buildPlan(await readPlanFiles(folder));
  const { objects, gaps } = normalize(built);
  const unread = gaps.map(({ subject }) => subject);
  const plain = objects.flatMap((object) => {
    try {
      const { stack, type } = object.resource;
      return [{ stack, released: type === 'helm_release', object: plainObject(object) }];
    } catch (error) {
      if (!(error instanceof Unproven)) throw error;
      unread.push(`${object.kind} ${object.name}`);
      return [];
    }
  });
  const releases = releasesOf(built, new Set(objects.map(({ resource }) => resource)));
  return { objects: plain, unread: [...new Set(unread)], releases };
}

/**
 * Reads the objects of a plan.
 *
 * @param folder what `cdktf synth` wrote
 * @throws AirlockError (input) when it is no plan
 */
export async function plannedObjects(folder: string): Promise<PlannedObjects> {
  const { objects, ...rest } = await objectsByStack(folder);
  return { ...rest, objects: objects.map(({ object }) => object) };
}
