/** What a synthesized plan will ask of a cluster: its objects, as the audit reads them. */
import { normalize } from '../audit/kubernetes/normalize';
import { plainObject, type PlainObject } from '../audit/kubernetes/plain';
import { Unproven } from '../audit/plan/access';
import { buildPlan } from '../audit/plan/build-plan';
import { readPlanFiles } from '../audit/plan/read-files';

export interface PlannedObjects {
  readonly objects: readonly PlainObject[];
  /** Parts of the plan that do not show their objects, e.g. a chart that only the cluster renders. */
  readonly unread: readonly string[];
}

/** An object with the stack that makes it. */
export interface StackObject {
  readonly stack: string;
  /** Whether a Helm release holds it, and not Terraform by itself. */
  readonly released: boolean;
  readonly object: PlainObject;
}

/**
 * Reads the objects of a plan, each with its stack.
 *
 * @param folder what `cdktf synth` wrote
 * @throws AirlockError (input) when it is no plan
 */
export async function objectsByStack(
  folder: string,
): Promise<{ readonly objects: readonly StackObject[]; readonly unread: readonly string[] }> {
  const { objects, gaps } = normalize(buildPlan(await readPlanFiles(folder)));
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
  return { objects: plain, unread: [...new Set(unread)] };
}

/**
 * Reads the objects of a plan.
 *
 * @param folder what `cdktf synth` wrote
 * @throws AirlockError (input) when it is no plan
 */
export async function plannedObjects(folder: string): Promise<PlannedObjects> {
  const { objects, unread } = await objectsByStack(folder);
  return { objects: objects.map(({ object }) => object), unread };
}
