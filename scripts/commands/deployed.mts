/** `airlock deployed`: keep what was deployed, so that one can go back to it. */
import { Command } from 'commander';
import { history, recordDeployment } from '../../cluster/deployments/archive.js';
import { deployedPage, resultsPage } from '../../cluster/deployments/text.js';
import { isIrregular, keptResults } from '../../cluster/deploy/result.js';
import { EXIT_CODES } from '../../core/errors.js';
import { readTrustedKeys } from '../../offline-bundle/verify/trusted-keys.js';
import { print, printJson } from '../ui/output.mjs';
import { collect } from '../ui/trust-options.mjs';

interface DeployedOptions {
  readonly archive: string;
  readonly list: boolean;
  readonly trust: readonly string[];
  readonly json: boolean;
}

async function run(plan: string, { archive, list, json, trust }: DeployedOptions): Promise<void> {
  const kept = list ? undefined : await recordDeployment(archive, plan);
  const deployed = await history(archive);
  const results = await keptResults(archive, await readTrustedKeys(trust));
  if (list && isIrregular(results)) process.exitCode = EXIT_CODES.check;
  if (json) printJson({ ...(kept === undefined ? {} : { kept }), deployed, ...results });
  else print([deployedPage(archive, deployed, kept), ...(list ? [resultsPage(results)] : [])]);
}

export const command = (): Command =>
  new Command('deployed')
    .argument('[plan]', 'folder that `cdktf synth` wrote, and that was deployed', 'cdktf.out')
    .option('--archive <dir>', 'folder of kept deployments; belongs beside the state', 'deployments')
    .option(
      '--list',
      'show what was deployed, the last one last, and keep nothing; 1: an emergency was the last',
      false,
    )
    .option('--trust <file>', 'public key of a deployer, to verify what was signed; may be repeated', collect, [])
    .option('--json', 'print it as JSON', false)
    .action(run);
