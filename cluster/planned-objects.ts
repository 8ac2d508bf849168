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

/**
 * Reads the objects of a plan.
 *
 * @param folder what `cdktf synth` wrote
 * @throws AirlockError (input) when it is no plan
 */
export async function plannedObjects(folder: string): Promise<PlannedObjects> {
  const { objects, gaps } = normalize(buildPlan(await readPlanFiles(folder)));
  const unread = gaps.map(({ subject }) => subject);
  const plain = objects.flatMap((object) => {
    try {
      return [plainObject(object)];
    } catch (error) {
      if (!(error instanceof Unproven)) throw error;
      unread.push(`${object.kind} ${object.name}`);
      return [];
    }
  });
  return { objects: plain, unread: [...new Set(unread)] };
}
