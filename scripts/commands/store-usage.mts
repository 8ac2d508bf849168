/** `airlock store usage`: what takes how much of a store. */
import { Command } from 'commander';
import { bytesOf, filesAt } from '../../offline-bundle/upkeep/inventory.js';
import { canPrune, planRemoval } from '../../offline-bundle/upkeep/removal.js';
import { usagePage } from '../../offline-bundle/upkeep/text.js';
import { usageOf } from '../../offline-bundle/upkeep/usage.js';
import { type StoreView, viewStore } from '../../offline-bundle/upkeep/view.js';
import { openStore } from '../../offline-bundle/store/store.js';
import { print, printJson } from '../ui/output.mjs';

/** Of a store in which nobody can tell what is needed, only what never is. */
function prunable(view: StoreView): number {
  if (canPrune(view)) return planRemoval(view, { leaving: new Set(), unreached: true }).bytes;
  return bytesOf([...filesAt(view.inventory, 'staging'), ...filesAt(view.inventory, 'quarantine')]);
}

async function usage({ store: dir, json }: { readonly store: string; readonly json: boolean }): Promise<void> {
  await openStore(dir);
  const view = await viewStore(dir);
  const found = usageOf(view, prunable(view));
  if (json) printJson({ format: 1, ...found });
  else print(usagePage(found));
}

export const usageCommand = (): Command =>
  new Command('usage')
    .description('bytes by bundle, model and image; what is shared, unfinished, or needed no more')
    .requiredOption('--store <dir>', 'folder of the store')
    .option('--json', 'print the result as JSON', false)
    .action(usage);
