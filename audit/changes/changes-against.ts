/** Reads an earlier plan, and says what changed since. */
import { type Audited, readPlan, readWaivers } from '../audit';
import type { Change } from './change';
import { planChanges } from './plan-changes';

export interface Earlier {
  /** Folder of the earlier plan. */
  readonly plan: string;
  /** Its file of waivers. @default - waivers are not compared */
  readonly waivers?: string;
}

/** @throws AirlockError (input) when it is no plan, or the file no file of waivers */
export async function changesAgainst(earlier: Earlier, { context, waivers }: Audited): Promise<readonly Change[]> {
  const plan = await readPlan(earlier.plan);
  if (earlier.waivers === undefined) return planChanges({ plan }, { plan: context.plan });
  return planChanges({ plan, waivers: await readWaivers(earlier.waivers) }, { plan: context.plan, waivers });
}
