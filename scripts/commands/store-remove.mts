/** `airlock store remove`: take a bundle or a pin out of a store. */
import { Command } from 'commander';
import { chooseRoot } from '../../offline-bundle/upkeep/choose.js';
import { planRemoval } from '../../offline-bundle/upkeep/removal.js';
import { openStore } from '../../offline-bundle/store/store.js';
import { readTrustedKeys } from '../../offline-bundle/verify/trusted-keys.js';
import { addRemovalOptions } from '../ui/removal-options.mjs';
import { type RemovalOptions, removeFromStore } from '../ui/remove-from-store.mjs';
import { collect } from '../ui/trust-options.mjs';

async function remove(bundle: string, options: RemovalOptions & { readonly trust: readonly string[] }): Promise<void> {
  await openStore(options.store);
  await removeFromStore(
    options,
    (view) => planRemoval(view, { leaving: new Set([chooseRoot(view.roots, bundle)]), unreached: false }),
    await readTrustedKeys(options.trust),
  );
}

export const removeCommand = (): Command =>
  addRemovalOptions(
    new Command('remove')
      .description('take a bundle out, and what no other one needs; its sequence stays known')
      .argument('<bundle>', 'first digits of its digest, or SITE@SEQUENCE'),
  )
    .option('--trust <file>', 'public key for seals beside which none is kept; may be repeated', collect, [])
    .action(remove);
