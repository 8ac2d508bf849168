/** `airlock verify`: check seal, index and every byte of a bundle. */
import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { reviewJson } from '../../core/canonical-json.js';
import { environmentFailed, EXIT_CODES } from '../../core/errors.js';
import { oddities } from '../../offline-bundle/trust/odd-seal.js';
import type { TrustedKey } from '../../offline-bundle/trust/keys.js';
import type { SealStatement } from '../../offline-bundle/trust/seal.js';
import { type Check, failures, type VerifyReport } from '../../offline-bundle/verify/report.js';
import { verifyBundle } from '../../offline-bundle/verify/verify-bundle.js';
import { formatBytes, print, printJson, table } from '../ui/output.mjs';
import { progressFor } from '../ui/progress.mjs';
import { addTrustOptions, type TrustCommandOptions, trustFrom } from '../ui/trust-options.mjs';

interface VerifyCommandOptions extends TrustCommandOptions {
  readonly allowUnsigned: boolean;
  readonly report?: string;
  readonly json: boolean;
}

/** More lines than this drown the first; `--report` and `--json` hold them all. */
const SHOWN = 40;

/** Failed and skipped checks and notes as a short table; empty when all passed. */
export function findings(checks: readonly Check[]): string {
  const told = [...failures(checks), ...checks.filter(({ result }) => result === 'skipped' || result === 'note')];
  if (told.length === 0) return '';
  const rows = told
    .slice(0, SHOWN)
    .map(({ result, fault, subject, detail }) => [result === 'fail' ? (fault ?? result) : result, subject, detail]);
  const rest = told.length > SHOWN ? `\n… and ${told.length - SHOWN} more; --json prints them all` : '';
  return `${table(['finding', 'what', 'detail'], rows)}${rest}\n`;
}

/** What is odd about a seal that holds, a line each; empty when nothing is. */
export const sealNotes = (seal: SealStatement | undefined): string =>
  (seal === undefined ? [] : oddities(seal, new Date())).map((text) => `note: ${text}\n`).join('');

/** Which key each file is, a line each: a person compares the id with the one that they were told. */
const given = (keys: readonly TrustedKey[], files: readonly string[]): string =>
  keys.map(({ id }, at) => `trusted here: key ${id} (${files[at] ?? ''})\n`).join('');

/** The verdict over a bundle, in one line. */
export function closing({ result, site, root, signers, seal, counts, blobs, bytes }: VerifyReport): string {
  const name = `${site ?? 'bundle'} ${root ?? ''}`.trim();
  if (result === 'fail') return `REFUSED: ${name}: ${counts.fail} of ${counts.pass + counts.fail} checks failed`;
  const who =
    seal === undefined
      ? 'NOT SEALED: nobody vouches for it'
      : `sealed by ${signers.join(', ')} (sequence ${seal.sequence}, ${seal.sealedAt})`;
  return `intact: ${name}: ${blobs} blobs, ${formatBytes(bytes)}, ${counts.pass} checks passed; ${who}`;
}

async function verify(bundle: string, options: VerifyCommandOptions): Promise<void> {
  const { allowUnsigned, report: file, json } = options;
  const trust = await trustFrom(options);
  const report = await verifyBundle({ dir: bundle, ...trust, allowUnsigned, progress: progressFor({ json }) });
  if (file !== undefined) {
    await writeFile(file, reviewJson(report)).catch((error: unknown) => {
      throw environmentFailed(
        'OUTPUT_UNWRITABLE',
        `cannot write ${file}`,
        'name a file in a folder that can be written',
        error,
      );
    });
  }
  if (json) printJson(report);
  else
    print(
      `${given(trust.trusted, options.trust)}${findings(report.checks)}${sealNotes(report.seal)}${closing(report)}`,
    );
  if (report.result === 'fail') process.exitCode = EXIT_CODES.check;
}

export const command = (): Command =>
  addTrustOptions(new Command('verify').argument('<bundle>', 'directory of the bundle'))
    .option('--allow-unsigned', 'check the bytes although nobody vouches for them', false)
    .option('--report <file>', 'write every check made to this file, as JSON')
    .option('--json', 'print the report as JSON', false)
    .action(verify);
