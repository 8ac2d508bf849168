/** `airlock verify`: check seal, index and every byte of a bundle. */
import { Command } from 'commander';
import { reviewJson } from '../../core/canonical-json.js';
import { EXIT_CODES } from '../../core/errors.js';
import { trustedLines, verifyPage } from '../../offline-bundle/verify/text.js';
import { verifyBundle } from '../../offline-bundle/verify/verify-bundle.js';
import { print, printJson } from '../ui/output.mjs';
import { writeOutput } from '../ui/output-file.mjs';
import { progressFor } from '../ui/progress.mjs';
import { addTrustOptions, type TrustCommandOptions, trustFrom } from '../ui/trust-options.mjs';

interface VerifyCommandOptions extends TrustCommandOptions {
  readonly allowUnsigned: boolean;
  readonly report?: string;
  readonly json: boolean;
}

async function verify(bundle: string, options: VerifyCommandOptions): Promise<void> {
  const { allowUnsigned, report: file, json } = options;
  const trust = await trustFrom(options);
  const report = await verifyBundle({ dir: bundle, ...trust, allowUnsigned, progress: progressFor({ json }) });
  if (file !== undefined) await writeOutput(file, reviewJson(report));
  if (json) printJson(report);
  else print([trustedLines(trust.trusted, options.trust), verifyPage(report, new Date())]);
  if (report.result === 'fail') process.exitCode = EXIT_CODES.check;
}

export const command = (): Command =>
  addTrustOptions(new Command('verify').argument('<bundle>', 'directory of the bundle'))
    .option('--allow-unsigned', 'check the bytes although nobody vouches for them', false)
    .option('--report <file>', 'write every check made to this file, as JSON')
    .option('--json', 'print the report as JSON', false)
    .action(verify);
