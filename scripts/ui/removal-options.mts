/** Options of every command that removes from a store. */
import type { Command } from 'commander';
import { addSignerOptions } from './signer-options.mjs';

export const addRemovalOptions = (command: Command): Command =>
  addSignerOptions(
    command
      .requiredOption('--store <dir>', 'folder of the store')
      .option('--dry-run', 'say what would go and what it frees; change nothing', false)
      .option('--yes', 'do not ask; needed where nobody sits at a terminal', false)
      .option('--json', 'print the result as JSON; needs --yes or --dry-run', false),
    'private key that signs the record of what leaves',
  );
