/**
 * The far side's content-addressed store (docs/contracts.md, "Store"): a blob that is present was verified, a root
 * that is present is servable. Reading needs no write access, so a mirror runs on a read-only file system.
 */
import type { Stats } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { reviewJson } from '../../core/canonical-json';
import { type Digest, fromHex, hexOf, isSha256Hex } from '../../core/digest';
import { AirlockError, badInput, environmentFailed } from '../../core/errors';
import { systemCode } from '../../core/system-errors';
import { type Progress, SILENT } from '../../core/progress';
import { makeFolders } from '../../core/make-folders';
import { isMissing, makeWay, readStored, syncDirectory, writeDurably, writeFailed } from './disk';
import { MAX_RECORD_BYTES, parseRootRecord, recordName, recordText, type RootRecord } from './root-record';
import { hashBlob } from './hash-blob';
import { type BlobContent, type BlobSource, writeStaged } from './staged-blob';
import { stagedLength } from './staged-parts';
import { readRegular } from '../../core/read-regular';

export interface Store {
  readonly dir: string;
  /** Where a blob lies, or would lie. */
  blobPath(digest: Digest): string;
  /** Whether a blob of this size is present; it was verified when it was written. */
  has(digest: Digest, size: number): Promise<boolean>;
  /** Whether a blob is present and still has its digest: all of it is read. */
  isRight(digest: Digest, size: number, progress?: Progress): Promise<boolean>;
  /** Removes blobs that are wrong or needed no more. Only for the holder of the writer lock. */
  discard(...digests: readonly Digest[]): Promise<void>;
  /** Every root that has a record, sorted by digest. What is no record is left out: see {@link survey}. */
  roots(): Promise<RootRecord[]>;
  /** Every root that has a record, and what lies among the records and is none. */
  survey(): Promise<RootSurvey>;
  /**
   * Makes a root servable; the last step of an import, after every blob it reaches. Atomic and durable.
   *
   * @param before roots that came later, and stay the later ones: names that several carry keep their meaning
   */
  addRoot(record: RootRecord, before?: readonly Digest[]): Promise<void>;
  /** The seals that the import of a root accepted, by file name; empty where there are none. */
  seals(root: Digest): Promise<Map<string, Buffer>>;
  /** Every root of which seals are kept, with a record or without one, sorted. */
  sealedRoots(): Promise<Digest[]>;
  /** Keeps the seals of a root, in place of those kept before. */
  keepSeals(root: Digest, seals: ReadonlyMap<string, Buffer>): Promise<void>;
  /** Bytes of a blob that a killed writer left unfinished; 0 when there are none. */
  stagedBytes(digest: Digest): Promise<number>;
  /** Removes what killed writers left unfinished, but for these blobs. Only for the holder of the writer lock. */
  dropStaged(keep: ReadonlySet<Digest>): Promise<void>;
  /**
   * Writes a blob unless it is present: hashed while written, fsynced, renamed.
   *
   * @throws AirlockError (check) when the bytes are wrong, and then nothing is left; (environment) when the disk fails
   */
  writeBlob(content: BlobContent, source: BlobSource, progress?: Progress): Promise<void>;
}

export interface RootSurvey {
  /** Sorted by digest. */
  readonly records: readonly RootRecord[];
  /** What is wrong, by the name of the file below `roots/`. One bad record says nothing about the others. */
  readonly problems: ReadonlyMap<string, AirlockError>;
}

const FORMAT = 1;
/** What `store.json` holds. */
export const MARKER_TEXT = reviewJson({ format: FORMAT });
const FOLDERS = ['blobs/sha256', 'roots', 'seals', 'staging'];

/** Links are not followed: nothing of a store is one. */
async function statOrMissing(file: string): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw environmentFailed('FILE_UNREADABLE', `cannot read ${file}`, 'check the permissions and the disk', error);
  }
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw environmentFailed('FILE_UNREADABLE', `cannot read ${dir}`, 'check the permissions and the disk', error);
  }
}

/** @throws AirlockError (input) for what is no record; (environment) for what cannot be read */
async function readRecord(file: string): Promise<RootRecord> {
  const found = await lstat(file);
  if (!found.isFile() || found.size > MAX_RECORD_BYTES) {
    throw badInput(
      'STORE_RECORD_INVALID',
      `${file} is not a root record of format 1`,
      'remove it, and import the bundle again',
    );
  }
  let text: string;
  try {
    text = await readStored(file);
  } catch (error) {
    if (isMissing(error)) throw error;
    throw environmentFailed(
      'FILE_UNREADABLE',
      `cannot read ${file}: ${systemCode(error) ?? ''}`,
      'check the permissions and the disk',
      error,
    );
  }
  return parseRootRecord(text, file);
}

class DirectoryStore implements Store {
  public constructor(public readonly dir: string) {}

  public blobPath(digest: Digest): string {
    return path.join(this.dir, 'blobs', 'sha256', hexOf(digest));
  }

  public async has(digest: Digest, size: number): Promise<boolean> {
    const found = await statOrMissing(this.blobPath(digest));
    return found?.isFile() === true && found.size === size;
  }

  public async isRight(digest: Digest, size: number, progress: Progress = SILENT): Promise<boolean> {
    if (!(await this.has(digest, size))) return false;
    return (await hashBlob(this.blobPath(digest), size, progress)) === digest;
  }

  public async discard(...digests: readonly Digest[]): Promise<void> {
    if (digests.length === 0) return;
    const folder = path.join(this.dir, 'blobs', 'sha256');
    try {
      for (const digest of digests) await rm(this.blobPath(digest), { recursive: true, force: true });
      await syncDirectory(folder);
    } catch (error) {
      throw writeFailed(folder, error);
    }
  }

  public async roots(): Promise<RootRecord[]> {
    return [...(await this.survey()).records];
  }

  public async survey(): Promise<RootSurvey> {
    const records: RootRecord[] = [];
    const problems = new Map<string, AirlockError>();
    for (const name of await namesIn(path.join(this.dir, 'roots'))) {
      try {
        records.push(await readRecord(path.join(this.dir, 'roots', name)));
      } catch (error) {
        if (isMissing(error)) continue; // removed meanwhile
        if (!(error instanceof AirlockError)) throw error;
        problems.set(name, error);
      }
    }
    return { records, problems };
  }

  public async addRoot(record: RootRecord, before: readonly Digest[] = []): Promise<void> {
    const file = this.recordPath(record.digest);
    await syncDirectory(path.join(this.dir, 'blobs', 'sha256'));
    await makeWay(file);
    const later = await Promise.all(before.map((root) => statOrMissing(this.recordPath(root))));
    const first = Math.min(...later.map((found) => found?.mtimeMs ?? Infinity));
    const time = first === Infinity ? undefined : new Date(Math.floor(first) - 1);
    await writeDurably(file, recordText(record), path.join(this.dir, 'staging'), time);
  }

  public async seals(root: Digest): Promise<Map<string, Buffer>> {
    const dir = path.join(this.dir, 'seals', hexOf(root));
    const seals = new Map<string, Buffer>();
    // What cannot be read is no seal, which whoever reads it finds out.
    const unreadable = Buffer.alloc(0);
    for (const name of await namesIn(dir))
      seals.set(name, await readRegular(path.join(dir, name), { follow: false }).catch(() => unreadable));
    return seals;
  }

  public async sealedRoots(): Promise<Digest[]> {
    return (await namesIn(path.join(this.dir, 'seals'))).filter(isSha256Hex).map(fromHex);
  }

  public async keepSeals(root: Digest, seals: ReadonlyMap<string, Buffer>): Promise<void> {
    const dir = path.join(this.dir, 'seals', hexOf(root));
    const before = await namesIn(dir);
    if (seals.size === 0 && before.length === 0) return;
    await makeFolders(dir).catch((error: unknown) => Promise.reject(writeFailed(dir, error)));
    for (const [name, bytes] of seals) {
      await makeWay(path.join(dir, name));
      await writeDurably(path.join(dir, name), bytes, path.join(this.dir, 'staging'));
    }
    for (const name of before.filter((old) => !seals.has(old))) await rm(path.join(dir, name), { recursive: true });
    await syncDirectory(path.dirname(dir));
  }

  public stagedBytes(digest: Digest): Promise<number> {
    return stagedLength(this.stagedPath(digest));
  }

  public async dropStaged(keep: ReadonlySet<Digest>): Promise<void> {
    const names = new Set([...keep].map(hexOf));
    const dir = path.join(this.dir, 'staging');
    const isKept = (name: string): boolean => names.has(name.split('.')[0] ?? '');
    for (const name of await namesIn(dir))
      if (!isKept(name)) await rm(path.join(dir, name), { recursive: true, force: true });
  }

  public async writeBlob(content: BlobContent, source: BlobSource, progress: Progress = SILENT): Promise<void> {
    if (await this.has(content.digest, content.size)) return;
    const final = this.blobPath(content.digest);
    await makeWay(final);
    await writeStaged(this.stagedPath(content.digest), final, content, source, progress);
  }

  private recordPath(root: Digest): string {
    return path.join(this.dir, 'roots', recordName(root));
  }

  private stagedPath(digest: Digest): string {
    return path.join(this.dir, 'staging', hexOf(digest));
  }
}

/** The store in a folder, whatever its marker says: for what judges and mends a store. */
export const storeAt = (dir: string): Store => new DirectoryStore(path.resolve(dir));

/** What a folder holds that the making of a store, killed or not, would not have put there. */
async function foreignIn(dir: string): Promise<string[]> {
  const staged = (await namesIn(path.join(dir, 'staging'))).filter((name) => !/^store\.json\.\w+\.tmp$/.test(name));
  return [...(await namesIn(dir)).filter((name) => name !== 'staging'), ...staged.map((name) => `staging/${name}`)];
}

async function create(dir: string): Promise<void> {
  const marker = path.join(dir, 'store.json');
  const foreign = await foreignIn(dir); // looked at first: another process may be making the same store
  if ((await statOrMissing(marker)) !== undefined) return;
  if (foreign.length > 0) {
    throw badInput(
      'OUTPUT_EXISTS',
      `${dir} holds other files (${foreign.slice(0, 3).join(', ')})`,
      'name an empty or a new folder',
    );
  }
  const scratch = path.join(dir, 'staging');
  await makeFolders(scratch).catch((error: unknown) => Promise.reject(writeFailed(dir, error)));
  await writeDurably(marker, MARKER_TEXT, scratch);
}

async function checkFormat(dir: string): Promise<void> {
  const marker = path.join(dir, 'store.json');
  if ((await statOrMissing(marker)) === undefined) {
    throw badInput(
      'STORE_MISSING',
      `there is no store in ${dir}`,
      'name the folder that `airlock import --store` wrote',
    );
  }
  let format: unknown;
  try {
    format = (JSON.parse(await readStored(marker)) as { format?: unknown } | null)?.format;
  } catch {
    throw badInput('STORE_MISSING', `${marker} is not JSON`, 'name the folder that `airlock import --store` wrote');
  }
  if (format !== FORMAT) {
    throw badInput(
      'STORE_FORMAT_UNKNOWN',
      `${dir} is a store of format ${String(format)}; this program knows format ${FORMAT}`,
      'use the airlock that wrote it, or a later one',
    );
  }
}

/**
 * Opens a store. Nothing is written without `create`.
 *
 * @param options.create makes an empty store where there is none, and the folders that a writer needs
 * @throws AirlockError (input) when the folder is not a store, or one of an unknown format; (environment) when the
 *   disk refuses
 */
export async function openStore(dir: string, { create: mayCreate = false }: { create?: boolean } = {}): Promise<Store> {
  const absolute = path.resolve(dir);
  if (mayCreate) await create(absolute);
  await checkFormat(absolute);
  if (mayCreate) {
    for (const folder of FOLDERS) {
      const full = path.join(absolute, folder);
      await makeFolders(full).catch((error: unknown) => Promise.reject(writeFailed(full, error)));
    }
  }
  return new DirectoryStore(absolute);
}
