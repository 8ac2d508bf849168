/** `airlock store`: what lies in the store of the far side, and its upkeep. A verb is a line here and in the table of commands. */
import { Command } from 'commander';
import { checkCommand } from './store-check.mjs';
import { historyCommand } from './store-history.mjs';
import { listCommand } from './store-list.mjs';
import { pruneCommand } from './store-prune.mjs';
import { removeCommand } from './store-remove.mjs';
import { repairCommand } from './store-repair.mjs';
import { usageCommand } from './store-usage.mjs';

const VERBS: readonly (() => Command)[] = [
  listCommand,
  usageCommand,
  checkCommand,
  repairCommand,
  removeCommand,
  pruneCommand,
  historyCommand,
];

export const command = (): Command => VERBS.reduce((noun, verb) => noun.addCommand(verb()), new Command('store'));
