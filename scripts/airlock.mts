/** `airlock`: the near side's program; every command of the kit. */
import { readFileSync } from 'node:fs';
import { FAR_SIDE_COMMANDS } from './far-side-commands.mjs';
import { type CommandTable, runProgram } from './ui/program.mjs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const COMMANDS: CommandTable = {
  init: { summary: 'write a commented site.yaml and enclave.yaml', load: () => import('./commands/init.mjs') },
  keys: { summary: 'create signing keys', load: () => import('./commands/keys.mjs') },
  fit: { summary: 'does the model fit the GPUs?', load: () => import('./commands/fit.mjs') },
  lock: { summary: 'resolve everything the site names to digests', load: () => import('./commands/lock.mjs') },
  bundle: { summary: 'create and sign bundles', load: () => import('./commands/bundle.mjs') },
  gateway: { summary: 'API keys of callers', load: () => import('./commands/gateway.mjs') },
  traces: {
    summary: 'records of one person in the trace store, backup and restore',
    load: () => import('./commands/traces.mjs'),
  },
  ...FAR_SIDE_COMMANDS,
};

process.exitCode = await runProgram('airlock', version, COMMANDS, process.argv.slice(2));
