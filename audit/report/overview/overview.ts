/** What a plan makes, beside what is said of it: zones, flows, models, workflows, rights. Plain data, of the same inputs alone. */
import type { AuditContext } from '../../rules/rule';
import { type Flow, flowsOfPlan } from './flows';
import { type LoadedModel, modelsOf } from './models';
import { type AccountRights, rightsOf } from './rights';
import { type WorkflowWay, workflowsOf } from './workflows';
import { type Zone, zonesOf } from './zones';

export interface AuditOverview {
  readonly zones: readonly Zone[];
  readonly flows: readonly Flow[];
  readonly models: readonly LoadedModel[];
  readonly workflows: readonly WorkflowWay[];
  readonly rights: readonly AccountRights[];
  /** Parts of the plan that do not show what they make. */
  readonly unseen: readonly { readonly subject: string; readonly message: string }[];
}

/** The same context gives the same overview. */
export const overviewOf = (context: AuditContext): AuditOverview => ({
  zones: zonesOf(context),
  flows: flowsOfPlan(context),
  models: modelsOf(context),
  workflows: workflowsOf(context),
  rights: rightsOf(context),
  unseen: context.gaps.map(({ subject, message }) => ({ subject, message })),
});
