/** `airlock bundle extract-record`: site and lock of a bundle, once it is verified. */
import { Command } from 'commander';
import { EXIT_CODES } from '../../core/errors.js';
import { extractRecord } from '../../offline-bundle/verify/extract-record.js';
import { extractPage } from '../../offline-bundle/verify/text.js';
import { print, printJson } from '../ui/output.mjs';
import { progressFor } from '../ui/progress.mjs';
import { addTrustOptions, type TrustCommandOptions, trustFrom } from '../ui/trust-options.mjs';

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
  if (json) printJson({ ...report, files });
  else print(extractPage(report, files, out));
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
