/**
 * The history of a store: `history/<number>.json`, one record after the other, and signatures over them. A record appears whole or
 * not at all, under the next number, and never in the place of another: two writers cannot both be the next.
 */
import { randomBytes } from 'node:crypto';
import { link, lstat, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Digest, digestOf, hexOf } from '../../core/digest';
import { checkFailed } from '../../core/errors';
import { makeFolders } from '../../core/make-folders';
import { systemCode } from '../../core/system-errors';
import { isMissing, syncDirectory, writeDurably, writeFailed } from '../store/disk';
import type { TrustedKey } from '../trust/keys';
import { partsOf, SignedPayload, signPayload } from '../trust/signed-payload';
import type { Signer } from '../trust/signer';
import { type HistoryEntry, type HistoryRecord, parseRecord, recordBytes } from './record';

const FOLDER = 'history';
const SIGNATURES = 'signatures';
/** Every number of such a name is safe to count with. */
const NAME = /^(\d{8,15})\.json$/;
/** Who loses that often against other writers is in no race any more. */
const MOST_TRIES = 1000;
/** Refused above this, before anything is parsed. Bytes. */
const MAX_RECORD_BYTES = 1024 * 1024;
const MAX_SIGNATURE_BYTES = 2 * MAX_RECORD_BYTES;
/** Errors of file systems without hard links (link(2)); there the writer lock alone keeps two from being the next. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/** Name of a record below `history/`. */
export const recordFile = (number: number): string => `${String(number).padStart(8, '0')}.json`;
const numberOf = (name: string): number => Number(NAME.exec(name)?.[1]);
const signatureOf = (dir: string, record: Buffer): string =>
  path.join(dir, FOLDER, SIGNATURES, `${hexOf(digestOf(record))}.sigstore.json`);

/** Names of records in their order, then those of all else. */
async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const records = names.filter((name) => NAME.test(name)).sort((a, b) => numberOf(a) - numberOf(b));
  return [...records, ...names.filter((name) => !NAME.test(name)).sort()];
}

/** Bytes of a small file; undefined for what is none. */
async function bytesOf(file: string, longest: number): Promise<Buffer | undefined> {
  try {
    const found = await lstat(file);
    return found.isFile() && found.size <= longest ? await readFile(file) : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Puts bytes where nothing is. @returns false where that is to be tried again, behind what is there now */
async function placeNew(file: string, bytes: Buffer, scratch: string): Promise<boolean> {
  const beside = path.join(scratch, `${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(beside, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    try {
      await link(beside, file);
    } catch (error) {
      // Another was first, or the next import has tidied up meanwhile.
      if (['EEXIST', 'ENOENT'].includes(systemCode(error) ?? '')) return false;
      if (!NO_LINKS.includes(systemCode(error) ?? '')) throw error;
      if ((await bytesOf(file, Infinity)) !== undefined) return false;
      await rename(beside, file);
    }
    await syncDirectory(path.dirname(file));
    return true;
  } finally {
    await rm(beside, { force: true });
  }
}

/**
 * Adds a record behind the last one. Once this returns, it survives a power cut.
 *
 * @param dir of the store
 * @param signer whose signature over the record is written before it appears
 * @throws AirlockError (check) where the last one cannot be read, or none can follow it; (environment) when the disk refuses, and then there is none
 */
export async function appendRecord(dir: string, entry: HistoryEntry, signer?: Signer): Promise<HistoryRecord> {
  const folder = path.join(dir, FOLDER);
  const scratch = path.join(dir, 'staging');
  try {
    for (const one of [scratch, folder, path.join(folder, SIGNATURES)]) await makeFolders(one);
    await syncDirectory(dir);
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const last = (await namesIn(folder)).filter((name) => NAME.test(name)).at(-1);
      const before = last === undefined ? undefined : await bytesOf(path.join(folder, last), MAX_RECORD_BYTES);
      if (last !== undefined && before === undefined)
        throw checkFailed(
          'STORE_DAMAGED',
          `${path.join(folder, last)} is no record`,
          'move it away: see `airlock store history`',
        );
      const number = last === undefined ? 1 : numberOf(last) + 1;
      if (!NAME.test(recordFile(number)))
        throw checkFailed(
          'STORE_DAMAGED',
          `no record can follow ${path.join(folder, last ?? '')}`,
          'move it away: see `airlock store history`',
        );
      const record: HistoryRecord = {
        ...entry,
        number,
        previous: before === undefined ? null : digestOf(before),
        signer: signer?.keyId ?? null,
      };
      const bytes = recordBytes(record);
      if (signer !== undefined) await writeDurably(signatureOf(dir, bytes), await signPayload(bytes, signer), scratch);
      const file = path.join(folder, recordFile(record.number));
      if (await placeNew(file, bytes, scratch)) return record;
      // Who wrote the same bytes needs the same signature; where others lie there now, nobody does.
      const there = await bytesOf(file, MAX_RECORD_BYTES);
      if (there !== undefined && !there.equals(bytes)) await rm(signatureOf(dir, bytes), { force: true });
    }
    throw checkFailed(
      'STORE_DAMAGED',
      `no record can be added to ${folder}`,
      '`airlock store history` says what lies there',
    );
  } catch (error) {
    throw writeFailed(folder, error);
  }
}

/** Where the history does not hold together. */
export interface HistoryProblem {
  /** Name below `history/`. */
  readonly file: string;
  readonly problem: string;
}

/** Whether a problem is one of the records, and not of what lies beside them. */
export const isOfRecord = ({ file }: HistoryProblem): boolean => NAME.test(file);

/** A record as it was found. */
export interface FoundRecord extends HistoryRecord {
  readonly digest: Digest;
  /** Whether its signature verifies: `unchecked` without the key, `none` where nobody signed. */
  readonly signature: 'verified' | 'unchecked' | 'none';
}

export interface History {
  /** Those that can be read, in order. */
  readonly records: readonly FoundRecord[];
  /** Digest of the last one: kept elsewhere, it shows that none of them was taken away since. */
  readonly head?: Digest;
  /** In order; the first is where it broke. */
  readonly problems: readonly HistoryProblem[];
}

async function signatureFault(
  dir: string,
  bytes: Buffer,
  { signer }: HistoryRecord,
  trusted: readonly TrustedKey[],
): Promise<{ readonly state: FoundRecord['signature']; readonly fault?: string }> {
  if (signer === null) return { state: 'none' };
  const found = await bytesOf(signatureOf(dir, bytes), MAX_SIGNATURE_BYTES);
  const parts = found && partsOf(found, MAX_SIGNATURE_BYTES);
  if (parts === undefined) return { state: 'none', fault: `the signature of key ${signer} is missing or damaged` };
  const signature = new SignedPayload(parts);
  if (parts.keyId !== signer || !signature.isOver(bytes))
    return { state: 'none', fault: `its signature is of key ${parts.keyId}, or over something else` };
  const key = trusted.find(({ id }) => id === signer);
  if (key === undefined) return { state: 'unchecked' };
  return signature.verified(key.publicKey) === undefined
    ? { state: 'none', fault: `the signature is not one of key ${signer}` }
    : { state: 'verified' };
}

/**
 * Reads the history of a store and checks it: every number, every digest, and the signatures of keys that are given.
 *
 * @throws Error of Node where the disk fails
 */
export async function readHistory(dir: string, trusted: readonly TrustedKey[] = []): Promise<History> {
  const records: FoundRecord[] = [];
  const problems: HistoryProblem[] = [];
  let before: Digest | null | undefined = null;
  let next = 1;
  for (const file of await namesIn(path.join(dir, FOLDER))) {
    if (file === SIGNATURES) continue;
    const note = (problem: string): void => void problems.push({ file, problem });
    if (!NAME.test(file)) {
      note('is no record');
      continue;
    }
    const number = numberOf(file);
    if (number !== next) {
      note(
        number === next + 1
          ? `record ${next} is missing before it`
          : `records ${next} to ${number - 1} are missing before it`,
      );
      before = undefined;
    }
    next = number + 1;
    const bytes = await bytesOf(path.join(dir, FOLDER, file), MAX_RECORD_BYTES);
    const record = bytes && parseRecord(bytes);
    if (bytes === undefined || record === undefined) {
      note('is not a record, or was changed');
      before = bytes && digestOf(bytes);
      continue;
    }
    if (record.number !== number || recordFile(number) !== file) note(`says that it is record ${record.number}`);
    if (before !== undefined && record.previous !== before)
      note(`follows ${record.previous ?? 'none'}, and the record before it is ${before ?? 'none'}`);
    const { state, fault } = await signatureFault(dir, bytes, record, trusted);
    if (fault !== undefined) note(fault);
    before = digestOf(bytes);
    records.push({ ...record, digest: before, signature: state });
  }
  const head = records.at(-1)?.digest;
  return { records, problems, ...(head === undefined ? {} : { head }) };
}

/** A verification takes nothing into the store. */
const isImported = (record: HistoryRecord | undefined): record is HistoryRecord =>
  record?.act === 'import' && record.verdict === 'taken';

/** Policy files under which the store took something, but for the last: it may be about to become the one that the store keeps. */
export async function formerPolicies(dir: string): Promise<ReadonlySet<Digest>> {
  const taken: (Digest | undefined)[] = [];
  for (const name of (await namesIn(path.join(dir, FOLDER))).filter((one) => NAME.test(one))) {
    const bytes = await bytesOf(path.join(dir, FOLDER, name), MAX_RECORD_BYTES);
    const record = bytes && parseRecord(bytes);
    if (isImported(record)) taken.push('policy' in record.terms ? record.terms.policy : undefined);
  }
  const last = taken.at(-1);
  return new Set(taken.filter((digest): digest is Digest => digest !== undefined && digest !== last));
}

/** What the history says of the bundles that came into the store. */
export interface RootsTaken {
  /** Those that nobody took out of it since: each of them has its root record, or has lost it. */
  readonly taken: ReadonlySet<Digest>;
  /** Of those taken the ones that may have left since: a record after theirs is missing, or cannot be read. */
  readonly doubted: ReadonlySet<Digest>;
  /** Those that somebody took out of it. */
  readonly removed: ReadonlySet<Digest>;
}

/** Which bundles came into the store, and which of them left it. */
export async function rootsTaken(dir: string): Promise<RootsTaken> {
  const [taken, removed] = [new Set<Digest>(), new Set<Digest>()];
  let doubted = new Set<Digest>();
  let next = 1;
  for (const name of (await namesIn(path.join(dir, FOLDER))).filter((one) => NAME.test(one))) {
    const bytes = await bytesOf(path.join(dir, FOLDER, name), MAX_RECORD_BYTES);
    const record = bytes && parseRecord(bytes);
    if (record === undefined || numberOf(name) !== next) doubted = new Set(taken);
    next = numberOf(name) + 1;
    if (record?.act !== 'remove' && !isImported(record)) continue;
    doubted.delete(record.root);
    const [to, from] = record.act === 'remove' ? [removed, taken] : [taken, removed];
    from.delete(record.root);
    to.add(record.root);
  }
  return { taken, doubted, removed };
}

/** The policy file under which the store took what it took last; undefined where it took nothing, or went by keys alone. */
export async function lastPolicy(dir: string): Promise<Digest | undefined> {
  for (const name of (await namesIn(path.join(dir, FOLDER))).filter((one) => NAME.test(one)).reverse()) {
    const bytes = await bytesOf(path.join(dir, FOLDER, name), MAX_RECORD_BYTES);
    const record = bytes && parseRecord(bytes);
    if (isImported(record)) return 'policy' in record.terms ? record.terms.policy : undefined;
  }
  return undefined;
}
