/** What a cluster's envelope releases hold, put beside a plan. */
import type { PlainObject } from '../../audit/kubernetes/plain';
import { subjectOf } from '../drift/drift';
import type { StackObject } from '../planned-objects';

/** Stack of what no plan has any more, where its namespace tells none either. */
const UNKNOWN = 'unknown';

/**
 * Gives each deployed object the stack that makes it, or that makes its namespace. The cluster tells of releases alone, so the plan is
 * compared in those alone: policies, quotas and namespaces are Terraform's, whose own plan shows them.
 */
export function besidePlan(
  deployed: readonly PlainObject[],
  planned: readonly StackObject[],
): { readonly before: readonly StackObject[]; readonly after: readonly StackObject[] } {
  const stacks = new Map(planned.map(({ stack, object }) => [subjectOf(object), stack]));
  const before = deployed.map((object) => ({
    stack: stacks.get(subjectOf(object)) ?? stacks.get(`Namespace ${object.metadata.namespace ?? ''}`) ?? UNKNOWN,
    released: true,
    object,
  }));
  return { before, after: planned.filter(({ released }) => released) };
}
