/** `airlock store`: what a store holds and what became of it. */
import { Command } from 'commander';
import { historyCommand } from './store-history.mjs';

export const command = (): Command => new Command('store').addCommand(historyCommand());
