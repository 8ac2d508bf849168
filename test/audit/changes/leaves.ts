/** Values of the clean plan, and whether a change of one is said. */
import { planChanges } from '../../../audit/changes/plan-changes';
import { Draft } from '../plans/draft';
import { POINTERS } from '../report/draft-report';

/** Read once: nothing changes a plan. */
export const CLEAN = { plan: new Draft().plan() };

/** Places of the clean plan with a plain value, below some place. */
export const leavesBelow = (...places: readonly string[]): string[] => {
  const draft = new Draft();
  return POINTERS.filter((pointer) => places.some((place) => pointer.startsWith(`${place}/`))).filter((pointer) =>
    ['string', 'number', 'boolean'].includes(typeof draft.get(pointer)),
  );
};

export function another(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  return typeof value === 'boolean' ? !value : `${String(value)}x`;
}

/** Every place with a plain value but those of comments. */
export const EVERYWHERE = leavesBelow('/resource', '/terraform', '/provider');

/** Whether a change of one value is a change of the plan; what makes it malformed is said in another way. */
export function isSeenAt(pointer: string): boolean {
  const draft = new Draft();
  draft.put(pointer, another(draft.get(pointer)));
  try {
    return planChanges(CLEAN, { plan: draft.plan() }).length > 0;
  } catch (error) {
    if ((error as { kind?: string }).kind !== 'input') throw error;
    return true;
  }
}
