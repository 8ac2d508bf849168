/** `airlock store history`: what was imported and refused, and whether all of it is still there. */
import { Command } from 'commander';
import { type Digest, parseDigest } from '../../core/digest.js';
import { badInput, EXIT_CODES } from '../../core/errors.js';
import { readHistory } from '../../offline-bundle/history/history.js';
import { historyPage } from '../../offline-bundle/history/text.js';
import { witnessProblems } from '../../offline-bundle/history/witness.js';
import { openStore } from '../../offline-bundle/store/store.js';
import { readTrustedKeys } from '../../offline-bundle/verify/trusted-keys.js';
import { print, printJson } from '../ui/output.mjs';
import { collect, wholeNumber } from '../ui/trust-options.mjs';

interface HistoryOptions {
  readonly store: string;
  readonly trust: readonly string[];
  readonly signedFrom?: number;
  readonly noted?: Digest;
  readonly json: boolean;
}

async function run({ store, trust, signedFrom, noted, json }: HistoryOptions): Promise<void> {
  if (signedFrom !== undefined && trust.length === 0)
    throw badInput('USAGE_MISSING_OPTION', '--signed-from says nothing without --trust', 'name the key with --trust');
  const trusted = await readTrustedKeys(trust);
  const found = await readHistory((await openStore(store)).dir, trusted);
  const witness = {
    trusted,
    ...(signedFrom === undefined ? {} : { signedFrom }),
    ...(noted === undefined ? {} : { noted }),
  };
  const history = { ...found, problems: [...found.problems, ...witnessProblems(found, witness)] };
  if (history.problems.length > 0) process.exitCode = EXIT_CODES.check;
  if (json) printJson({ format: 1, ...history });
  else print(historyPage(history));
}

export const historyCommand = (): Command =>
  new Command('history')
    .description('print what was imported and refused, and check that no record was changed or is missing')
    .requiredOption('--store <dir>', 'folder of the store; only read')
    .option('--trust <file>', 'public key of whoever signs the records (import --key); may be repeated', collect, [])
    .option('--signed-from <number>', 'the first record that has to be signed by such a key (default: 1)', wholeNumber)
    .option('--noted <digest>', 'digest of a record that was noted elsewhere, and has to be there', parseDigest)
    .option('--json', 'print the records as JSON', false)
    .action(run);
