/** Shows what leaves a store, asks, and removes it: what was shown, and nothing else. */
import { badInput, environmentFailed } from '../../core/errors.js';
import type { RemovalPlan } from '../../offline-bundle/upkeep/removal.js';
import { isSamePlan, remove } from '../../offline-bundle/upkeep/removal.js';
import { removalPage } from '../../offline-bundle/upkeep/text.js';
import { type StoreView, viewStore } from '../../offline-bundle/upkeep/view.js';
import { lockStore } from '../../offline-bundle/store/writer-lock.js';
import type { TrustedKey } from '../../offline-bundle/trust/keys.js';
import { confirmed } from './confirm.mjs';
import { print, printJson, say } from './output.mjs';
import { signerFrom, type SignerOptions } from './signer-options.mjs';

/** Options of every command that removes. */
export interface RemovalOptions extends SignerOptions {
  readonly store: string;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

const jsonOf = ({ marks, ...plan }: RemovalPlan, removed: boolean): object => ({
  ...{ format: 1, removed, ...plan },
  marks: Object.fromEntries(marks),
});

async function demandConsent({ yes, json }: RemovalOptions, plan: RemovalPlan): Promise<boolean> {
  if (yes) return true;
  if (!json) say(removalPage(plan, false));
  const answer = json ? undefined : await confirmed('Remove this from the store?');
  if (answer === undefined)
    throw badInput(
      'USAGE_MISSING_OPTION',
      'nobody is asked here, so nothing is removed',
      'add --yes, or look at what --dry-run prints first',
    );
  return answer;
}

/**
 * @param choose plans the removal; it is asked again under the store's lease
 * @param keys for seals of stores that kept none
 */
export async function removeFromStore(
  options: RemovalOptions,
  choose: (view: StoreView) => RemovalPlan,
  keys: readonly TrustedKey[] = [],
): Promise<void> {
  const { store: dir, dryRun, json } = options;
  const signer = await signerFrom(options);
  const plan = choose(await viewStore(dir, keys));
  const show = (removed: boolean): void => {
    if (json) printJson(jsonOf(plan, removed));
    else print(removalPage(plan, removed));
  };
  const isEmpty = plan.roots.length + plan.blobs.length + plan.paths.length === 0;
  if (dryRun || isEmpty) {
    show(false);
    return;
  }
  if (!(await demandConsent(options, plan))) return;
  const { store } = await viewStore(dir, keys);
  const release = await lockStore(store.dir);
  try {
    const view = await viewStore(dir, keys);
    if (!isSamePlan(choose(view), plan))
      throw environmentFailed(
        'FILE_CHANGED_MEANWHILE',
        `${dir} has changed since the removal was planned`,
        'run the same command again: nothing was removed',
      );
    await remove(view, plan, signer);
  } finally {
    await release();
  }
  show(true);
}
