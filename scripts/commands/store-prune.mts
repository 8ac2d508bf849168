/** `airlock store prune`: free what no bundle needs, and old bundles where that is asked for. */
import { Command, InvalidArgumentError } from 'commander';
import { olderBundles, planRemoval } from '../../offline-bundle/upkeep/removal.js';
import { openStore } from '../../offline-bundle/store/store.js';
import { addRemovalOptions } from '../ui/removal-options.mjs';
import { type RemovalOptions, removeFromStore } from '../ui/remove-from-store.mjs';

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('write a whole number from 1 on');
  return Number(text);
}

async function prune(options: RemovalOptions & { readonly keep?: number }): Promise<void> {
  const { store, keep } = options;
  await openStore(store);
  await removeFromStore(options, (view) =>
    planRemoval(view, {
      leaving: keep === undefined ? new Set() : olderBundles(view.roots, keep),
      unreached: true,
    }),
  );
}

export const pruneCommand = (): Command =>
  addRemovalOptions(
    new Command('prune')
      .description('free what no bundle and no pin reaches, unfinished and damaged blobs')
      .option('--keep <number>', 'also remove bundles but the newest so many of each site', wholeNumber),
  ).action(prune);
