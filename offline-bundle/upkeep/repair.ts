/** Mends a store: brings what is missing or wrong, and nothing else; every byte is hashed while it is written. */
import path from 'node:path';
import { type Digest, digestOf, hexOf } from '../../core/digest';
import { makeFolders } from '../../core/make-folders';
import { OCI_INDEX } from '../../core/media-types';
import { type Progress, SILENT } from '../../core/progress';
import { show } from '../../core/visible';
import { BUNDLE_REPOSITORY } from '../../site/enclave-names';
import type { LockModelImage } from '../../site/generated/lock';
import { parseLock } from '../../site/lock/lock-file';
import type { BlobTotal } from '../import/import-bundle';
import { recall } from '../import/sequence';
import { type KnownSequence, raiseMark } from '../import/sequence-mark';
import { demandSpace } from '../import/space';
import { MAX_MANIFEST_BYTES } from '../layout/walk';
import { keepDerivedImage } from '../store/derived-images';
import { makeWay, writeDurably, writeFailed } from '../store/disk';
import type { RootRecord } from '../store/root-record';
import { MARKER_TEXT, type Store } from '../store/store';
import { lockStore } from '../store/writer-lock';
import type { TrustedKey } from '../trust/keys';
import { blobFile, type ExpectedBlob } from '../verify/blob-check';
import { readBundleFile } from '../verify/bundle-directory';
import { bundleContent } from '../verify/content';
import { deriveImage, statedForm } from '../weights/image-form';
import { type ModelFile, modelFiles } from '../weights/model-files';
import { bytesOf, filesAt } from './inventory';
import type { StoreNote, StoreProblem } from './problem';
import { dropAside, fileState, moveAside } from './quarantine';
import { repairSeals } from './repair-seals';
import type { RepairSource } from './repair-source';
import { sealProblems } from './seal-problems';
import { markerProblems, markPath, smallProblems } from './small-problems';
import { nameOf, siteOf, type StoredRoot, type StoreView, viewStore } from './view';

export interface RepairOptions {
  readonly dir: string;
  readonly from: RepairSource;
  /** Keys for seals whose kept keys are damaged, or of stores that kept none. */
  readonly trusted?: readonly TrustedKey[];
  readonly progress?: Progress;
}

/** What is still missing of a bundle or pin, which its medium has. */
export interface Wanted {
  readonly root: Digest;
  /** With site and sequence, as media are labeled. */
  readonly name: string;
  readonly blobs: number;
  /** Bytes; 0 while nobody knows the size. */
  readonly bytes: number;
}

export interface RepairReport {
  readonly format: 1;
  readonly result: 'pass' | 'fail';
  /** Paths below the store. */
  readonly mended: readonly string[];
  readonly brought: BlobTotal;
  /** What the source could not give, and why. */
  readonly refused: readonly StoreNote[];
  /** What is still wrong. */
  readonly problems: readonly StoreProblem[];
  /** Which media would have what is still missing. */
  readonly wanted: readonly Wanted[];
}

class Repair {
  public readonly mended: string[] = [];
  public readonly refused = new Map<string, string>();
  public readonly brought: { blobs: number; bytes: number } = { blobs: 0, bytes: 0 };

  public constructor(
    private readonly store: Store,
    private readonly from: RepairSource,
    private readonly given: readonly TrustedKey[],
    private readonly progress: Progress,
  ) {}

  public view(): Promise<StoreView> {
    return viewStore(this.store.dir, this.given);
  }

  /** Writes a small file of the store's own. */
  public async put(at: string, text: string): Promise<void> {
    const file = path.join(this.store.dir, at);
    await makeWay(file);
    await writeDurably(file, text, path.join(this.store.dir, 'staging'));
    this.mended.push(at);
  }

  /** Brings blobs until nothing more comes: a manifest that came names further ones. */
  public async blobs(): Promise<void> {
    for (;;) {
      const view = await this.view();
      const wanted = (await this.missing(view)).filter(([{ digest }]) => !this.refused.has(blobFile(digest)));
      if (wanted.length === 0) return;
      const total = bytesOf(wanted.map(([blob]) => blob));
      await demandSpace(this.store.dir, total);
      this.progress.start(show`repair`, total);
      try {
        for (const [blob, repository] of wanted) await this.bring(blob, repository);
      } finally {
        this.progress.stop();
      }
    }
  }

  public async seals(): Promise<void> {
    const view = await this.view();
    const orphans = await orphanRoots(view, this.given);
    for (const root of [...view.roots, ...orphans]) {
      const offered = await this.from.seals(root.digest);
      this.mended.push(...(await repairSeals(view, root, offered, this.given)));
    }
  }

  /** A record follows from the kept seals; of a bundle without them, and of a pin, another store may know it. */
  public async records(): Promise<void> {
    const { roots, store } = await this.view();
    for (const root of roots) {
      if (root.record !== undefined && !contradicts(root)) continue;
      const right = this.recordOf(root);
      if (right === undefined) continue;
      const later = roots.filter((other) => isLater(other, root)).map(({ digest }) => digest);
      await store.addRoot(right, later);
      this.mended.push(`roots/${hexOf(root.digest)}.json`);
    }
  }

  /** A mark follows from the kept seals, also from those of removed bundles, and from what another store knows. */
  public async marks(): Promise<void> {
    const view = await this.view();
    const known = new Map<string, KnownSequence>();
    const note = (site: string, mark: KnownSequence): void => {
      if (mark.sequence > (known.get(site)?.sequence ?? -1)) known.set(site, mark);
    };
    for (const { sealed } of [...view.roots, ...(await orphanRoots(view, this.given))])
      if (sealed.statement !== undefined) note(sealed.statement.site, sealed.statement);
    const damaged = new Set(filesAt(view.inventory, 'mark').map(({ path: at }) => at));
    for (const site of view.marks.keys()) damaged.delete(markPath(site));
    for (const [site, mark] of this.from.marks) if (known.has(site) || damaged.has(markPath(site))) note(site, mark);
    for (const [site, { sequence, root }] of known) {
      if ((view.marks.get(site)?.sequence ?? -1) >= sequence) continue;
      await raiseMark(this.store.dir, site, { sequence, root });
      this.mended.push(markPath(site));
    }
  }

  /** An image form follows from the model's blobs. */
  public async imageForms(problems: readonly StoreProblem[]): Promise<void> {
    for (const { kind, digest, path: at } of problems) {
      if (kind !== 'image form' || digest === undefined) continue;
      const view = await this.view();
      const manifest = await readBundleFile(view.inventory, blobFile(digest), MAX_MANIFEST_BYTES);
      if (manifest === undefined || digestOf(manifest) !== digest) continue;
      const files = modelFiles(manifest, digest);
      const offered = this.from.derived.get(digest);
      const image = offered !== undefined && statedForm(offered, files) !== undefined ? offered : undefined;
      const made = image ?? (await this.derived(view, digest, files));
      if (made === undefined) continue;
      await keepDerivedImage(this.store.dir, digest, made);
      this.mended.push(at);
    }
  }

  private async derived(
    view: StoreView,
    model: Digest,
    files: readonly ModelFile[],
  ): Promise<LockModelImage | undefined> {
    const root = view.roots.find(({ blobs }) => blobs.some(({ digest }) => digest === model));
    const size = view.inventory.entries.get(blobFile(root?.digest ?? model))?.size ?? 0;
    if (root === undefined || root.record?.kind === 'pin') return undefined;
    const { record } = await bundleContent(view.inventory, { mediaType: OCI_INDEX, digest: root.digest, size });
    if (record === undefined) return undefined;
    const lock = parseLock(record['airlock.lock.json'].toString('utf8'), 'airlock.lock.json');
    const name = lock.derived.models.find(({ manifest }) => manifest.digest === model)?.name;
    const isWhole = files.every(({ digest }) => view.inventory.entries.has(blobFile(digest)));
    if (name === undefined || !isWhole) return undefined;
    return (await deriveImage(this.store.dir, name, files, lock.platforms, this.progress)).image;
  }

  private recordOf(root: StoredRoot): RootRecord | undefined {
    const { digest, sealed } = root;
    if (sealed.statement === undefined) {
      const offered = this.from.records.get(digest);
      return offered !== undefined && 'unsigned' in offered.trust ? offered : undefined;
    }
    const signedBy = [...sealed.signers].sort();
    return {
      ...{ format: 1, kind: 'bundle', digest, mediaType: OCI_INDEX, repository: BUNDLE_REPOSITORY },
      ...{ site: sealed.statement.site, trust: { signedBy, threshold: signedBy.length } },
    };
  }

  /** What a root needs and the store has not right: missing, of another kind or size; what is small is hashed. */
  private async missing({ roots, inventory, store }: StoreView): Promise<[ExpectedBlob, string][]> {
    const wanted = new Map<Digest, [ExpectedBlob, string]>();
    for (const { blobs, record } of roots)
      for (const blob of blobs) {
        if (wanted.has(blob.digest)) continue;
        const entry = inventory.entries.get(blobFile(blob.digest));
        const isRight =
          entry?.kind === 'file' &&
          entry.size === blob.size &&
          (blob.size > MAX_MANIFEST_BYTES || (await store.isRight(blob.digest, blob.size)));
        if (isRight) continue;
        const state = await fileState(store, blob.digest);
        if (state !== undefined) await moveAside(store, blob.digest, state);
        // What lies there says nothing about the size of a root.
        const size = blob.digest === blobs[0]?.digest ? 0 : blob.size;
        wanted.set(blob.digest, [{ ...blob, size }, record?.repository ?? BUNDLE_REPOSITORY]);
      }
    return [...wanted.values()];
  }

  private async bring(blob: ExpectedBlob, repository: string): Promise<void> {
    const why = await this.from.bring(this.store, blob, repository, this.progress);
    if (why !== undefined) {
      this.refused.set(blobFile(blob.digest), why);
      return;
    }
    await dropAside(this.store, blob.digest);
    this.mended.push(blobFile(blob.digest));
    this.brought.blobs += 1;
    this.brought.bytes += blob.size;
  }
}

/** Whether a record says something else than what was sealed. */
function contradicts({ record, sealed: { statement } }: StoredRoot): boolean {
  if (record?.kind !== 'bundle' || statement === undefined) return false;
  const { trust } = record;
  const isPossible = 'unsigned' in trust || (trust.threshold >= 1 && trust.threshold <= trust.signedBy.length);
  return record.site !== statement.site || !isPossible;
}

const isLater = (other: StoredRoot, root: StoredRoot): boolean =>
  siteOf(other) === siteOf(root) &&
  (other.sealed.statement?.sequence ?? -1) > (root.sealed.statement?.sequence ?? Infinity);

/** Removed bundles whose seals are kept, since a mark rests on them. */
async function orphanRoots({ store, roots }: StoreView, given: readonly TrustedKey[]): Promise<StoredRoot[]> {
  const known = new Set(roots.map(({ digest }) => digest));
  const orphans: StoredRoot[] = [];
  for (const digest of await store.sealedRoots())
    if (!known.has(digest))
      orphans.push({ digest, blobs: [], complete: false, sealed: recall(digest, await store.seals(digest), given) });
  return orphans;
}

function wantedOf(roots: readonly StoredRoot[], missing: ReadonlySet<Digest>): Wanted[] {
  return roots.flatMap((root) => {
    const blobs = root.blobs.filter(({ digest }) => missing.has(digest));
    if (blobs.length === 0) return [];
    return [{ root: root.digest, name: nameOf(root), blobs: blobs.length, bytes: bytesOf(blobs) }];
  });
}

/**
 * Repairs a store from one source. Of large blobs only those that are missing or have another size are looked at: a check
 * before it finds the others, and moves them aside.
 *
 * @returns what was mended, and what is still wrong
 * @throws AirlockError (input) when the folder is no store of this format; (environment) when another process writes to it, or a
 *   disk or the line fails; what was brought stays
 */
export async function repairStore(options: RepairOptions): Promise<RepairReport> {
  const { dir, from, trusted = [], progress = SILENT } = options;
  const { store, roots } = await viewStore(dir, trusted);
  const marker = await markerProblems({ store, roots });
  const release = await lockStore(store.dir);
  const repair = new Repair(store, from, trusted, progress);
  try {
    const staging = path.join(store.dir, 'staging');
    await makeFolders(staging).catch((error: unknown) => Promise.reject(writeFailed(staging, error)));
    for (const { path: at } of marker) await repair.put(at, MARKER_TEXT);
    await repair.blobs();
    await repair.seals();
    await repair.records();
    await repair.marks();
    await repair.imageForms((await smallProblems(await repair.view())).problems);
    const view = await repair.view();
    const problems = [...(await smallProblems(view)).problems, ...(await sealProblems(view, trusted)).problems];
    const missing = new Set(problems.flatMap(({ kind, digest }) => (kind === 'blob' && digest ? [digest] : [])));
    return {
      format: 1,
      result: problems.length === 0 ? 'pass' : 'fail',
      ...{ mended: repair.mended, brought: repair.brought },
      refused: [...repair.refused].map(([at, what]) => ({ path: at, what })),
      ...{ problems, wanted: wantedOf(view.roots, missing) },
    };
  } finally {
    await release();
  }
}
