/** Back to what was deployed before: the kept plan, applied by Terraform, with nothing fetched from media and nothing built anew. */
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Digest } from '../../core/digest';
import { AirlockError, checkFailed } from '../../core/errors';
import type { Line } from '../../core/visible';
import { keptResults } from '../deploy/result';
import { plannedObjects } from '../planned-objects';
import { history, keepPlan, openKept, recordDeployment, target } from './archive';
import { type NeededContent, neededContents } from './needed-contents';
import { copyPlan, planDigest, type PlanStack, replacePlan, stacksInOrder } from './plan-tree';
import { refuseStateInside } from './state-place';
import { type StackChanges, Terraform } from './terraform';

export interface RollbackOptions {
  /** Folder of the plan that is deployed: `cdktf.out`. */
  readonly plan: string;
  /** Folder of the kept deployments. */
  readonly archive: string;
  /** Begin of the digest to go back to. @default - what was deployed before */
  readonly to?: string;
  /** Whether to do it; else it only says what it would do. */
  readonly apply: boolean;
  /** Name or path of Terraform. */
  readonly terraform: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whether a registry or mirror still has a content. @default - nobody is asked */
  readonly isThere?: (content: NeededContent) => Promise<boolean>;
  /** Told what Terraform says, line by line. */
  readonly log: (line: Line) => void;
}

export interface Rollback {
  readonly from: Digest;
  readonly to: Digest;
  /** Contents that are there, of those that the plan names; 0 where nobody was asked. */
  readonly found: number;
  readonly stacks: readonly StackChanges[];
  readonly applied: boolean;
}

/** @throws AirlockError (check) naming what is gone */
async function allThere(plan: string, isThere: (content: NeededContent) => Promise<boolean>): Promise<number> {
  const { objects } = await plannedObjects(plan);
  const needed = neededContents(objects);
  const gone: string[] = [];
  for (const content of needed) {
    if (!(await isThere(content))) gone.push(`${content.host}/${content.repository}@${content.digest}`);
  }
  if (gone.length === 0) return needed.length;
  throw new AirlockError('ROLLBACK_CONTENT_GONE', 'the plan to go back to names what is not there any more:', {
    items: gone,
    fix: 'nothing was changed; import the bundle that brought it again, then go back',
  });
}

/** Where `airlock deploy` keeps results, the way back leads to what one of them deployed whole, and to nothing that was put there. */
async function demandApproved(archive: string, digest: Digest): Promise<void> {
  const { results } = await keptResults(archive);
  if (results.length === 0 || results.some(({ plan, whole }) => whole && plan === digest)) return;
  throw checkFailed(
    'ROLLBACK_UNAPPROVED',
    `no result in ${archive} says that ${digest} was approved and deployed`,
    'nothing was changed; choose another with --to (`airlock deployed --list`), or have it approved and deploy it',
  );
}

/** Terraform needs the configuration of what it destroys, and the older plan has none of a newer stack. */
async function refuseNewStacks(current: string, stacks: readonly PlanStack[]): Promise<void> {
  const kept = new Set(stacks.map(({ name }) => name));
  const added = (await stacksInOrder(current)).filter(({ name }) => !kept.has(name));
  if (added.length === 0) return;
  throw checkFailed(
    'ROLLBACK_LEAVES_STACKS',
    `the deployment to go back to has no stack ${added.map(({ name }) => name).join(', ')}`,
    `nothing was changed; destroy it first: ${added.map(({ name }) => `\`airlock retire ${name} --from ${current}\``).join(', ')} writes what Terraform needs for it`,
  );
}

/**
 * Goes back. Everything is checked and planned before anything is changed: the kept plan is whole, its images and weights are
 * still there, and Terraform would do all of it. `cdktf.out` holds the older plan in the end, and the newer one is kept.
 *
 * @throws AirlockError (check) when something of it is gone, (environment) when Terraform refuses, (input) when there is nothing to go back to
 */
export async function rollback(options: RollbackOptions): Promise<Rollback> {
  const { plan, archive, to, apply, terraform: program, env, isThere, log } = options;
  const from = await planDigest(plan);
  const digest = target(await history(archive), from, to);
  await demandApproved(archive, digest);
  const kept = await openKept(archive, digest);
  const stacks = await stacksInOrder(kept);
  await refuseNewStacks(plan, stacks);
  await refuseStateInside(kept, stacks);
  const found = isThere === undefined ? 0 : await allThere(kept, isThere);
  const staged = await mkdtemp(path.join(path.dirname(path.resolve(plan)), '.airlock-rollback-'));
  const terraform = new Terraform({ program, plan: staged, env, log });
  try {
    await copyPlan(kept, staged);
    const changes: StackChanges[] = [];
    for (const stack of stacks) changes.push((await terraform.plan(stack)).changes);
    if (!apply) return { from, to: digest, found, stacks: changes, applied: false };
    await keepPlan(archive, plan);
    for (const stack of stacks) await terraform.apply(stack);
    await replacePlan(plan, kept);
    await recordDeployment(archive, plan);
    return { from, to: digest, found, stacks: changes, applied: true };
  } finally {
    for (const stack of stacks) await terraform.forget(stack);
    await rm(staged, { recursive: true, force: true });
  }
}
