/** `airlock rollback`: back to what was deployed before. */
import path from 'node:path';
import { Command } from 'commander';
import type { NeededContent } from '../../cluster/deployments/needed-contents.js';
import { rollback } from '../../cluster/deployments/rollback.js';
import { rollbackPage } from '../../cluster/deployments/text.js';
import { readAuthorities } from '../../offline-bundle/fetch/dispatcher.js';
import { HttpClient } from '../../offline-bundle/fetch/http.js';
import { dockerCredentials } from '../../offline-bundle/oci/docker-credentials.js';
import { RegistryClient } from '../../offline-bundle/oci/registry-client.js';
import { AirlockError } from '../../core/errors.js';
import { SILENT } from '../../core/progress.js';
import { kitVersion } from '../ui/kit-version.mjs';
import { print, printJson, say } from '../ui/output.mjs';

interface RollbackCommandOptions {
  readonly archive: string;
  readonly to?: string;
  readonly apply: boolean;
  readonly terraform: string;
  readonly kubeconfig?: string;
  readonly ca?: string;
  readonly registry: boolean;
  readonly json: boolean;
}

/** Asks registries and mirrors for manifests; closes what it opened. */
function askingRegistries(ca: string | undefined, version: string) {
  const http = new HttpClient({
    version,
    authorities: readAuthorities(ca === undefined ? [] : [ca]),
    progress: SILENT,
  });
  const docker = process.env['DOCKER_CONFIG'] ?? '';
  const credentials = docker === '' ? () => Promise.resolve(undefined) : dockerCredentials(docker);
  const client = new RegistryClient(http, new Map(), credentials);
  return {
    isThere: async ({ host, repository, digest }: NeededContent): Promise<boolean> => {
      try {
        await client.getManifest({ host, path: repository, digest });
        return true;
      } catch (error) {
        if (error instanceof AirlockError && error.code === 'UPSTREAM_NOT_FOUND') return false;
        throw error;
      }
    },
    close: () => http.close(),
  };
}

async function run(plan: string, options: RollbackCommandOptions, command: Command): Promise<void> {
  const { archive, to, apply, terraform, kubeconfig, ca, registry, json } = options;
  const asking = registry ? askingRegistries(ca, kitVersion(command)) : undefined;
  const absolute = path.resolve(plan);
  try {
    const done = await rollback({
      ...{ plan: absolute, archive, apply },
      // It runs in the folder of a stack.
      terraform: terraform.includes('/') ? path.resolve(terraform) : terraform,
      ...(to === undefined ? {} : { to }),
      ...(asking === undefined ? {} : { isThere: asking.isThere }),
      env: {
        CHECKPOINT_DISABLE: '1',
        TF_IN_AUTOMATION: '1',
        TF_CLI_CONFIG_FILE: process.env['TF_CLI_CONFIG_FILE'] ?? path.join(absolute, 'terraform.tfrc'),
        ...(kubeconfig === undefined ? {} : { TF_VAR_kubeconfig: path.resolve(kubeconfig) }),
      },
      log: say,
    });
    if (json) printJson(done);
    else print(rollbackPage(done, registry));
  } finally {
    await asking?.close();
  }
}

export const command = (): Command =>
  new Command('rollback')
    .argument('[plan]', 'folder that `cdktf synth` wrote, and that is deployed', 'cdktf.out')
    .option('--archive <dir>', 'folder of kept deployments, as `airlock deployed` fills it', 'deployments')
    .option('--to <digest>', 'begin of the digest to go back to; default: what was deployed before')
    .option('--apply', 'do it; without, it plans and changes nothing', false)
    .option('--terraform <program>', 'name or path of terraform or tofu', 'terraform')
    .option('--kubeconfig <file>', "kubeconfig of a deployer; default: TF_VAR_kubeconfig's")
    .option('--ca <file>', 'authority that signed the certificate of the registry, as PEM')
    .option('--no-registry', 'do not ask the registry whether images and weights are still there')
    .option('--json', 'print what it did as JSON', false)
    .addHelpText(
      'after',
      '\nNeeds no medium and builds nothing: the plan is the one that was deployed, and\n' +
        'what it names is asked for before anything changes. Exit code 1: something of it\n' +
        'is gone; 2: there is nothing to go back to; 3: Terraform refused.',
    )
    .action(run);
