/**
 * What was sealed so far, beside the keys that seal: `airlock-ledger.json`. It counts the bundles of each site, so that a later one
 * has a higher sequence in whatever workspace it is made, and names the one before.
 */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { reviewJson } from '../../core/canonical-json';
import { type Digest, isDigest } from '../../core/digest';
import { AirlockError, badInput, environmentFailed } from '../../core/errors';
import { systemCode } from '../../core/system-errors';
import { isMissing, writeDurably } from '../store/disk';
import type { SealStatement } from '../trust/seal';
import { takeRunLock } from './run-lock';
import { readRegular } from '../../core/read-regular';

/** A bundle that was sealed, or was about to be. */
export interface SealedBundle {
  readonly site: string;
  readonly sequence: number;
  readonly root: Digest;
  /** RFC 3339 in UTC to the second. */
  readonly sealedAt: string;
  /** Where it lay when it was sealed last, absolute; absent in ledgers of earlier versions. */
  readonly folder?: string;
}

/** What a signer knows while it signs. */
export interface Ledger {
  /** In the order in which they were sealed. */
  readonly bundles: readonly SealedBundle[];
  /**
   * Keeps what is about to be sealed: a number that was given out once is not given out again.
   *
   * @param folder where the bundle lies, absolute
   */
  note(statement: SealStatement, folder?: string): Promise<void>;
}

const FORMAT = 1;
const NAME = 'airlock-ledger.json';
/** How long a signer waits for another one. Milliseconds. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 200;

/** Where the ledger of a key lies: beside its file, wherever links lead. */
export async function ledgerBeside(keyFile: string): Promise<string> {
  return path.join(path.dirname(await realpath(keyFile).catch(() => path.resolve(keyFile))), NAME);
}

function isBundle(value: unknown): value is SealedBundle {
  if (typeof value !== 'object' || value === null) return false;
  const { site, sequence, root, sealedAt, folder, ...others } = value as Record<string, unknown>;
  return (
    typeof site === 'string' &&
    Number.isSafeInteger(sequence) &&
    typeof root === 'string' &&
    isDigest(root) &&
    typeof sealedAt === 'string' &&
    (folder === undefined || typeof folder === 'string') &&
    Object.keys(others).length === 0
  );
}

const ledgerText = (bundles: readonly SealedBundle[]): string => reviewJson({ format: FORMAT, bundles });

/**
 * The bundles of a ledger as it is now, whoever has it; none where there is no such file.
 *
 * @throws AirlockError (input) for what is no ledger, (environment) for what cannot be read
 */
export async function readLedger(file: string): Promise<SealedBundle[]> {
  let text: string;
  try {
    text = (await readRegular(file)).toString('utf8');
  } catch (error) {
    if (isMissing(error)) return [];
    const code = systemCode(error) ?? '';
    throw environmentFailed('FILE_UNREADABLE', `cannot read ${file}: ${code}`, 'check the permissions', error);
  }
  const invalid = badInput('LEDGER_INVALID', `${file} is not what was written there`);
  let bundles: unknown;
  try {
    bundles = (JSON.parse(text) as { readonly bundles?: unknown } | null)?.bundles;
  } catch {
    throw invalid;
  }
  if (!Array.isArray(bundles) || !bundles.every(isBundle) || ledgerText(bundles) !== text) throw invalid;
  return bundles;
}

async function lockLedger(file: string): ReturnType<typeof takeRunLock> {
  for (let left = PATIENCE_MS; ; left -= PAUSE_MS) {
    try {
      return await takeRunLock(`${file}.lock`, 'this ledger');
    } catch (error) {
      if (!(error instanceof AirlockError) || error.code !== 'BUNDLE_LOCKED' || left <= 0) throw error;
      await wait(PAUSE_MS);
    }
  }
}

/**
 * Does something with the ledger while nobody else has it.
 *
 * @throws AirlockError (input) for a file that is no ledger; (environment) when it cannot be read or written, or another signer
 *   has it for long
 */
export async function withLedger<T>(named: string, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  // What is replaced is the file itself: a link to a ledger that several folders share stays one.
  const file = await realpath(named).catch(() => named);
  const lock = await lockLedger(file);
  try {
    const bundles = await readLedger(file);
    return await work({
      bundles,
      async note({ site, sequence, root, sealedAt }, folder) {
        const at = bundles.findIndex((one) => one.site === site && one.sequence === sequence && one.root === root);
        const known = bundles[at];
        if (known !== undefined && (folder === undefined || known.folder === folder)) return;
        const where = folder === undefined ? {} : { folder };
        if (known === undefined) bundles.push({ site, sequence, root, sealedAt, ...where });
        else bundles[at] = { ...known, ...where };
        await writeDurably(file, ledgerText(bundles), path.dirname(file));
      },
    });
  } finally {
    await lock.release();
  }
}

/** The bundle of a site with the highest sequence; the later one of several. */
export const newestOf = ({ bundles }: Pick<Ledger, 'bundles'>, site: string): SealedBundle | undefined =>
  bundles
    .filter((one) => one.site === site)
    .reduce<SealedBundle | undefined>(
      (best, one) => (best !== undefined && best.sequence > one.sequence ? best : one),
      undefined,
    );

/** What follows the newest bundle of a site: another one with the next number, the same one with its own. */
export function nextOf(
  { bundles }: Pick<Ledger, 'bundles'>,
  site: string,
  root: Digest,
): { readonly sequence: number; readonly previous: Digest | null } | undefined {
  const newest = newestOf({ bundles }, site);
  if (newest === undefined) return undefined;
  if (newest.root !== root) return { sequence: newest.sequence + 1, previous: newest.root };
  const before = newestOf({ bundles: bundles.filter((one) => one.root !== root) }, site);
  return { sequence: newest.sequence, previous: before?.root ?? null };
}

/**
 * Demands that a bundle does not come before, or beside, another one that was sealed.
 *
 * @throws AirlockError (input) where it does
 */
export function demandRising(
  ledger: Pick<Ledger, 'bundles'>,
  { site, sequence, root }: Pick<SealStatement, 'site' | 'sequence' | 'root'>,
): void {
  const newest = newestOf(ledger, site);
  if (newest === undefined || newest.root === root || sequence > newest.sequence) return;
  throw badInput(
    'SEAL_CHOICES_INVALID',
    `sequence ${sequence} does not rise: ${newest.root} of ${site} was sealed with ${newest.sequence} at ${newest.sealedAt}`,
    `leave --sequence out, which takes ${newest.sequence + 1}; or overrule it with --allow-lower-sequence`,
  );
}
