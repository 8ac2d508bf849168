/** Makes a bundle out of a plan. What is finished stays finished, whatever ends a run; the last step names the bundle. */
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import { type Digest, digestOf } from '../../core/digest';
import { AirlockError, badInput, checkFailed, environmentFailed } from '../../core/errors';
import { inParallel } from '../../core/in-parallel';
import { type Progress, SILENT } from '../../core/progress';
import { show } from '../../core/visible';
import { makeFolders } from '../../core/make-folders';
import type { RetryPolicy } from '../fetch/retry';
import type { SourceReader } from '../fetch/source-reader';
import type { BundlePlan, PlannedBlob } from '../layout/plan';
import { layoutFiles } from '../layout/sums';
import { syncDirectory, writeFailed } from '../store/disk';
import { downloadBlob } from './download';
import type { KitImageSource } from './kit-content';
import { reuseBlob } from './reuse-blob';
import { type BlobsAtHand, findAtHand, type ReuseSource } from './reuse-sources';
import { takeRunLock } from './run-lock';
import { readSmallFile } from './small-file';
import { demandSpace, spaceFor } from './space';
import { bytesThere, type Inventory, outState, prepare, takeInventory, Workspace } from './workspace';

export interface CreateOptions {
  readonly plan: BundlePlan;
  readonly reader: SourceReader;
  readonly kitImage: KitImageSource;
  /** The bundle's folder; it appears when it is whole. */
  readonly out: string;
  /** Downloads at once. @default 6 */
  readonly concurrency?: number;
  /** Folders in which blobs may be at hand, the best first. @default - none: everything is fetched */
  readonly reuse?: readonly ReuseSource[];
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  readonly retry?: RetryPolicy;
  /** The last look before the bundle gets its name; throws what speaks against it. @param file where a blob lies */
  readonly judge?: (file: (digest: Digest) => string) => Promise<void>;
}

export interface CreateResult {
  readonly root: Digest;
  readonly out: string;
  /** True when the bundle was there already, and nothing was done. */
  readonly alreadyComplete: boolean;
  readonly blobs: number;
  /** Sum of all blob sizes, bytes. */
  readonly totalBytes: number;
  /** Bytes that came over the network in this run. */
  readonly fetchedBytes: number;
  /** Bytes that earlier runs had left, finished or not. */
  readonly keptBytes: number;
  /** Bytes that were at hand in other folders. */
  readonly reusedBytes: number;
  /** Files that were at hand and wrong, each with what is wrong; their blobs were looked for elsewhere. */
  readonly unusable: readonly string[];
}

const DEFAULT_CONCURRENCY = 6;
/** Blobs that are taken from other folders at once: as one is written, the next is hashed. */
const REUSE_LANES = 2;

/** Bytes of ours, written the way downloads are: beside, durable, then named. */
async function writeBlob(workspace: Workspace, digest: Digest, bytes: Buffer): Promise<void> {
  const beside = workspace.download(digest);
  try {
    const handle = await open(beside, 'w', 0o644);
    await handle
      .writeFile(bytes)
      .then(() => handle.sync())
      .finally(() => handle.close());
    await rename(beside, workspace.blob(digest));
  } catch (error) {
    throw writeFailed(beside, error);
  }
}

class Creation {
  public fetchedBytes = 0;
  public reusedBytes = 0;
  public readonly unusable: string[] = [];
  private readonly finished: Set<Digest>;
  private readonly progress: Progress;
  private readonly limit: pLimit.Limit;
  /** Ends the other downloads when one failed in a way that would fail them, too. */
  private readonly stop = new AbortController();
  /** What upstream no longer has; the rest is fetched all the same, so that one report names every such blob. */
  private readonly refused: AirlockError[] = [];

  public constructor(
    private readonly options: CreateOptions,
    private readonly workspace: Workspace,
    inventory: Inventory,
    private readonly atHand: BlobsAtHand,
  ) {
    this.finished = new Set(inventory.finished);
    this.progress = options.progress ?? SILENT;
    this.limit = pLimit(options.concurrency ?? DEFAULT_CONCURRENCY);
  }

  /** Brings every blob of the plan into its place. */
  public async run(): Promise<void> {
    const { plan, kitImage } = this.options;
    for (const { digest, source } of plan.blobs) if (source.kind === 'bytes') await this.write(digest, source.bytes);
    await this.reuse();
    const kitMissing = plan.blobs.some(
      ({ digest, source }) => source.kind === 'kit-image' && !this.finished.has(digest),
    );
    const needs = new Set(kitMissing ? kitImage.needs : []);
    await this.download(plan.blobs.filter(({ digest }) => needs.has(digest)));
    if (kitMissing) await this.makeKitImage();
    await this.download(plan.blobs);
  }

  /** Takes what is at hand in other folders, the biggest first. */
  private async reuse(): Promise<void> {
    const wanted = this.options.plan.blobs
      .filter(({ digest }) => this.atHand.has(digest) && !this.finished.has(digest))
      .sort((a, b) => b.size - a.size);
    await inParallel(REUSE_LANES, wanted, (blob) => this.reuseOne(blob));
  }

  private async reuseOne(blob: PlannedBlob): Promise<void> {
    const { digest, size, artifact, file } = blob;
    const { signal } = this.options;
    const target = { beside: this.workspace.reused(digest), final: this.workspace.blob(digest) };
    const options = { progress: this.progress, ...(signal === undefined ? {} : { signal }) };
    for (const found of this.atHand.get(digest) ?? []) {
      const reused = await reuseBlob(blob, found, target, options);
      if ('how' in reused) {
        await rm(this.workspace.download(digest), { force: true });
        this.reusedBytes += size;
        this.finished.add(digest);
        return;
      }
      this.unusable.push(`${found.file} ${reused.refused}`);
      this.progress.note(show`${artifact}: ${file}: ${found.file} is not used: it ${reused.refused}`);
    }
  }

  private async write(digest: Digest, bytes: Buffer): Promise<void> {
    if (this.finished.has(digest)) return;
    await writeBlob(this.workspace, digest, bytes);
    this.finished.add(digest);
    this.progress.advance(bytes.length);
  }

  private async makeKitImage(): Promise<void> {
    const configs = new Map<Digest, Buffer>();
    for (const digest of this.options.kitImage.needs) {
      const bytes = await readSmallFile(this.workspace.blob(digest));
      if (bytes !== undefined && digestOf(bytes) === digest) configs.set(digest, bytes);
    }
    for (const { descriptor, bytes } of await this.options.kitImage.make(configs)) {
      await this.write(descriptor.digest, bytes);
    }
  }

  /** Fetches what is not there, the biggest first, so that no long download is left alone at the end. */
  private async download(blobs: readonly PlannedBlob[]): Promise<void> {
    const wanted = blobs
      .filter(({ digest, source }) => source.kind !== 'kit-image' && !this.finished.has(digest))
      .sort((a, b) => b.size - a.size);
    const { signal } = this.options;
    const both = signal === undefined ? this.stop.signal : AbortSignal.any([signal, this.stop.signal]);
    const results = await Promise.allSettled(wanted.map((blob) => this.limit(() => this.fetchOne(blob, both))));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw this.stop.signal.aborted ? this.stop.signal.reason : failure.reason;
    const [first, ...others] = this.refused;
    if (first === undefined) return;
    if (others.length === 0) throw first;
    throw new AirlockError('UPSTREAM_CONTENT_MISMATCH', `${this.refused.length} blobs cannot be had as locked:`, {
      items: this.refused.map((error) => error.message),
      ...(first.fix === undefined ? {} : { fix: first.fix }),
    });
  }

  private async fetchOne(blob: PlannedBlob, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { reader, retry } = this.options;
    const target = { partial: this.workspace.download(blob.digest), final: this.workspace.blob(blob.digest) };
    const options = { reader, signal, progress: this.progress, ...(retry === undefined ? {} : { retry }) };
    try {
      const { fetched } = await downloadBlob(blob, target, options);
      this.fetchedBytes += fetched;
      this.finished.add(blob.digest);
    } catch (error) {
      if (error instanceof AirlockError && error.kind === 'check') {
        this.refused.push(error);
        return;
      }
      this.stop.abort(error);
      throw error;
    }
  }
}

/** Writes the files beside the blobs, makes every name durable, and gives the bundle its own. */
async function finish(workspace: Workspace, plan: BundlePlan): Promise<void> {
  const { folder, out } = workspace;
  const files = layoutFiles(
    plan.rootBytes,
    plan.blobs.map(({ digest }) => digest),
  );
  try {
    await rm(workspace.downloads, { recursive: true });
    for (const [name, bytes] of files) {
      const handle = await open(path.join(folder, name), 'w', 0o644);
      await handle
        .writeFile(bytes)
        .then(() => handle.sync())
        .finally(() => handle.close());
    }
    for (const dir of [workspace.blobs, path.dirname(workspace.blobs), folder]) await syncDirectory(dir);
    await rename(folder, out);
    await syncDirectory(path.dirname(path.resolve(out)));
  } catch (error) {
    throw writeFailed(folder, error);
  }
}

/** An empty folder may be replaced, a mount point cannot be. */
async function refuseMountPoint(out: string): Promise<void> {
  const [own, parent] = await Promise.all([stat(out).catch(() => undefined), stat(path.dirname(path.resolve(out)))]);
  if (own !== undefined && own.dev !== parent.dev) {
    throw badInput(
      'OUTPUT_MISPLACED',
      `${out} is where a disk is mounted`,
      `name a folder inside of it: --out ${path.join(out, 'bundle')}`,
    );
  }
}

/**
 * Fetches everything that a plan names into the layout of a bundle.
 *
 * Work in progress lies in `<out>.partial`; a rerun goes on there and fetches no finished blob again. The same plan
 * gives the same bytes on every run and machine.
 *
 * @throws AirlockError (input) when `out` holds something else; (check) when upstream or the kit gives other bytes than the lock
 *   names; (environment) when another run works on it, or network or disk fail; the signal's reason when aborted
 */
export async function createBundle(options: CreateOptions): Promise<CreateResult> {
  const { plan, progress } = options;
  const out = path.resolve(options.out);
  const workspace = new Workspace(out);
  await makeFolders(path.dirname(out)).catch((error: unknown) => {
    throw writeFailed(path.dirname(out), error);
  });
  const summary = { root: plan.root, out, blobs: plan.blobs.length, totalBytes: plan.totalBytes };
  const lock = await takeRunLock(workspace.lock);
  try {
    if ((await outState(out, plan)) === 'complete') {
      const kept = { fetchedBytes: 0, keptBytes: plan.totalBytes, reusedBytes: 0, unusable: [] };
      return { ...summary, alreadyComplete: true, ...kept };
    }
    await refuseMountPoint(out);
    const atHand = await findAtHand(plan.blobs, options.reuse ?? []);
    const found = await takeInventory(workspace.folder, plan);
    const fits = async (inventory: Inventory): Promise<void> =>
      demandSpace(await spaceFor(plan, inventory, workspace.folder, atHand), workspace.folder);
    if (found.stale.length === 0) await fits(found); // before any folder is made: a refusal leaves nothing behind
    const own = await realpath(workspace.blobs).catch(() => workspace.blobs);
    const isDoubted = (options.reuse ?? []).some(({ blobs }) => blobs === own);
    const inventory = await prepare(workspace, plan, isDoubted, progress);
    if (found.stale.length > 0) await fits(inventory); // leftovers make room
    const keptBytes = plan.blobs.reduce((sum, blob) => sum + bytesThere(inventory, blob), 0);
    progress?.start(show`bundle`, plan.totalBytes);
    for (const { digest, size } of plan.blobs) if (inventory.finished.has(digest)) progress?.advance(size);
    const creation = new Creation(options, workspace, inventory, atHand);
    try {
      await creation.run();
      await checkWhole(workspace, plan);
      await options.judge?.((digest) => workspace.blob(digest));
    } finally {
      progress?.stop();
    }
    await finish(workspace, plan);
    const { fetchedBytes, reusedBytes, unusable } = creation;
    return { ...summary, alreadyComplete: false, fetchedBytes, keptBytes, reusedBytes, unusable };
  } finally {
    await lock.release();
  }
}

/** The last look before the bundle gets its name: every planned blob is in its place, and no other. */
async function checkWhole(workspace: Workspace, plan: BundlePlan): Promise<void> {
  const { finished, stale } = await takeInventory(workspace.folder, plan);
  const missing = plan.blobs.find(({ digest }) => !finished.has(digest));
  if (missing !== undefined) {
    throw checkFailed(
      'LOCK_OUT_OF_DATE',
      `${missing.artifact}: ${missing.file} (${missing.digest}) was planned but nothing made it`,
      'run `airlock lock` again and review the change',
    );
  }
  if (stale.length > 0)
    throw environmentFailed(
      'FILE_CHANGED_MEANWHILE',
      `something else writes to ${workspace.folder}: ${stale.join(', ')}`,
    );
}
