/**
 * The far side's content-addressed store (docs/contracts.md, "Store"): a blob that is present was verified, a root
 * that is present is servable. Reading needs no write access, so a mirror runs on a read-only file system.
 */
import { lstat, mkdir, readFile, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { reviewJson } from '../../core/canonical-json';
import { type Digest, hexOf } from '../../core/digest';
import { badInput, environmentFailed } from '../../core/errors';
import { type Progress, SILENT } from '../../core/progress';
import { isMissing, syncDirectory, writeDurably, writeFailed } from './disk';
import { MAX_RECORD_BYTES, parseRootRecord, recordName, type RootRecord } from './root-record';
import { type BlobContent, type BlobSource, stagedLength, writeStaged } from './staged-blob';

export interface Store {
  readonly dir: string;
  /** Where a blob lies, or would lie. */
  blobPath(digest: Digest): string;
  /** Whether a blob of this size is present; it was verified when it was written. */
  has(digest: Digest, size: number): Promise<boolean>;
  /** Every root, sorted by digest. @throws AirlockError (input) for a record that is not one */
  roots(): Promise<RootRecord[]>;
  /** Makes a root servable; the last step of an import, after every blob it reaches. Atomic and durable. */
  addRoot(record: RootRecord): Promise<void>;
  /** The seals that the import of a root accepted, by file name; empty where there are none. */
  seals(root: Digest): Promise<Map<string, Buffer>>;
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

const FORMAT = 1;
const FOLDERS = ['blobs/sha256', 'roots', 'seals', 'staging'];

async function statOrMissing(file: string): Promise<{ size: number } | undefined> {
  try {
    return await stat(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw environmentFailed(`cannot read ${file}`, 'check the permissions and the disk', error);
  }
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw environmentFailed(`cannot read ${dir}`, 'check the permissions and the disk', error);
  }
}

class DirectoryStore implements Store {
  public constructor(public readonly dir: string) {}

  public blobPath(digest: Digest): string {
    return path.join(this.dir, 'blobs', 'sha256', hexOf(digest));
  }

  public async has(digest: Digest, size: number): Promise<boolean> {
    return (await statOrMissing(this.blobPath(digest)))?.size === size;
  }

  public async roots(): Promise<RootRecord[]> {
    const records: RootRecord[] = [];
    for (const name of await namesIn(path.join(this.dir, 'roots'))) {
      const file = path.join(this.dir, 'roots', name);
      const { size } = await lstat(file);
      if (size > MAX_RECORD_BYTES) throw badInput(`${file} is not a root record of format 1`, 'remove the file');
      records.push(parseRootRecord(await readFile(file, 'utf8'), file));
    }
    return records;
  }

  public async addRoot(record: RootRecord): Promise<void> {
    const file = path.join(this.dir, 'roots', recordName(record.digest));
    await syncDirectory(path.join(this.dir, 'blobs', 'sha256'));
    await writeDurably(file, reviewJson(record), path.join(this.dir, 'staging'));
  }

  public async seals(root: Digest): Promise<Map<string, Buffer>> {
    const dir = path.join(this.dir, 'seals', hexOf(root));
    const seals = new Map<string, Buffer>();
    for (const name of await namesIn(dir)) seals.set(name, await readFile(path.join(dir, name)));
    return seals;
  }

  public async keepSeals(root: Digest, seals: ReadonlyMap<string, Buffer>): Promise<void> {
    const dir = path.join(this.dir, 'seals', hexOf(root));
    const before = await namesIn(dir);
    if (seals.size === 0 && before.length === 0) return;
    await mkdir(dir, { recursive: true }).catch((error: unknown) => Promise.reject(writeFailed(dir, error)));
    for (const [name, bytes] of seals) await writeDurably(path.join(dir, name), bytes, path.join(this.dir, 'staging'));
    for (const name of before.filter((old) => !seals.has(old))) await rm(path.join(dir, name));
    await syncDirectory(path.dirname(dir));
  }

  public stagedBytes(digest: Digest): Promise<number> {
    return stagedLength(this.stagedPath(digest));
  }

  public async dropStaged(keep: ReadonlySet<Digest>): Promise<void> {
    const names = new Set([...keep].map(hexOf));
    const dir = path.join(this.dir, 'staging');
    for (const name of await namesIn(dir)) if (!names.has(name)) await rm(path.join(dir, name), { force: true });
  }

  public async writeBlob(content: BlobContent, source: BlobSource, progress: Progress = SILENT): Promise<void> {
    if (await this.has(content.digest, content.size)) return;
    const final = this.blobPath(content.digest);
    await writeStaged(this.stagedPath(content.digest), final, content, source, progress);
  }

  private stagedPath(digest: Digest): string {
    return path.join(this.dir, 'staging', hexOf(digest));
  }
}

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
    throw badInput(`${dir} holds other files (${foreign.slice(0, 3).join(', ')})`, 'name an empty or a new folder');
  }
  const scratch = path.join(dir, 'staging');
  await mkdir(scratch, { recursive: true }).catch((error: unknown) => Promise.reject(writeFailed(dir, error)));
  await writeDurably(marker, reviewJson({ format: FORMAT }), scratch);
}

async function checkFormat(dir: string): Promise<void> {
  const marker = path.join(dir, 'store.json');
  if ((await statOrMissing(marker)) === undefined) {
    throw badInput(`there is no store in ${dir}`, 'name the folder that `airlock import --store` wrote');
  }
  let format: unknown;
  try {
    format = (JSON.parse(await readFile(marker, 'utf8')) as { format?: unknown } | null)?.format;
  } catch {
    throw badInput(`${marker} is not JSON`, 'name the folder that `airlock import --store` wrote');
  }
  if (format !== FORMAT) {
    throw badInput(
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
      await mkdir(full, { recursive: true }).catch((error: unknown) => Promise.reject(writeFailed(full, error)));
    }
  }
  return new DirectoryStore(absolute);
}
