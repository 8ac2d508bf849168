/** Stack by stack: a saved plan, held against what was judged, and exactly that plan applied. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AirlockError } from '../../core/errors';
import type { PlanStack } from '../deployments/plan-tree';
import type { StackChanges, Terraform } from '../deployments/terraform';
import { judgeChanges } from './judge-changes';

/** planned: it was looked at, and not applied. */
export type StackOutcome = 'planned' | 'applied' | 'failed';

export interface StackResult extends StackChanges {
  readonly outcome: StackOutcome;
}

export interface StacksToDeploy {
  readonly terraform: Terraform;
  /** Folder of the plan's copy. */
  readonly plan: string;
  /** In the order in which they depend on each other. */
  readonly stacks: readonly PlanStack[];
  /** Addresses of what may be destroyed, each with its stack before it: `serving/helm_release.chat`. */
  readonly allowDestroy: readonly string[];
  readonly apply: boolean;
}

export interface DeployedStacks {
  /** Of the stacks that were begun. */
  readonly results: readonly StackResult[];
  /** Why it stopped. @default - it did not */
  readonly failure?: AirlockError;
}

/** @throws AirlockError (check) when Terraform would do something else than was judged */
async function planned({ terraform, plan, allowDestroy }: StacksToDeploy, stack: PlanStack): Promise<StackChanges> {
  const configuration: unknown = JSON.parse(await readFile(path.join(plan, stack.folder, 'cdk.tf.json'), 'utf8'));
  const { changes, shown } = await terraform.plan(stack);
  const { faults, destroyed } = judgeChanges(configuration, shown);
  if (faults.length > 0) {
    throw new AirlockError(
      'DEPLOY_PLAN_DIFFERENT',
      `Terraform would do something else in stack ${stack.name} than was judged:`,
      {
        items: faults.map(({ address, message }) => `${address}: ${message}`),
        fix: 'look at what lies in the state and in the cluster (`airlock drift`); synthesize, audit and approve again',
      },
    );
  }
  const refused = destroyed.map((address) => `${stack.name}/${address}`).filter((one) => !allowDestroy.includes(one));
  if (refused.length > 0) {
    throw new AirlockError('DEPLOY_DESTROYS', `Terraform would destroy or replace in stack ${stack.name}:`, {
      items: refused,
      fix: `look whether that is meant; then allow it by name: ${refused.map((one) => `--allow-destroy ${one}`).join(' ')}`,
    });
  }
  return changes;
}

/** What a person must know to go on. */
function whereItStopped(
  error: AirlockError,
  results: readonly StackResult[],
  stacks: readonly PlanStack[],
): AirlockError {
  const named = (outcome: StackOutcome): string =>
    results
      .filter((one) => one.outcome === outcome)
      .map(({ stack }) => stack)
      .join(', ') || 'none';
  const begun = new Set(results.map(({ stack }) => stack));
  const left = stacks.filter(({ name }) => !begun.has(name)).map(({ name }) => name);
  return new AirlockError(error.code, error.what, {
    items: [
      ...error.items,
      `applied: ${named('applied')}; failed: ${named('failed')}; not begun: ${left.join(', ') || 'none'}`,
    ],
    fix: `${error.fix ?? 'remove the cause'}; the same command goes on from there`,
    cause: error,
  });
}

/** Plans, judges and applies; it stops at the first stack that is refused. */
export async function deployStacks(options: StacksToDeploy): Promise<DeployedStacks> {
  const { terraform, stacks, apply } = options;
  const results: StackResult[] = [];
  try {
    for (const stack of stacks) {
      const changes = await planned(options, stack);
      results.push({ ...changes, outcome: apply ? 'failed' : 'planned' });
      if (!apply) continue;
      await terraform.apply(stack);
      results[results.length - 1] = { ...changes, outcome: 'applied' };
    }
    return { results };
  } catch (error) {
    if (!(error instanceof AirlockError)) throw error;
    return { results, failure: whereItStopped(error, results, stacks) };
  } finally {
    for (const stack of stacks) await terraform.forget(stack);
  }
}
