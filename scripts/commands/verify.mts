/** `airlock verify`: check seal, index and every byte of a bundle. */
import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { reviewJson } from '../../core/canonical-json.js';
import { EXIT_CODES, environmentFailed } from '../../core/errors.js';
import { type Check, failures, type VerifyReport } from '../../offline-bundle/verify/report.js';
import { readTrustedKeys } from '../../offline-bundle/verify/trusted-keys.js';
import { verifyBundle } from '../../offline-bundle/verify/verify-bundle.js';
import { formatBytes, print, printJson, table } from '../ui/output.mjs';
import { progressFor } from '../ui/progress.mjs';

interface VerifyCommandOptions {
  readonly trust: readonly string[];
  readonly threshold: number;
  readonly allowUnsigned: boolean;
  readonly report?: string;
  readonly json: boolean;
}

/** More lines than this drown the first; `--report` and `--json` hold them all. */
const SHOWN = 40;

/** Gathers the values of an option that may be repeated. */
export const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('write a whole number from 1 on');
  return Number(text);
}

/** Failed and skipped checks as a short table; empty when all passed. */
export function findings(checks: readonly Check[]): string {
  const told = [...failures(checks), ...checks.filter((check) => check.result === 'skipped')];
  if (told.length === 0) return '';
  const rows = told
    .slice(0, SHOWN)
    .map(({ result, fault, subject, detail }) => [result === 'fail' ? (fault ?? result) : result, subject, detail]);
  const rest = told.length > SHOWN ? `\n… and ${told.length - SHOWN} more; --json prints them all` : '';
  return `${table(['finding', 'what', 'detail'], rows)}${rest}\n`;
}

function closing({ result, site, root, signers, seal, counts, blobs, bytes }: VerifyReport): string {
  const name = `${site ?? 'bundle'} ${root ?? ''}`.trim();
  if (result === 'fail') return `REFUSED: ${name}: ${counts.fail} of ${counts.pass + counts.fail} checks failed`;
  const who =
    seal === undefined
      ? 'NOT SEALED: nobody vouches for it'
      : `sealed by ${signers.join(', ')} (sequence ${seal.sequence}, ${seal.sealedAt})`;
  return `intact: ${name}: ${blobs} blobs, ${formatBytes(bytes)}, ${counts.pass} checks passed; ${who}`;
}

async function verify(
  bundle: string,
  { trust, threshold, allowUnsigned, report: file, json }: VerifyCommandOptions,
): Promise<void> {
  const trusted = await readTrustedKeys(trust);
  const report = await verifyBundle({
    dir: bundle,
    trusted,
    threshold,
    allowUnsigned,
    progress: progressFor({ json }),
  });
  if (file !== undefined) {
    await writeFile(file, reviewJson(report)).catch((error: unknown) => {
      throw environmentFailed(`cannot write ${file}`, 'name a file in a folder that can be written', error);
    });
  }
  if (json) printJson(report);
  else print(`${findings(report.checks)}${closing(report)}`);
  if (report.result === 'fail') process.exitCode = EXIT_CODES.check;
}

export const command = (): Command =>
  new Command('verify')
    .argument('<bundle>', 'directory of the bundle')
    .option('--trust <file>', 'public key of a trusted signer, brought by another path; may be repeated', collect, [])
    .option('--threshold <number>', 'how many distinct trusted signers are needed', wholeNumber, 1)
    .option('--allow-unsigned', 'check the bytes although nobody vouches for them', false)
    .option('--report <file>', 'write every check made to this file, as JSON')
    .option('--json', 'print the report as JSON', false)
    .action(verify);
