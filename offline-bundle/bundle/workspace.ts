/** The folder `<bundle>.partial`, where a bundle grows until its last step gives it its name (docs/contracts.md). */
import { lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Digest, hexOf } from '../../core/digest';
import { badInput } from '../../core/errors';
import { makeFolders } from '../../core/make-folders';
import { layoutIndexBytes } from '../layout/layout-index';
import type { BundlePlan, PlannedBlob } from '../layout/plan';
import { inParallel } from '../../core/in-parallel';
import { type Progress, SILENT } from '../../core/progress';
import { show } from '../../core/visible';
import { INDEX_FILE } from '../layout/sums';
import { isMissing, writeFailed } from '../store/disk';
import { hashBlob } from '../store/hash-blob';
import { readSmallFile } from './small-file';

/** Large blobs are hashed on threads of their own. */
const LANES = 4;

/** Where everything of an unfinished bundle lies. */
export class Workspace {
  /** The folder itself. */
  public readonly folder: string;
  public readonly blobs: string;
  public readonly downloads: string;
  /** Base name of the lock files, beside the folder. */
  public readonly lock: string;

  public constructor(public readonly out: string) {
    this.folder = `${out}.partial`;
    this.blobs = path.join(this.folder, 'blobs', 'sha256');
    this.downloads = path.join(this.folder, 'downloads');
    this.lock = `${out}.partial.lock`;
  }

  public blob(digest: Digest): string {
    return path.join(this.blobs, hexOf(digest));
  }

  public download(digest: Digest): string {
    return path.join(this.downloads, hexOf(digest));
  }

  /** Where what is at hand elsewhere lies until it was hashed: no download goes on with it, and a later run removes it. */
  public reused(digest: Digest): string {
    return path.join(this.downloads, `${hexOf(digest)}.reused`);
  }
}

/** What an unfinished bundle holds already. */
export interface Inventory {
  /** Blobs in their final place. */
  readonly finished: ReadonlySet<Digest>;
  /** Bytes of each unfinished blob. */
  readonly partial: ReadonlyMap<Digest, number>;
  /** Paths of what the plan does not know or cannot use: leftovers of another lock, of a power cut. */
  readonly stale: readonly string[];
}

interface Entry {
  readonly name: string;
  readonly file: string;
  /** Bytes; undefined for anything but a plain file. */
  readonly size: number | undefined;
}

async function entriesOf(folder: string): Promise<Entry[]> {
  try {
    const names = await readdir(folder);
    return await Promise.all(
      names.map(async (name) => {
        const file = path.join(folder, name);
        const found = await lstat(file);
        return { name, file, size: found.isFile() ? found.size : undefined };
      }),
    );
  } catch (error) {
    if (isMissing(error)) return [];
    throw writeFailed(folder, error);
  }
}

/**
 * Looks at what an earlier run left; changes nothing. A blob of the right size in its final place is finished: it was
 * hashed and made durable before it got that name.
 */
export async function takeInventory(folder: string, plan: BundlePlan): Promise<Inventory> {
  const planned = new Map(plan.blobs.map((blob) => [hexOf(blob.digest), blob]));
  const finished = new Set<Digest>();
  const partial = new Map<Digest, number>();
  const stale: string[] = [];
  for (const { name, file, size } of await entriesOf(path.join(folder, 'blobs', 'sha256'))) {
    const blob = planned.get(name);
    if (blob !== undefined && size === blob.size) finished.add(blob.digest);
    else stale.push(file);
  }
  for (const { name, file, size } of await entriesOf(path.join(folder, 'downloads'))) {
    const blob = planned.get(name);
    if (blob === undefined || size === undefined || size > blob.size || finished.has(blob.digest)) stale.push(file);
    else partial.set(blob.digest, size);
  }
  for (const { name, file } of await entriesOf(folder)) if (!['blobs', 'downloads'].includes(name)) stale.push(file);
  for (const { name, file } of await entriesOf(path.join(folder, 'blobs'))) if (name !== 'sha256') stale.push(file);
  return { finished, partial, stale };
}

/**
 * Whether the blobs in their final places are to be hashed again: a bundle that was finished once was in the hands of others.
 * A kill in the last step looks the same.
 */
const wasFinished = ({ stale }: Inventory, { folder }: Workspace): boolean =>
  stale.includes(path.join(folder, INDEX_FILE));

/** Hashes what counts as finished, and removes what is wrong. */
async function onlyRight(
  inventory: Inventory,
  { folder }: Workspace,
  plan: BundlePlan,
  progress: Progress,
): Promise<Inventory> {
  const there = plan.blobs.filter(({ digest }) => inventory.finished.has(digest));
  progress.start(
    show`check what is there`,
    there.reduce((sum, { size }) => sum + size, 0),
  );
  try {
    const wrong = await inParallel(LANES, there, async ({ digest, size, artifact, file }) => {
      const at = path.join(folder, 'blobs', 'sha256', hexOf(digest));
      if ((await hashBlob(at, size, progress)) === digest) return [];
      await rm(at, { force: true });
      progress.note(show`${artifact}: ${file}: what was there is wrong, and comes anew`);
      return [digest];
    });
    const finished = new Set(inventory.finished);
    wrong.flat().forEach((digest) => finished.delete(digest));
    return { ...inventory, finished };
  } finally {
    progress.stop();
  }
}

/**
 * Makes the folders and removes what is stale.
 *
 * @param doubted hashes finished blobs again in any case: somebody named the folder as one to take blobs from
 * @throws AirlockError (environment) when the disk refuses
 */
export async function prepare(
  workspace: Workspace,
  plan: BundlePlan,
  doubted = false,
  progress: Progress = SILENT,
): Promise<Inventory> {
  const { blobs, downloads, folder } = workspace;
  try {
    await makeFolders(blobs);
    await makeFolders(downloads);
    const inventory = await takeInventory(folder, plan);
    // The sign that it was finished goes last, so that a kill in between does not hide it.
    const right =
      doubted || wasFinished(inventory, workspace) ? await onlyRight(inventory, workspace, plan, progress) : inventory;
    for (const file of inventory.stale) await rm(file, { recursive: true, force: true });
    return { ...right, stale: [] };
  } catch (error) {
    throw writeFailed(folder, error);
  }
}

/** Bytes of a planned blob that are on the disk already. */
export const bytesThere = ({ finished, partial }: Inventory, { digest, size }: PlannedBlob): number =>
  finished.has(digest) ? size : (partial.get(digest) ?? 0);

/**
 * Whether the bundle of this plan is at `out` already.
 *
 * @returns `free` when nothing or an empty folder is there; `complete` when it is this bundle with every blob in its size
 * @throws AirlockError (input) when something else is there, or this bundle with parts of it missing
 */
export async function outState(out: string, plan: BundlePlan): Promise<'free' | 'complete'> {
  const entries = await entriesOf(out);
  if (entries.length === 0) {
    const found = await lstat(out).catch(() => undefined);
    if (found === undefined || found.isDirectory()) return 'free';
    throw badInput('OUTPUT_EXISTS', `${out} exists and is not a folder`, 'choose another name with --out');
  }
  const index = await readSmallFile(path.join(out, INDEX_FILE));
  if (index === undefined)
    throw badInput('OUTPUT_EXISTS', `${out} exists and is not a bundle`, 'choose another name with --out');
  if (!index.equals(layoutIndexBytes(plan.rootBytes))) {
    throw badInput(
      'OUTPUT_EXISTS',
      `${out} holds another bundle`,
      'choose another name with --out, or remove that bundle',
    );
  }
  const { finished } = await takeInventory(out, plan);
  const missing = plan.blobs.find(({ digest }) => !finished.has(digest));
  if (missing === undefined) return 'complete';
  throw badInput(
    'OUTPUT_EXISTS',
    `${out} is this bundle, but ${missing.artifact}: ${missing.file} (${missing.digest}) is missing or has another size`,
    `it was changed after it was made; rename it to ${path.basename(out)}.partial and run the command again to mend it`,
  );
}
