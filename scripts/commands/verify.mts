/** `airlock verify`: check seal, index and every byte of a bundle. */
import { Command } from 'commander';
import { reviewJson } from '../../core/canonical-json.js';
import { badInput, EXIT_CODES } from '../../core/errors.js';
import { verifyForStore } from '../../offline-bundle/import/verify-for-store.js';
import { openStore } from '../../offline-bundle/store/store.js';
import { keysWith } from '../../offline-bundle/trust/policy.js';
import { readPolicySignatures } from '../../offline-bundle/trust/policy-signatures.js';
import { trustedLines, verifyPage } from '../../offline-bundle/verify/text.js';
import { verifyBundle } from '../../offline-bundle/verify/verify-bundle.js';
import { print, printJson } from '../ui/output.mjs';
import { writeOutput } from '../ui/output-file.mjs';
import { progressFor } from '../ui/progress.mjs';
import { addSignerOptions, signerFrom, type SignerOptions } from '../ui/signer-options.mjs';
import { addTrustOptions, type TrustCommandOptions, trustFrom } from '../ui/trust-options.mjs';

interface VerifyCommandOptions extends TrustCommandOptions, SignerOptions {
  readonly store?: string;
  readonly allowUnsigned: boolean;
  readonly report?: string;
  readonly json: boolean;
}

async function verify(bundle: string, options: VerifyCommandOptions): Promise<void> {
  const { allowUnsigned, store, report: file, json } = options;
  const trust = await trustFrom(options);
  const historySigner = await signerFrom(options);
  if (store === undefined && historySigner !== undefined)
    throw badInput('USAGE_MISSING_OPTION', '--key signs the record in a store', 'name the store with --store');
  const terms = { dir: bundle, ...trust, allowUnsigned, progress: progressFor({ json }) };
  const report =
    store === undefined
      ? await verifyBundle(terms)
      : await verifyForStore({
          ...{ ...terms, store: await openStore(store) },
          terms: {
            ...(trust.policy === undefined ? {} : { policy: trust.policy }),
            ...(options.policy === undefined ? {} : { signatures: await readPolicySignatures(options.policy) }),
          },
          ...(historySigner === undefined ? {} : { historySigner }),
        });
  if (file !== undefined) await writeOutput(file, reviewJson(report));
  if (json) printJson(report);
  else {
    const names = trust.policy === undefined ? options.trust : keysWith(trust.policy, 'bundle').map(({ name }) => name);
    print([trustedLines(trust.trusted, names), verifyPage(report, new Date())]);
  }
  if (report.result === 'fail') process.exitCode = EXIT_CODES.check;
}

export const command = (): Command =>
  addSignerOptions(
    addTrustOptions(new Command('verify').argument('<bundle>', 'directory of the bundle')).option(
      '--store <dir>',
      'judge by what this store knows, too, as import does, and leave a record (store history)',
    ),
    'private key to sign that record with',
  )
    .option('--allow-unsigned', 'check the bytes although nobody vouches for them', false)
    .option('--report <file>', 'write every check made to this file, as JSON')
    .option('--json', 'print the report as JSON', false)
    .action(verify);
