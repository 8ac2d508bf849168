/** `airlock bundle extract-record`: site and lock of a bundle, once it is verified. */
import { Command } from 'commander';
import { EXIT_CODES } from '../../core/errors.js';
import { extractRecord } from '../../offline-bundle/verify/extract-record.js';
import { print, printJson } from '../ui/output.mjs';
import { progressFor } from '../ui/progress.mjs';
import { addTrustOptions, type TrustCommandOptions, trustFrom } from '../ui/trust-options.mjs';
import { closing, findings } from './verify.mjs';

interface ExtractRecordOptions extends TrustCommandOptions {
  readonly out: string;
  readonly allowUnsigned: boolean;
  readonly json: boolean;
}

async function run(bundle: string, options: ExtractRecordOptions): Promise<void> {
  const { out, allowUnsigned, json } = options;
  const { report, files } = await extractRecord({
    dir: bundle,
    out,
    ...(await trustFrom(options)),
    allowUnsigned,
    progress: progressFor({ json }),
  });
  if (report.result === 'fail') process.exitCode = EXIT_CODES.check;
  if (json) {
    printJson({ ...report, files });
    return;
  }
  print(`${findings(report.checks)}${closing(report)}`);
  for (const { file, digest } of files) print(`wrote ${file}  ${digest}`);
  if (files.length > 0) print(`next: put enclave.yaml into ${out}, then run airlock synth there`);
}

export const extractRecordCommand = (): Command =>
  addTrustOptions(
    new Command('extract-record')
      .description('verify a bundle, then write its site.yaml and airlock.lock.json into a new folder')
      .argument('<bundle>', 'directory of the bundle; it is only read'),
  )
    .requiredOption('--out <folder>', 'folder to make; it appears when both files are whole')
    .option('--allow-unsigned', 'take the files although nobody vouches for them', false)
    .option('--json', 'print the report and the files as JSON', false)
    .action(run);
