/** `airlock import`: bring a verified bundle into the store. */
import { Command, InvalidArgumentError } from 'commander';
import { badInput, EXIT_CODES } from '../../core/errors.js';
import { importBundle } from '../../offline-bundle/import/import-bundle.js';
import { importPage } from '../../offline-bundle/import/text.js';
import { readPolicySignatures } from '../../offline-bundle/trust/policy-signatures.js';
import { print, printJson } from '../ui/output.mjs';
import { progressFor } from '../ui/progress.mjs';
import { addSignerOptions, signerFrom, type SignerOptions } from '../ui/signer-options.mjs';
import { addTrustOptions, type TrustCommandOptions, trustFrom } from '../ui/trust-options.mjs';

interface ImportCommandOptions extends TrustCommandOptions, SignerOptions {
  readonly store: string;
  readonly allowUnsigned: boolean;
  readonly acceptedBy?: string;
  readonly allowOlder: boolean;
  readonly acceptSite?: string;
  readonly acceptPolicy?: string;
  readonly recheck: boolean;
  readonly json: boolean;
}

function reasonText(text: string): string {
  if (text.trim().length < 3) throw new InvalidArgumentError('say why, in a sentence');
  return text;
}

async function run(bundle: string, options: ImportCommandOptions): Promise<void> {
  const { store, allowUnsigned, acceptedBy, allowOlder, acceptSite, acceptPolicy, recheck, json } = options;
  if (allowUnsigned !== (acceptedBy !== undefined)) {
    throw badInput(
      'USAGE_MISSING_OPTION',
      '--allow-unsigned and --accepted-by go together',
      'name who answers for the unsigned bundle',
    );
  }
  if (acceptPolicy !== undefined && options.policy === undefined)
    throw badInput(
      'USAGE_MISSING_OPTION',
      '--accept-policy says nothing without --policy',
      'name the policy with --policy',
    );
  if (acceptSite !== undefined && options.policy !== undefined)
    throw badInput(
      'USAGE_CONFLICTING_OPTIONS',
      '--accept-site says which site is taken, and so does --policy',
      'leave it out, and name the site in the policy',
    );
  const historySigner = await signerFrom(options);
  const report = await importBundle({
    dir: bundle,
    storeDir: store,
    ...(await trustFrom(options)),
    allowOlder,
    ...(options.policy === undefined ? {} : { policySignatures: await readPolicySignatures(options.policy) }),
    ...(acceptPolicy === undefined ? {} : { acceptPolicy }),
    ...(acceptSite === undefined ? {} : { acceptSite }),
    ...(historySigner === undefined ? {} : { historySigner }),
    // Without the option the store decides: see ImportOptions.
    ...(recheck ? { recheck } : {}),
    progress: progressFor({ json }),
    ...(acceptedBy === undefined ? {} : { unsignedAcceptedBy: acceptedBy }),
  });
  if (json) printJson(report);
  else print(importPage(report, store, new Date()));
  if (report.result === 'refused') process.exitCode = EXIT_CODES.check;
}

export const command = (): Command =>
  addSignerOptions(
    addTrustOptions(
      new Command('import')
        .argument('<bundle>', 'directory of the bundle; it is only read')
        .requiredOption('--store <dir>', 'folder of the store; made where there is none'),
    ),
    'private key to sign the record of this import with (store history)',
  )
    .option('--allow-unsigned', 'take a bundle that nobody sealed; needs --accepted-by', false)
    .option('--accepted-by <who>', 'who answers for the unsigned bundle; kept in the store')
    .option('--allow-older', 'take a bundle that is not newer than one the store has of the same site', false)
    .option('--accept-site <name>', 'take a bundle of this site into a store that has those of others alone')
    .option(
      '--accept-policy <reason>',
      'take the policy although the one that the store was filled under did not sign for it; says why',
      reasonText,
    )
    .option('--recheck', 'hash again what the store has already of the bundle, and replace what is wrong', false)
    .option('--json', 'print the result as JSON', false)
    .action(run);
