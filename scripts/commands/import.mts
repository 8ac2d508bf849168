/** `airlock import`: bring a verified bundle into the store. */
import { Command } from 'commander';
import { badInput, EXIT_CODES } from '../../core/errors.js';
import { type ImportReport, importBundle } from '../../offline-bundle/import/import-bundle.js';
import { failures } from '../../offline-bundle/verify/report.js';
import { formatBytes, print, printJson } from '../ui/output.mjs';
import { progressFor } from '../ui/progress.mjs';
import { addTrustOptions, type TrustCommandOptions, trustFrom } from '../ui/trust-options.mjs';
import { findings, sealNotes } from './verify.mjs';

interface ImportCommandOptions extends TrustCommandOptions {
  readonly store: string;
  readonly allowUnsigned: boolean;
  readonly acceptedBy?: string;
  readonly allowOlder: boolean;
  readonly recheck: boolean;
  readonly json: boolean;
}

function closing({ result, site, root, copied, present, trust, checks }: ImportReport, store: string): string {
  const name = `${site ?? 'bundle'} ${root ?? ''}`.trim();
  if (result === 'refused') {
    return `REFUSED: ${name}: ${failures(checks).length} checks failed; nothing of it can be served`;
  }
  const who =
    trust === undefined || 'unsigned' in trust
      ? `NOT SEALED, accepted by ${trust?.acceptedBy ?? '?'}`
      : `sealed by ${trust.signedBy.join(', ')}`;
  if (result === 'already imported') return `already imported: ${name}: ${present.blobs} blobs; ${who}`;
  return [
    `imported: ${name}: ${copied.blobs} blobs, ${formatBytes(copied.bytes)} written, ${present.blobs} already there; ${who}`,
    `next: airlock mirror --store ${store}`,
  ].join('\n');
}

const notes = ({ mended, problems }: ImportReport): string =>
  [
    ...mended.map((subject) => `mended: ${subject} was damaged in the store\n`),
    ...problems.map((problem) => `problem in the store: ${problem}\n`),
  ].join('');

async function run(bundle: string, options: ImportCommandOptions): Promise<void> {
  const { store, allowUnsigned, acceptedBy, allowOlder, recheck, json } = options;
  if (allowUnsigned !== (acceptedBy !== undefined)) {
    throw badInput(
      'USAGE_MISSING_OPTION',
      '--allow-unsigned and --accepted-by go together',
      'name who answers for the unsigned bundle',
    );
  }
  const report = await importBundle({
    dir: bundle,
    storeDir: store,
    ...(await trustFrom(options)),
    allowOlder,
    // Without the option the store decides: see ImportOptions.
    ...(recheck ? { recheck } : {}),
    progress: progressFor({ json }),
    ...(acceptedBy === undefined ? {} : { unsignedAcceptedBy: acceptedBy }),
  });
  if (json) printJson(report);
  else print(`${findings(report.checks)}${sealNotes(report.seal)}${notes(report)}${closing(report, store)}`);
  if (report.result === 'refused') process.exitCode = EXIT_CODES.check;
}

export const command = (): Command =>
  addTrustOptions(
    new Command('import')
      .argument('<bundle>', 'directory of the bundle; it is only read')
      .requiredOption('--store <dir>', 'folder of the store; made where there is none'),
  )
    .option('--allow-unsigned', 'take a bundle that nobody sealed; needs --accepted-by', false)
    .option('--accepted-by <who>', 'who answers for the unsigned bundle; kept in the store')
    .option('--allow-older', 'take a bundle that is not newer than one the store has of the same site', false)
    .option('--recheck', 'hash again what the store has already of the bundle, and replace what is wrong', false)
    .option('--json', 'print the result as JSON', false)
    .action(run);
