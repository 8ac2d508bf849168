/** Lets a copy of a plan find the state of the original: relative paths of state files lead from the copy to the same place. */
import { lstat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { checkFailed } from '../../core/errors';
import { makeFolders } from '../../core/make-folders';
import type { PlanStack } from '../deployments/plan-tree';
import { localState } from '../deployments/state-place';

/** A plan and what it was copied from: the copy lies under the original's path, below another folder. */
export interface CopiedPlan {
  readonly plan: string;
  readonly original: string;
}

const isThere = (file: string): Promise<boolean> =>
  lstat(file).then(
    () => true,
    () => false,
  );

/**
 * Links the folders of local states.
 *
 * @param make whether a folder that is not there is made; else the copy has an empty one of its own
 *
 * @throws AirlockError (check) for a state in a folder that holds the plan as well: it cannot be linked without it
 */
export async function leadStateBack(
  { plan, original }: CopiedPlan,
  stacks: readonly PlanStack[],
  make: boolean,
): Promise<void> {
  const linked = new Set<string>();
  for (const stack of stacks) {
    const state = await localState(plan, stack);
    if (state === undefined || path.isAbsolute(state)) continue;
    const [from, to] = [plan, original].map((root) => path.dirname(path.resolve(root, stack.folder, state))) as [
      string,
      string,
    ];
    if (linked.has(from)) continue;
    if (await isThere(from)) {
      throw checkFailed(
        'STATE_INSIDE_PLAN',
        `the state of stack ${stack.name} lies in a folder that holds the plan: ${to}`,
        'keep it in a folder of its own (enclave.state)',
      );
    }
    if (make || (await isThere(to))) {
      for (const folder of [to, path.dirname(from)]) await makeFolders(folder);
      await symlink(to, from);
    } else await makeFolders(from);
    linked.add(from);
  }
}
