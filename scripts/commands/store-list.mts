/** `airlock store list`: the bundles and pins of a store. */
import { Command } from 'commander';
import { listPage } from '../../offline-bundle/upkeep/text.js';
import { bundleFacts } from '../../offline-bundle/upkeep/usage.js';
import { viewStore } from '../../offline-bundle/upkeep/view.js';
import { openStore } from '../../offline-bundle/store/store.js';
import { print, printJson } from '../ui/output.mjs';

async function list({ store: dir, json }: { readonly store: string; readonly json: boolean }): Promise<void> {
  await openStore(dir);
  const bundles = bundleFacts(await viewStore(dir));
  if (json) printJson({ format: 1, bundles });
  else print(listPage(bundles));
}

export const listCommand = (): Command =>
  new Command('list')
    .description('bundles and pins: site, sequence, who sealed them, and what they take')
    .requiredOption('--store <dir>', 'folder of the store')
    .option('--json', 'print the result as JSON', false)
    .action(list);
