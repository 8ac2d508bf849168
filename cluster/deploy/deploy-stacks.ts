/** Stack by stack: a saved plan, held against what was judged, and exactly that plan applied. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AirlockError } from '../../core/errors';
import type { PlanStack } from '../deployments/plan-tree';
import type { StackChanges, Terraform } from '../deployments/terraform';
import { judgeChanges } from './judge-changes';

/** planned: it was looked at, and not applied; begun: its end is not known. */
export type StackOutcome = 'not begun' | 'planned' | 'begun' | 'applied' | 'failed';

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
  /** Told before a stack is applied, and when it has ended, how all of them stand. @default - nobody */
  readonly keep?: (results: readonly StackResult[]) => Promise<void>;
}

export interface DeployedStacks {
  /** Of all stacks, in their order. */
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
function whereItStopped(error: AirlockError, results: readonly StackResult[]): AirlockError {
  const named = (...outcomes: StackOutcome[]): string =>
    results
      .filter(({ outcome }) => outcomes.includes(outcome))
      .map(({ stack }) => stack)
      .join(', ') || 'none';
  return new AirlockError(error.code, error.what, {
    items: [
      ...error.items,
      `applied: ${named('applied')}; failed: ${named('failed', 'begun')}; not begun: ${named('not begun', 'planned')}`,
    ],
    fix: `${error.fix ?? 'remove the cause'}; the same command goes on from there`,
    cause: error,
  });
}

/** Plans, judges and applies; it stops at the first stack that is refused. */
export async function deployStacks(options: StacksToDeploy): Promise<DeployedStacks> {
  const { terraform, stacks, apply, keep } = options;
  const results: StackResult[] = stacks.map(({ name }) => ({
    ...{ stack: name, add: 0, change: 0, destroy: 0, outcome: 'not begun' },
  }));
  try {
    for (const [at, stack] of stacks.entries()) {
      const changes = await planned(options, stack);
      const stands = (outcome: StackOutcome): void => {
        results[at] = { ...changes, outcome };
      };
      stands(apply ? 'begun' : 'planned');
      if (!apply) continue;
      await keep?.(results);
      try {
        await terraform.apply(stack);
        stands('applied');
      } catch (error) {
        stands('failed');
        throw error;
      } finally {
        await keep?.(results);
      }
    }
    return { results };
  } catch (error) {
    if (!(error instanceof AirlockError)) throw error;
    return { results, failure: whereItStopped(error, results) };
  } finally {
    for (const stack of stacks) await terraform.forget(stack);
  }
}
