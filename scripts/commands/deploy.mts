/** `airlock deploy`: what was approved is what is applied. */
import { Command } from 'commander';
import { deploy } from '../../cluster/deploy/deploy.js';
import { deploymentPage } from '../../cluster/deploy/text.js';
import { badInput } from '../../core/errors.js';
import { readTrustedKeys } from '../../offline-bundle/verify/trusted-keys.js';
import { kitVersion } from '../ui/kit-version.mjs';
import { print, printJson, say } from '../ui/output.mjs';
import { addSignerOptions, signerFrom, type SignerOptions } from '../ui/signer-options.mjs';
import { collect } from '../ui/trust-options.mjs';

interface DeployCommandOptions extends SignerOptions {
  readonly site: string;
  readonly enclave: string;
  readonly lock: string;
  readonly waivers?: string;
  readonly approvals: string;
  readonly trust: readonly string[];
  readonly terraform: string;
  readonly kubectl: string;
  readonly kubeconfig: string;
  readonly context?: string;
  readonly archive: string;
  readonly allowDestroy: readonly string[];
  readonly emergency: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

async function run(plan: string, options: DeployCommandOptions, command: Command): Promise<void> {
  const { site, enclave, lock, waivers, context, dryRun, json, trust, ...rest } = options;
  const signer = dryRun ? undefined : await signerFrom(options);
  if (signer === undefined && !dryRun) {
    throw badInput(
      'USAGE_MISSING_OPTION',
      'no key was given: whoever deploys signs what was done',
      'pass --key, or --signer-command with --public-key; --dry-run needs none and changes nothing',
    );
  }
  const done = await deploy({
    ...rest,
    files: { plan, site, enclave, lock, ...(waivers === undefined ? {} : { waivers }) },
    trusted: await readTrustedKeys(trust),
    ...(context === undefined ? {} : { context }),
    ...(signer === undefined ? {} : { signer }),
    version: kitVersion(command),
    now: new Date(),
    log: say,
  });
  if (json) printJson(done);
  else print(deploymentPage(done));
}

export const command = (): Command =>
  addSignerOptions(
    new Command('deploy')
      .argument('[plan]', 'folder that `airlock synth` wrote', 'cdktf.out')
      .option('--site <file>', 'the site', 'site.yaml')
      .option('--enclave <file>', 'the enclave', 'enclave.yaml')
      .option('--lock <file>', 'the lock', 'airlock.lock.json')
      .option('--waivers <file>', 'findings that somebody accepts, as they were signed')
      .option('--approvals <dir>', 'folder that `airlock audit sign` filled', 'approvals')
      .option('--trust <file>', 'public key of a reviewer, brought by another path; may be repeated', collect, [])
      .option('--terraform <file>', 'terraform or tofu as the lock names it, or the ZIP that it comes in', 'terraform')
      .option('--kubectl <program>', 'name or path of kubectl', 'kubectl')
      .requiredOption('--kubeconfig <file>', 'kubeconfig of the deployer')
      .option('--context <name>', 'context of that file; default: its current one')
      .option('--archive <dir>', 'folder of kept deployments; belongs beside the state', 'deployments')
      .option(
        '--allow-destroy <address>',
        'what Terraform may destroy, as stack/type.name; may be repeated',
        collect,
        [],
      )
      .option('--emergency', 'deploy what two keys of deployment.emergency signed for, whatever the audit says', false)
      .option('--dry-run', 'plan and judge every stack, and change nothing', false)
      .option('--json', 'print the result as JSON', false),
  )
    .addHelpText(
      'after',
      '\nBefore Terraform starts: the audit passes again, enough reviewers signed these\n' +
        'very bytes, the program is the one of the lock, and the cluster is the one that\n' +
        'the enclave names. Exit code 1: something is not as it was approved, and nothing\n' +
        'was changed; 3: Terraform or the cluster refused; the same command goes on.',
    )
    .action(run);
