/** `airlock store history`: what was imported and refused, and whether all of it is still there. */
import { Command } from 'commander';
import { EXIT_CODES } from '../../core/errors.js';
import { readHistory } from '../../offline-bundle/history/history.js';
import { historyPage } from '../../offline-bundle/history/text.js';
import { openStore } from '../../offline-bundle/store/store.js';
import { readTrustedKeys } from '../../offline-bundle/verify/trusted-keys.js';
import { print, printJson } from '../ui/output.mjs';
import { collect } from '../ui/trust-options.mjs';

interface HistoryOptions {
  readonly store: string;
  readonly trust: readonly string[];
  readonly json: boolean;
}

async function run({ store, trust, json }: HistoryOptions): Promise<void> {
  const history = await readHistory((await openStore(store)).dir, await readTrustedKeys(trust));
  if (history.problems.length > 0) process.exitCode = EXIT_CODES.check;
  if (json) printJson({ format: 1, ...history });
  else print(historyPage(history));
}

export const historyCommand = (): Command =>
  new Command('history')
    .description('print what was imported and refused, and check that no record was changed or is missing')
    .requiredOption('--store <dir>', 'folder of the store; only read')
    .option('--trust <file>', 'public key of whoever signs the records (import --key); may be repeated', collect, [])
    .option('--json', 'print the records as JSON', false)
    .action(run);
