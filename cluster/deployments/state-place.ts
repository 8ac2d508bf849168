/** Where a plan keeps its state, seen from where a copy of it runs. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { checkFailed } from '../../core/errors';
import type { PlanStack } from './plan-tree';

interface Configuration {
  readonly terraform?: { readonly backend?: { readonly local?: { readonly path?: string } } };
}

/** Path of the local state file of a stack, as its configuration states it; undefined for other backends. */
export async function localState(plan: string, { folder }: PlanStack): Promise<string | undefined> {
  const text = await readFile(path.join(plan, folder, 'cdk.tf.json'), 'utf8');
  return (JSON.parse(text) as Configuration).terraform?.backend?.local?.path;
}

/**
 * Plans run beside `cdktf.out`, where `../../../state` is the same folder; another place would look like an empty state.
 *
 * @throws AirlockError (check) naming the stack whose state lies inside of the plan
 */
export async function refuseStateInside(plan: string, stacks: readonly PlanStack[]): Promise<void> {
  for (const stack of stacks) {
    const { name, folder } = stack;
    const state = await localState(plan, stack);
    if (state === undefined || path.isAbsolute(state)) continue;
    if (path.join(folder, state).startsWith('..')) continue;
    throw checkFailed(
      'STATE_INSIDE_PLAN',
      `the state of stack ${name} lies inside the plan: ${state}`,
      'keep it beside cdktf.out (enclave.state), where a new plan does not meet it',
    );
  }
}
