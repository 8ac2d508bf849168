/**
 * Reads a store again: every blob on all cores, every record, seal, mark and image form. What is wrong is named with what it
 * breaks and what mends it; a damaged blob is moved aside at once, under the store's lease, so that nobody counts on it any more.
 */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Digest } from '../../core/digest';
import { AirlockError } from '../../core/errors';
import { type Progress, SILENT } from '../../core/progress';
import { show } from '../../core/visible';
import type { BlobTotal } from '../import/import-bundle';
import type { Store } from '../store/store';
import { lockStore } from '../store/writer-lock';
import type { TrustedKey } from '../trust/keys';
import { blobFile } from '../verify/blob-check';
import { hashEach, type Hashed } from '../weights/hash-files';
import { type CheckState, readCheckState, writeCheckState } from './check-state';
import { bytesOf, filesAt, type StoreEntry } from './inventory';
import { FIX, type StoreNote, type StoreProblem } from './problem';
import { fileState, moveAside } from './quarantine';
import { isChosen, type Sample } from './sample';
import { sealProblems } from './seal-problems';
import { ownersOf, smallProblems } from './small-problems';
import { trustProblems } from './trust-problems';
import { type StoreView, viewStore } from './view';

export interface CheckOptions {
  readonly dir: string;
  /** Keys for seals of stores that kept none. */
  readonly trusted?: readonly TrustedKey[];
  /** Reads a part of the blobs alone. @default - all of them */
  readonly sample?: Sample;
  /** Writes nothing: damaged blobs stay where they are. */
  readonly keep?: boolean;
  /** Reads everything again, whatever an earlier check has read that was killed. */
  readonly restart?: boolean;
  /** @default - now */
  readonly now?: () => Date;
  /** Bytes between two notes of how far it has come. @default 4 GiB */
  readonly batchBytes?: number;
  readonly progress?: Progress;
}

export interface CheckReport {
  readonly format: 1;
  readonly result: 'pass' | 'fail';
  readonly problems: readonly StoreProblem[];
  readonly notes: readonly StoreNote[];
  /** Blobs that were read by this run. */
  readonly read: BlobTotal;
  /** Blobs in the store. */
  readonly present: BlobTotal;
  readonly sample?: Sample;
  /** A check that was killed, and that this one ended: its blobs are not among those read. */
  readonly continued?: { readonly startedAt: string; readonly blobs: number };
  /** Damaged blobs that were moved aside. */
  readonly movedAside: readonly Digest[];
}

const BATCH_BYTES = 4 * 1024 ** 3;
/** What an older check has read counts for nothing. Milliseconds. */
const STALE_MS = 7 * 86_400_000;

interface Blob extends StoreEntry {
  readonly digest: Digest;
}

const isBlob = (entry: StoreEntry): entry is Blob => entry.digest !== undefined;

/** What is wrong with a blob, as far as its directory entry tells. */
function oddity({ kind, size }: Blob, expected: number | undefined): string | undefined {
  if (kind !== 'file') return `a ${kind} instead of a file`;
  return expected === undefined || expected === size ? undefined : `has ${size} bytes, not ${expected}`;
}

/** Permissions are no damage: the blob is named, and stays. */
const isDamage = (hashed: Hashed): boolean => 'digest' in hashed || hashed.unreadable === 'EIO';

function batches(blobs: readonly Blob[], most: number): Blob[][] {
  const all: Blob[][] = [];
  let left = 0;
  for (const blob of blobs) {
    if (left < blob.size || all.length === 0) {
      all.push([]);
      left = most;
    }
    all.at(-1)?.push(blob);
    left -= blob.size;
  }
  return all;
}

class Checker {
  public readonly problems: StoreProblem[] = [];
  public readonly notes: StoreNote[] = [];
  public readonly movedAside: Digest[] = [];
  private readonly owners: ReadonlyMap<Digest, readonly string[]>;
  /** Damaged, and not moved yet. */
  private doomed: { readonly digest: Digest; readonly state: string }[] = [];

  public constructor(
    private readonly view: StoreView,
    private readonly mayMove: boolean,
  ) {
    this.owners = ownersOf(view.roots);
  }

  public found({ path: at, digest }: Blob, what: string, state: string | undefined): void {
    const breaks = this.owners.get(digest) ?? [];
    const fix = breaks.length === 0 ? FIX.prune : FIX.repair;
    this.problems.push({ kind: 'blob', path: at, what, breaks, fix, digest });
    if (state !== undefined) this.doomed.push({ digest, state });
  }

  /** Moves aside what was found. Where somebody else has the lease, it is tried again later. */
  public async moveDoomed(): Promise<void> {
    if (!this.mayMove || this.doomed.length === 0) return;
    const { store } = this.view;
    let release: () => Promise<void>;
    try {
      release = await lockStore(store.dir);
    } catch (error) {
      if (error instanceof AirlockError && error.code === 'STORE_LOCKED') return;
      throw error;
    }
    try {
      for (const { digest, state } of this.doomed)
        if (await moveAside(store, digest, state)) this.movedAside.push(digest);
      this.doomed = [];
    } finally {
      await release();
    }
  }

  /** What could not be moved. */
  public leftOver(): StoreNote[] {
    return this.doomed.map(({ digest }) => ({
      path: blobFile(digest),
      what: this.mayMove
        ? 'stays where it is: another process writes to the store'
        : 'stays where it is, and may be served',
    }));
  }
}

/** Reads blobs in batches. @returns blobs that were right, by the state of their files */
async function readBatch(
  checker: Checker,
  store: Store,
  batch: readonly Blob[],
  progress: Progress,
): Promise<[Digest, string][]> {
  const states = await Promise.all(batch.map(({ digest }) => fileState(store, digest)));
  const jobs = batch.map(({ digest, size }) => ({ file: store.blobPath(digest), size }));
  const hashed = await hashEach(jobs, progress);
  const right: [Digest, string][] = [];
  for (const [at, blob] of batch.entries()) {
    const one = hashed[at] ?? { unreadable: 'it was not read' };
    const state = states[at];
    // An import, a repair or a removal put another file there, or none: that one was not judged.
    if (state === undefined || (await fileState(store, blob.digest)) !== state) {
      checker.notes.push({ path: blob.path, what: 'was replaced or removed while it was read' });
      continue;
    }
    if ('digest' in one && one.digest === blob.digest) right.push([blob.digest, state]);
    else {
      const what = 'digest' in one ? `hashes to ${one.digest}` : `cannot be read: ${one.unreadable}`;
      checker.found(blob, what, isDamage(one) ? state : undefined);
    }
  }
  return right;
}

const canWrite = (dir: string): Promise<boolean> =>
  access(dir, constants.W_OK).then(
    () => true,
    () => false,
  );

/** What a check that was killed has read, where that still counts. */
async function earlier({
  dir,
  sample,
  restart = false,
  now = () => new Date(),
}: CheckOptions): Promise<CheckState | undefined> {
  if (sample !== undefined || restart) return undefined;
  const state = await readCheckState(dir);
  if (state === undefined || state.finishedAt !== undefined) return undefined;
  return now().getTime() - Date.parse(state.startedAt) < STALE_MS ? state : undefined;
}

/** Blobs that are still to be read: those whose files have changed since they were, too. */
async function unread(store: Store, blobs: readonly Blob[], before: CheckState | undefined): Promise<Blob[]> {
  const left: Blob[] = [];
  for (const blob of blobs) {
    const known = before?.right.get(blob.digest);
    if (known === undefined || known !== (await fileState(store, blob.digest))) left.push(blob);
  }
  return left;
}

/**
 * Checks a store. A mirror may serve it meanwhile, and an import may write to it.
 *
 * @returns every problem; damaged content is a verdict, not an error
 * @throws AirlockError (input) when the folder is no store of this format; (environment) when the disk refuses
 */
export async function checkStore(options: CheckOptions): Promise<CheckReport> {
  const { trusted = [], sample, keep = false, now = () => new Date(), progress = SILENT } = options;
  const view = await viewStore(options.dir, trusted);
  const { store, inventory, roots } = view;
  const mayWrite = !keep && (await canWrite(store.dir));
  const checker = new Checker(view, mayWrite);
  const [small, seals] = [await smallProblems(view), await sealProblems(view, trusted)];
  const trust = await trustProblems(store.dir, roots.length > 0);
  checker.problems.push(...small.problems, ...seals.problems, ...trust.problems);
  checker.notes.push(...small.notes, ...seals.notes, ...trust.notes);

  const blobs = filesAt(inventory, 'blob').filter(isBlob);
  const sizes = new Map(roots.flatMap((root) => root.blobs.map((blob) => [blob.digest, blob.size] as const)));
  const whole: Blob[] = [];
  for (const blob of blobs) {
    const what = oddity(blob, sizes.get(blob.digest));
    if (what === undefined) whole.push(blob);
    else checker.found(blob, what, await fileState(store, blob.digest));
  }
  await checker.moveDoomed();
  const wanted = sample === undefined ? whole : whole.filter(({ digest }) => isChosen(sample, digest));
  const before = await earlier({ ...options, dir: store.dir });
  const todo = await unread(store, wanted, before);
  const isNoted = mayWrite && sample === undefined;
  const startedAt = before?.startedAt ?? now().toISOString();
  const right = new Map(before?.right ?? []);

  progress.start(show`check the store`, bytesOf(todo));
  try {
    for (const batch of batches(todo, options.batchBytes ?? BATCH_BYTES)) {
      for (const [digest, state] of await readBatch(checker, store, batch, progress)) right.set(digest, state);
      await checker.moveDoomed();
      if (isNoted) await writeCheckState(store.dir, { startedAt, right });
    }
  } finally {
    progress.stop();
  }
  await checker.moveDoomed();
  if (isNoted) await writeCheckState(store.dir, { startedAt, finishedAt: now().toISOString(), right: new Map() });
  return {
    format: 1,
    result: checker.problems.length === 0 ? 'pass' : 'fail',
    problems: checker.problems,
    notes: [...checker.notes, ...checker.leftOver()],
    read: { blobs: todo.length, bytes: bytesOf(todo) },
    present: { blobs: blobs.length, bytes: bytesOf(blobs) },
    ...(sample === undefined ? {} : { sample }),
    ...(before === undefined ? {} : { continued: { startedAt, blobs: wanted.length - todo.length } }),
    movedAside: checker.movedAside,
  };
}
