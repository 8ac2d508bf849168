/** `airlock store repair`: bring back what a store has lost. */
import { Command } from 'commander';
import { EXIT_CODES } from '../../core/errors.js';
import { readAuthorities } from '../../offline-bundle/fetch/dispatcher.js';
import { repairStore } from '../../offline-bundle/upkeep/repair.js';
import { openFolder, openMirror, type RepairSource } from '../../offline-bundle/upkeep/repair-source.js';
import { repairPage } from '../../offline-bundle/upkeep/text.js';
import { readTrustedKeys } from '../../offline-bundle/verify/trusted-keys.js';
import { parseMirrorUrl } from '../../offline-bundle/weights/content-source.js';
import { kitVersion } from '../ui/kit-version.mjs';
import { print, printJson } from '../ui/output.mjs';
import { progressFor } from '../ui/progress.mjs';
import { collect } from '../ui/trust-options.mjs';

interface RepairCommandOptions {
  readonly store: string;
  readonly from: string;
  readonly trust: readonly string[];
  readonly ca?: string;
  readonly json: boolean;
}

function open({ from, ca, json }: RepairCommandOptions, command: Command): Promise<RepairSource> | RepairSource {
  if (!/^https?:\/\//i.test(from)) return openFolder(from);
  return openMirror({
    ...{ url: parseMirrorUrl(from), authorities: readAuthorities(ca === undefined ? [] : [ca]) },
    ...{ version: kitVersion(command), progress: progressFor({ json }) },
  });
}

async function repair(options: RepairCommandOptions, command: Command): Promise<void> {
  const { store: dir, from: name, json } = options;
  const trusted = await readTrustedKeys(options.trust);
  const from = await open(options, command);
  try {
    const report = await repairStore({ dir, from, trusted, progress: progressFor({ json }) });
    if (json) printJson(report);
    else print(repairPage(report, dir, name));
    if (report.result === 'fail') process.exitCode = EXIT_CODES.check;
  } finally {
    await from.close();
  }
}

export const repairCommand = (): Command =>
  new Command('repair')
    .description('bring what is missing or damaged, and nothing else; check the store first')
    .requiredOption('--store <dir>', 'folder of the store')
    .requiredOption('--from <source>', "a bundle's folder, another store, or the address of a mirror")
    .option('--trust <file>', 'public key of a seal whose kept key is damaged; may be repeated', collect, [])
    .option('--ca <file>', "authority that signed the mirror's certificate, as PEM")
    .option('--json', 'print the report as JSON', false)
    .action(repair);
