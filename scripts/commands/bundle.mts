/** `airlock bundle`: make the bundle that a lock describes, and seal it. */
import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { type Digest, parseDigest } from '../../core/digest.js';
import { badInput, environmentFailed } from '../../core/errors.js';
import { createBundle, type CreateResult } from '../../offline-bundle/bundle/create.js';
import { kitImageSource } from '../../offline-bundle/bundle/kit-content.js';
import { demandLockFits } from '../../offline-bundle/bundle/preflight.js';
import { demandShapes } from '../../offline-bundle/bundle/shapes.js';
import { demandChoices, type SealChoices, signBundle, type SignResult } from '../../offline-bundle/bundle/sign.js';
import { ledgerBeside, newestOf, readLedger, withLedger } from '../../offline-bundle/bundle/ledger.js';
import { lastBundle, type ReuseSource, reuseSource } from '../../offline-bundle/bundle/reuse-sources.js';
import { summarize } from '../../offline-bundle/bundle/summary.js';
import { createdPage, sealPage, summaryPage } from '../../offline-bundle/bundle/text.js';
import { createClients } from '../../offline-bundle/fetch/clients.js';
import { DEFAULT_RETRY_POLICY } from '../../offline-bundle/fetch/retry.js';
import { upstreamNames } from '../../offline-bundle/fetch/upstream-names.js';
import { createSourceReader } from '../../offline-bundle/fetch/upstream-reader.js';
import { planBundle } from '../../offline-bundle/layout/plan.js';
import { parseSealTime } from '../../offline-bundle/trust/seal.js';
import type { Signer } from '../../offline-bundle/trust/signer.js';
import { readTrustedKeys } from '../../offline-bundle/verify/trusted-keys.js';
import { loadSite } from '../../site/load-site.js';
import { loadLock } from '../../site/lock/lock-file.js';
import { together } from '../../site/reading/together.js';
import { lockRequests } from '../../site/requests/requests.js';
import { kitProgram } from '../kit-program.mjs';
import { print, printJson } from '../ui/output.mjs';
import { progressFor } from '../ui/progress.mjs';
import { addSignerOptions, signerFrom, type SignerOptions } from '../ui/signer-options.mjs';
import { addUpstreamOptions, type UpstreamOptions, upstreamSettings } from '../ui/upstream-options.mjs';
import { extractRecordCommand } from './extract-record.mjs';
import { collect } from '../ui/trust-options.mjs';

/** That a bundle is the first one of its site. */
const NONE = 'none';

interface SealOptions extends SignerOptions, Omit<SealChoices, 'previous'> {
  readonly previous?: Digest | typeof NONE;
  readonly trust: readonly string[];
  readonly ledger?: string;
  readonly allowLowerSequence: boolean;
  readonly json: boolean;
}

interface CreateOptions extends SealOptions, UpstreamOptions {
  readonly site: string;
  readonly lock: string;
  readonly out: string;
  readonly reuse: readonly string[];
  readonly dryRun: boolean;
}

function sequenceNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('write a whole number');
  return Number(text);
}

const choicesOf = ({ sequence, sealedAt, previous, expires }: SealOptions): SealChoices => ({
  ...(sequence === undefined ? {} : { sequence }),
  ...(sealedAt === undefined ? {} : { sealedAt }),
  ...(previous === undefined ? {} : { previous: previous === NONE ? null : previous }),
  ...(expires === undefined ? {} : { expires }),
});

const now = (): string => `${new Date().toISOString().slice(0, 19)}Z`;

/** The ledger that is named, or lies beside the key; undefined where neither is given. */
async function ledgerOf({ ledger, key, publicKey }: SealOptions): Promise<string | undefined> {
  const beside = key ?? publicKey;
  return ledger ?? (beside === undefined ? undefined : ledgerBeside(beside));
}

/** Where blobs may be at hand: what was named, then the last bundle of the site that the ledger knows. */
async function reuseSources(site: string, options: CreateOptions): Promise<ReuseSource[]> {
  const named = await Promise.all(options.reuse.map(reuseSource));
  const ledger = await ledgerOf(options);
  const last = ledger === undefined ? undefined : newestOf({ bundles: await readLedger(ledger) }, site);
  const known = await lastBundle(last);
  return known === undefined || named.some(({ blobs }) => blobs === known.blobs) ? named : [...named, known];
}

async function seal(bundle: string, signer: Signer, options: SealOptions): Promise<SignResult> {
  const trusted = await readTrustedKeys(options.trust);
  // A key is there, or nobody would sign.
  return withLedger((await ledgerOf(options)) ?? '', (ledger) =>
    signBundle(bundle, signer, choicesOf(options), now(), trusted, { ledger, allowLower: options.allowLowerSequence }),
  );
}

/** Ctrl-C and a polite kill end the downloads in good order: what has arrived is kept. */
function abortOnSignals(): { readonly signal: AbortSignal; readonly forget: () => void } {
  const controller = new AbortController();
  const abort = (): void =>
    controller.abort(
      environmentFailed('INTERRUPTED', 'interrupted', 'run the same command again: what is there is kept'),
    );
  const names = ['SIGINT', 'SIGTERM'] as const;
  names.forEach((name) => process.once(name, abort));
  return { signal: controller.signal, forget: () => names.forEach((name) => process.off(name, abort)) };
}

async function create(options: CreateOptions): Promise<void> {
  const { out, json, dryRun } = options;
  const { site, lock } = await together({ site: [options.site, loadSite], lock: [options.lock, loadLock] });
  demandLockFits(lock, site);
  const signer = await signerFrom(options);
  const { bytes: airlockMjs, version } = await kitProgram();
  const kitImage = kitImageSource(lock, airlockMjs);
  const [lockBytes, siteBytes] = await Promise.all([readFile(options.lock), readFile(options.site)]);
  const plan = planBundle({ lock, lockBytes, siteBytes, airlockMjs });
  const ledger = signer === undefined ? undefined : await ledgerOf(options);
  const known = ledger === undefined ? [] : await readLedger(ledger);
  if (signer !== undefined)
    demandChoices(
      choicesOf(options),
      { site: site.name, root: plan.root },
      { bundles: known },
      options.allowLowerSequence,
    );
  const reuse = await reuseSources(site.name, options);
  if (dryRun) {
    const summary = await summarize(plan, out, reuse);
    if (json) printJson(summary);
    else print(summaryPage(summary, out));
    return;
  }
  const progress = progressFor({ json });
  const packages = lock.providers.flatMap((provider) => provider.packages.flatMap(({ url }) => url ?? []));
  const settings = upstreamSettings(options, upstreamNames(lockRequests(site), packages));
  const clients = createClients(settings, { version, progress });
  const { signal, forget } = abortOnSignals();
  let created: CreateResult;
  try {
    const reader = createSourceReader(clients);
    const { concurrency, outageMs } = settings;
    const retry = { ...DEFAULT_RETRY_POLICY, outageMs };
    created = await createBundle({
      ...{ plan, reader, kitImage, out, reuse, concurrency, retry, progress, signal },
      judge: (file) => demandShapes(lock, file),
    });
  } finally {
    forget();
    await clients.close();
  }
  const sealed = signer === undefined ? undefined : await seal(out, signer, options);
  if (json) printJson({ ...created, ...(sealed === undefined ? {} : { seal: sealed }) });
  else print(createdPage(created, sealed, new Date()));
}

async function sign(bundle: string, options: SealOptions): Promise<void> {
  const signer = await signerFrom(options);
  if (signer === undefined)
    throw badInput('USAGE_MISSING_OPTION', 'no key was given', 'pass --key, or --signer-command with --public-key');
  const sealed = await seal(bundle, signer, options);
  if (options.json) printJson({ bundle, ...sealed });
  else print(sealPage(sealed, new Date()));
}

/** The word stays: commander takes a parsed null for a missing value, and passes an empty text on. */
const previousBundle = (text: string): Digest | typeof NONE => (text === NONE ? NONE : parseDigest(text));

const addSealOptions = (command: Command): Command =>
  addSignerOptions(command)
    .option(
      '--sequence <number>',
      'counts the bundles of a site; the first signer decides (default: one more than the ledger knows)',
      sequenceNumber,
    )
    .option('--sealed-at <time>', 'RFC 3339 in UTC; the first signer decides (default: now)', parseSealTime)
    .option(
      '--previous <digest>',
      'index digest of the bundle before this one, or none; the first signer decides (default: as the ledger knows it)',
      previousBundle,
    )
    .option('--expires <time>', 'from then on nobody takes the bundle; the first signer decides', parseSealTime)
    .option('--ledger <file>', 'what was sealed so far (default: airlock-ledger.json beside the key)')
    .option('--allow-lower-sequence', 'seal what does not come after all that the ledger knows', false)
    .option(
      '--trust <file>',
      'public key of an earlier signer, whose words are taken over once its seal verifies; may be repeated',
      collect,
      [],
    )
    .option('--json', 'print the result as JSON', false);

export const command = (): Command =>
  new Command('bundle')
    .addCommand(
      addSealOptions(
        addUpstreamOptions(
          new Command('create')
            .description('fetch everything in the lock into one folder; a rerun goes on where a run ended')
            .option('--site <file>', 'what is wanted', 'site.yaml')
            .option('--lock <file>', 'what it is, by digest', 'airlock.lock.json')
            .option('--out <dir>', 'folder of the bundle; it appears when it is whole', 'bundle')
            .option(
              '--reuse <dir>',
              'an older bundle, an unfinished one or a store: what it has of the lock is hashed and taken, not fetched; may be ' +
                'repeated (default: the last bundle of the site that the ledger knows)',
              collect,
              [],
            )
            .option('--dry-run', 'show what there is to do, and whether it fits the disk; no network', false),
        ),
      ).action(create),
    )
    .addCommand(
      addSealOptions(
        new Command('sign')
          .description('add the seal of one more key to a bundle')
          .argument('<bundle>', 'folder of the bundle'),
      ).action(sign),
    )
    .addCommand(extractRecordCommand());
