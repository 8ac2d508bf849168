/**
 * Brings a bundle into the store. Seals and index are judged first; then each blob is read once, hashed while it is
 * written. The root record comes last: until then nothing of the bundle is servable, and a killed import goes on where
 * it stopped.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Digest } from '../../core/digest';
import { AirlockError, badInput } from '../../core/errors';
import { OCI_INDEX } from '../../core/media-types';
import { type Progress, SILENT } from '../../core/progress';
import { BUNDLE_REPOSITORY } from '../../site/enclave-names';
import type { RootRecord, RootTrust } from '../store/root-record';
import { openStore, type Store } from '../store/store';
import { lockStore } from '../store/writer-lock';
import type { TrustedKey } from '../trust/keys';
import type { SealStatement } from '../trust/seal';
import { blobFile, blobSubject, checkBlob, type ExpectedBlob } from '../verify/blob-check';
import { type Inspection, inspectBundle, knownDamage } from '../verify/inspect-bundle';
import { inParallel } from '../../core/in-parallel';
import { type Check, fail, failures, pass } from '../verify/report';
import { checkSequence, keyFiles, knownBundles } from './sequence';
import { demandSpace } from './space';

export interface ImportOptions {
  /** The bundle's directory; only read. */
  readonly dir: string;
  readonly storeDir: string;
  /** Public keys that reached the enclave by another path than the bundle. */
  readonly trusted: readonly TrustedKey[];
  /** How many distinct trusted keys must have sealed the bundle. */
  readonly threshold: number;
  /** Who answers for a bundle without a seal; without it such a bundle is refused. Kept in the root record. */
  readonly unsignedAcceptedBy?: string;
  /** Takes a bundle that is not newer than one the store has of the same site. */
  readonly allowOlder?: boolean;
  readonly progress?: Progress;
}

export interface BlobTotal {
  readonly blobs: number;
  readonly bytes: number;
}

export interface ImportReport {
  readonly format: 1;
  readonly result: 'imported' | 'already imported' | 'refused';
  readonly root?: Digest;
  readonly site?: string;
  readonly trust?: RootTrust;
  readonly seal?: SealStatement;
  /** What this run wrote; parts that an earlier run left count as written. */
  readonly copied: BlobTotal;
  /** What the store had already. */
  readonly present: BlobTotal;
  /** Every check that was made; a refusal has at least one that failed. */
  readonly checks: readonly Check[];
}

/** Enough to hide the latency of small files and of their fsyncs. */
const LANES = 4;

const totalOf = (blobs: readonly ExpectedBlob[]): BlobTotal => ({
  blobs: blobs.length,
  bytes: blobs.reduce((sum, blob) => sum + blob.size, 0),
});

function demandApart(dir: string, storeDir: string): void {
  const within = (inner: string, outer: string): boolean => {
    const relative = path.relative(path.resolve(outer), path.resolve(inner));
    return relative === '' || !(relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative));
  };
  if (within(storeDir, dir)) throw badInput(`the store ${storeDir} lies inside the bundle`, 'name another folder');
}

/** Copies one blob. Wrong bytes are a verdict, in the words of `verify`; the store keeps nothing of them. */
async function copyBlob(store: Store, { bundle }: Inspection, blob: ExpectedBlob, progress: Progress): Promise<Check> {
  try {
    await store.writeBlob(blob, { path: path.join(bundle.dir, blobFile(blob.digest)) }, progress);
    return pass('blob', blobSubject(blob), `${blob.size} bytes`);
  } catch (error) {
    if (!(error instanceof AirlockError) || error.kind !== 'check') throw error;
    const again = await checkBlob(bundle, blob, SILENT);
    return again.result === 'fail' ? again : fail('blob', blobSubject(blob), 'changed', error.message);
  }
}

async function missingFrom(store: Store, blobs: readonly ExpectedBlob[]): Promise<ExpectedBlob[]> {
  const missing: ExpectedBlob[] = [];
  for (const blob of blobs) if (!(await store.has(blob.digest, blob.size))) missing.push(blob);
  return missing;
}

async function copyMissing(
  store: Store,
  inspection: Inspection,
  missing: readonly ExpectedBlob[],
  progress: Progress,
): Promise<Check[]> {
  await store.dropStaged(new Set(missing.map((blob) => blob.digest)));
  if (missing.length === 0) return [];
  const total = totalOf(missing).bytes;
  let staged = 0;
  for (const blob of missing) staged += Math.min(blob.size, await store.stagedBytes(blob.digest));
  await demandSpace(store.dir, total - staged);
  progress.start('import', total);
  try {
    return await inParallel(LANES, missing, (blob) => copyBlob(store, inspection, blob, progress));
  } finally {
    progress.stop();
  }
}

const isSealed = (trust: RootTrust): boolean => !('unsigned' in trust);

interface Accepted {
  readonly inspection: Inspection;
  readonly record: RootRecord;
  readonly blobs: readonly ExpectedBlob[];
}

/** Writes an accepted bundle into the store; the caller holds the writer lock. */
async function bringIn(
  store: Store,
  { inspection, record, blobs }: Accepted,
  options: ImportOptions,
): Promise<ImportReport> {
  const { seal } = inspection;
  const known = (await store.roots()).find(({ digest }) => digest === record.digest);
  const sequence =
    seal === undefined
      ? []
      : checkSequence(seal, await knownBundles(store, record.site, options.trusted), {
          isKnown: known !== undefined,
          allowOlder: options.allowOlder ?? false,
        });
  const missing = failures(sequence).length > 0 ? [] : await missingFrom(store, blobs);
  const copied = await copyMissing(store, inspection, missing, options.progress ?? SILENT);
  const checks = [...inspection.checks, ...sequence, ...copied];
  const refused = failures(checks).length > 0;
  // A seal outranks an acceptance, never the other way round.
  const better = known === undefined || (isSealed(record.trust) && !isSealed(known.trust));
  if (!refused && better) {
    const accepted = [...inspection.seals].filter(([name]) =>
      inspection.signers.some((id) => name.startsWith(`${id}.`)),
    );
    const keys = keyFiles(inspection.signers, options.trusted);
    await store.keepSeals(record.digest, new Map([...accepted, ...keys]));
    await store.addRoot(record);
  }
  const written = totalOf(missing.filter((_, at) => copied[at]?.result === 'pass'));
  const all = totalOf(blobs);
  const absent = totalOf(missing);
  return {
    format: 1,
    result: refused ? 'refused' : !better && missing.length === 0 ? 'already imported' : 'imported',
    root: record.digest,
    site: record.site,
    trust: better ? record.trust : known.trust,
    ...(seal === undefined ? {} : { seal }),
    copied: written,
    present: { blobs: all.blobs - absent.blobs, bytes: all.bytes - absent.bytes },
    checks,
  };
}

/**
 * Imports a bundle into a store, which is made where there is none. Importing again changes nothing.
 *
 * @returns what was done; a damaged, untrusted or older bundle is `refused`, with every fault among the checks
 * @throws AirlockError (input) when the directory is no bundle, the folder no store, or no key is trusted and nobody
 *   answers for that; (environment) when the disk is full, another import is writing, or the medium fails
 */
export async function importBundle(options: ImportOptions): Promise<ImportReport> {
  const { dir, storeDir, trusted, threshold, unsignedAcceptedBy } = options;
  demandApart(dir, storeDir);
  if (unsignedAcceptedBy?.trim() === '')
    throw badInput('nobody is named as accepting the unsigned bundle', 'give a name');
  const allowUnsigned = unsignedAcceptedBy !== undefined;
  const inspection = await inspectBundle(dir, { trusted, threshold, allowUnsigned });
  const { root, content, signers } = inspection;
  const checks = [...inspection.checks, ...knownDamage(inspection)];
  if (failures(checks).length > 0 || root === undefined || content?.site === undefined) {
    const none = { blobs: 0, bytes: 0 };
    return { format: 1, result: 'refused', copied: none, present: none, checks, ...(root && { root: root.digest }) };
  }
  const trust: RootTrust =
    signers.length > 0 || unsignedAcceptedBy === undefined
      ? { signedBy: signers, threshold }
      : { unsigned: true, acceptedBy: unsignedAcceptedBy };
  const record: RootRecord = {
    format: 1,
    kind: 'bundle',
    digest: root.digest,
    mediaType: OCI_INDEX,
    repository: BUNDLE_REPOSITORY,
    site: content.site,
    trust,
  };
  if (!existsSync(storeDir)) await demandSpace(storeDir, totalOf(content.blobs).bytes); // leaves no empty store
  const store = await openStore(storeDir, { create: true });
  const release = await lockStore(store.dir);
  try {
    return await bringIn(store, { inspection, record, blobs: content.blobs }, options);
  } finally {
    await release();
  }
}
