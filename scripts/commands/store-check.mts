/** `airlock store check`: read a store again. */
import { Command, InvalidArgumentError } from 'commander';
import { EXIT_CODES } from '../../core/errors.js';
import { checkStore } from '../../offline-bundle/upkeep/check.js';
import { checkPage } from '../../offline-bundle/upkeep/text.js';
import { readTrustedKeys } from '../../offline-bundle/verify/trusted-keys.js';
import { print, printJson } from '../ui/output.mjs';
import { progressFor } from '../ui/progress.mjs';
import { collect } from '../ui/trust-options.mjs';

interface CheckCommandOptions {
  readonly store: string;
  readonly sample?: number;
  readonly seed?: string;
  readonly keep: boolean;
  readonly restart: boolean;
  readonly trust: readonly string[];
  readonly json: boolean;
}

function percentage(text: string): number {
  const percent = Number(/^(\d{1,3}(?:\.\d{1,3})?)%?$/.exec(text)?.[1]);
  if (!(percent > 0 && percent <= 100)) throw new InvalidArgumentError('write a share such as 5%');
  return percent;
}

/** Another part of the store every day. */
const today = (): string => new Date().toISOString().slice(0, 10);

async function check(options: CheckCommandOptions): Promise<void> {
  const { store: dir, sample: percent, seed = today(), keep, restart, json } = options;
  const report = await checkStore({
    ...{ dir, keep, restart, progress: progressFor({ json }), trusted: await readTrustedKeys(options.trust) },
    ...(percent === undefined ? {} : { sample: { percent, seed } }),
  });
  if (json) printJson(report);
  else print(checkPage(report, dir));
  if (report.result === 'fail') process.exitCode = EXIT_CODES.check;
}

export const checkCommand = (): Command =>
  new Command('check')
    .description('read blobs, records and seals again; move aside what is damaged')
    .requiredOption('--store <dir>', 'folder of the store')
    .option('--sample <percent>', 'read only a part of the blobs, e.g. 5%', percentage)
    .option('--seed <text>', 'which part: the same text chooses the same blobs (default: the day)')
    .option('--keep', 'write nothing: damaged blobs stay where they are', false)
    .option('--restart', 'read everything, also what a check that was killed has read', false)
    .option('--trust <file>', 'public key for seals beside which none is kept; may be repeated', collect, [])
    .option('--json', 'print the report as JSON', false)
    .action(check);
