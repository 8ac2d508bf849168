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
import { appendRecord, rootsTaken } from '../history/history';
import { recordName, type RootRecord, type RootTrust } from '../store/root-record';
import { openStore, type Store } from '../store/store';
import { lockStore } from '../store/writer-lock';
import type { TrustedKey } from '../trust/keys';
import type { TrustPolicy } from '../trust/policy';
import type { SealStatement } from '../trust/seal';
import type { Signer } from '../trust/signer';
import { blobFile, blobSubject, checkBlob, type ExpectedBlob } from '../verify/blob-check';
import { type Inspection, inspectBundle, knownDamage } from '../verify/inspect-bundle';
import { largestFirst } from '../../core/in-parallel';
import { show, visible } from '../../core/visible';
import { MAX_MANIFEST_BYTES } from '../layout/walk';
import { TRUST_REASONS, type TrustReason } from '../verify/judge-trust';
import { type Check, fail, failures, pass } from '../verify/report';
import type { TrustOptions } from '../verify/seal-check';
import { keyFiles, type KnownBundles } from './sequence';
import { raiseMark } from './sequence-mark';
import { entryOf, overrulesOf, recordRefusal } from './import-history';
import { writePin } from './policy-pin';
import { demandSpace } from './space';
import { isRefused, judgeStanding, type StandingTerms } from './standing';

/** What is imported, into which store, under whose keys. */
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
  /** A site of which the store has nothing yet, beside those of which it has. Without a policy that needs this word. */
  readonly acceptSite?: string;
  /** The policy whose terms hold; `trusted` and `threshold` are then its own. */
  readonly policy?: TrustPolicy;
  /** Files beside the policy that may be signatures over its change. */
  readonly policySignatures?: readonly Buffer[];
  /** Why a policy counts that is not the one the store was filled under, and that nobody of the old one signed. */
  readonly acceptPolicy?: string;
  /** Signs the record of this import in the history of the store. */
  readonly historySigner?: Signer;
  /** The time here, which counts for a policy, a seal that expires, and the history. @default - now */
  readonly now?: Date;
  /**
   * Hashes again what the store has already of the bundle, and replaces what is wrong.
   *
   * @default - where the store has the bundle itself; of others only what is small, so every manifest
   */
  readonly recheck?: boolean;
  readonly progress?: Progress;
}

/** A number of blobs, and their bytes. */
export interface BlobTotal {
  readonly blobs: number;
  readonly bytes: number;
}

/** What an import did, or why it refused. */
export interface ImportReport {
  readonly format: 1;
  readonly result: 'imported' | 'already imported' | 'refused';
  readonly root?: Digest;
  readonly site?: string;
  readonly trust?: RootTrust;
  readonly seal?: SealStatement;
  /** Why it is not trusted; absent where it is. */
  readonly reasons?: readonly TrustReason[];
  /** What this run wrote; parts that an earlier run left count as written. */
  readonly copied: BlobTotal;
  /** What the store had already. */
  readonly present: BlobTotal;
  /** What lay damaged in the store and was replaced, as checks name it. */
  readonly mended: readonly string[];
  /** What is wrong in the store beside this bundle; it hinders nothing here. */
  readonly problems: readonly string[];
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
  if (within(storeDir, dir))
    throw badInput('OUTPUT_MISPLACED', `the store ${storeDir} lies inside the bundle`, 'name another folder');
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

interface Wanting {
  /** What is to be copied. */
  readonly missing: readonly ExpectedBlob[];
  /** Those of them that were there, and wrong. */
  readonly wrong: readonly ExpectedBlob[];
}

/** Looks at what the store has. What is hashed and found wrong is removed at once, so that nobody is served it any more. */
async function wanting(
  store: Store,
  blobs: readonly ExpectedBlob[],
  recheck: boolean,
  progress: Progress,
): Promise<Wanting> {
  const present: ExpectedBlob[] = [];
  const missing: ExpectedBlob[] = [];
  for (const blob of blobs) ((await store.has(blob.digest, blob.size)) ? present : missing).push(blob);
  const doubted = present.filter(({ size }) => recheck || size <= MAX_MANIFEST_BYTES);
  if (recheck) progress.start(show`check what is there`, totalOf(doubted).bytes);
  try {
    const seen = recheck ? progress : SILENT;
    const right = await largestFirst(LANES, doubted, ({ digest, size }) => store.isRight(digest, size, seen));
    const wrong = doubted.filter((_, at) => right[at] !== true);
    for (const { digest } of wrong) await store.discard(digest);
    return { missing: [...missing, ...wrong], wrong };
  } finally {
    if (recheck) progress.stop();
  }
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
  progress.start(show`import`, total);
  try {
    return await largestFirst(LANES, missing, (blob) => copyBlob(store, inspection, blob, progress));
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

/** The kept seals of a bundle that the store has, where some of them are not as its medium has them any more. */
async function mendedSeals(
  store: Store,
  root: Digest,
  accepted: ReadonlyMap<string, Buffer>,
): Promise<ReadonlyMap<string, Buffer> | undefined> {
  const kept = await store.seals(root);
  // Of a bundle without a seal none are kept.
  const changed = [...accepted].some(([name, bytes]) => kept.get(name)?.equals(bytes) !== true);
  return changed ? new Map([...kept, ...accepted]) : undefined;
}

/** Records of other bundles that were lost, and not removed, or of which nobody can tell. */
async function lostRecords(store: Store, root: Digest): Promise<string[]> {
  const { records, problems } = await store.survey();
  const known = new Set<string>([...records.map(({ digest }) => recordName(digest)), ...problems.keys()]);
  const { taken, doubted } = await rootsTaken(store.dir);
  const words = (digest: Digest): string =>
    doubted.has(digest)
      ? 'and whether that bundle was removed cannot be told: `airlock store history` names what is wrong'
      : 'and nobody removed that bundle: import it again';
  return [...taken]
    .filter((digest) => digest !== root && !known.has(recordName(digest)))
    .map((digest) => `roots/${recordName(digest)} is missing, ${words(digest)}`);
}

/** The bundles of the site that came after this one. */
const laterThan = (seal: SealStatement | undefined, bundles: KnownBundles | undefined): Digest[] =>
  seal === undefined
    ? []
    : (bundles?.statements ?? []).filter(({ sequence }) => sequence > seal.sequence).map(({ root }) => root);

const termsOf = ({ trusted, threshold, unsignedAcceptedBy, policy }: ImportOptions): TrustOptions => ({
  ...{ trusted, threshold, allowUnsigned: unsignedAcceptedBy !== undefined },
  ...(policy === undefined ? {} : { policy }),
});

const standingTerms = ({
  policy,
  policySignatures,
  acceptPolicy,
  allowOlder,
  acceptSite,
}: ImportOptions): StandingTerms => ({
  ...(policy === undefined ? {} : { policy }),
  ...(policySignatures === undefined ? {} : { signatures: policySignatures }),
  ...(acceptPolicy === undefined ? {} : { acceptPolicy }),
  ...(allowOlder === undefined ? {} : { allowOlder }),
  ...(acceptSite === undefined ? {} : { acceptSite }),
});

/** Writes an accepted bundle into the store; the caller holds the writer lock. */
async function bringIn(
  store: Store,
  { inspection, record, blobs }: Accepted,
  options: ImportOptions,
): Promise<ImportReport> {
  const { evidence, verdict } = inspection;
  const { seal, signers } = verdict;
  const { progress = SILENT, now = new Date() } = options;
  const standing = await judgeStanding(
    store,
    { root: record.digest, site: record.site },
    inspection,
    termsOf(options),
    standingTerms(options),
    now,
  );
  const { survey, known, isKnown, hasPlace, bundles, pinned, reasons } = standing;
  const { missing, wrong }: Wanting = isRefused(standing)
    ? { missing: [], wrong: [] }
    : await wanting(store, blobs, options.recheck ?? isKnown, progress);
  const copied = await copyMissing(store, inspection, missing, progress);
  const checks = [...inspection.checks, ...standing.checks, ...copied];
  const refused = failures(checks).length > 0;
  // A seal outranks an acceptance, never the other way round.
  const better = known === undefined || (isSealed(record.trust) && !isSealed(known.trust));
  const accepted = new Map([
    ...[...evidence.seals, ...(evidence.modelSignatures ?? [])].filter(([name]) =>
      signers.some((id) => name.startsWith(`${id}.`)),
    ),
    ...keyFiles(signers, options.trusted),
  ]);
  const newSeals = better ? accepted : await mendedSeals(store, record.digest, accepted);
  const entry = entryOf('import', inspection, options, now, {
    reasons: refused && reasons.length === 0 ? ['content'] : reasons,
    overruled: refused ? [] : overrulesOf(standing, record.trust, options),
  });
  const unrecorded = refused ? await recordRefusal(store.dir, entry, options) : [];
  if (!refused) {
    // What is servable is recorded: the record comes first, and whoever ends in between imports once more.
    await appendRecord(store.dir, entry, options.historySigner);
    if (pinned.pin !== undefined) await writePin(store.dir, pinned.pin);
    if (newSeals !== undefined) await store.keepSeals(record.digest, newSeals);
    if (better) await store.addRoot(record, hasPlace ? laterThan(seal, bundles) : []);
    const mark = standing.verdict.sequence?.mark;
    if (mark !== undefined) await raiseMark(store.dir, record.site, mark);
  }
  const written = totalOf(missing.filter((_, at) => copied[at]?.result === 'pass'));
  const all = totalOf(blobs);
  const absent = totalOf(missing);
  return {
    format: 1,
    result: refused ? 'refused' : newSeals === undefined && missing.length === 0 ? 'already imported' : 'imported',
    root: record.digest,
    site: record.site,
    trust: better ? record.trust : known.trust,
    ...(seal === undefined ? {} : { seal }),
    ...(reasons.length === 0 ? {} : { reasons }),
    copied: written,
    present: { blobs: all.blobs - absent.blobs, bytes: all.bytes - absent.bytes },
    mended: wrong.filter((blob) => copied[missing.indexOf(blob)]?.result === 'pass').map(blobSubject),
    problems: [
      ...unrecorded,
      ...(await lostRecords(store, record.digest)),
      ...[...survey.problems]
        .filter(([name]) => name !== recordName(record.digest))
        .map(([, { message, fix }]) => `${message}${fix === undefined ? '' : `: ${fix}`}`),
      ...(newSeals === undefined || refused
        ? (bundles?.problems ?? [])
        : (bundles?.problems ?? []).filter((text) => !text.includes(record.digest))),
    ],
    checks,
  };
}

/**
 * Imports a bundle into a store, which is made where there is none. Importing again checks what is there, replaces what
 * is wrong, and changes nothing else.
 *
 * @returns what was done; a damaged, untrusted or older bundle is `refused`, with every fault among the checks
 * @throws AirlockError (input) when the directory is no bundle, the folder no store, or no key is trusted and nobody
 *   answers for that; (environment) when the disk is full, another import is writing, or the medium fails
 */
export async function importBundle(options: ImportOptions): Promise<ImportReport> {
  const { dir, storeDir, threshold, unsignedAcceptedBy, now = new Date() } = options;
  demandApart(dir, storeDir);
  if (unsignedAcceptedBy?.trim() === '')
    throw badInput('USAGE_MISSING_OPTION', 'nobody is named as accepting the unsigned bundle', 'give a name');
  const inspection = await inspectBundle(dir, termsOf(options), now);
  const { root, content, verdict } = inspection;
  const { signers, reasons } = verdict;
  const acceptedBy = verdict.unsigned === undefined ? unsignedAcceptedBy : `the policy: ${verdict.unsigned}`;
  const checks = [...inspection.checks, ...knownDamage(inspection)];
  if (failures(checks).length > 0 || root === undefined || content?.site === undefined) {
    const none = { blobs: 0, bytes: 0 };
    // Where there is no store, none is made to record a refusal in.
    const store = existsSync(path.join(storeDir, 'store.json')) ? await openStore(storeDir) : undefined;
    const standing =
      store === undefined || root === undefined || content?.site === undefined
        ? undefined
        : await judgeStanding(
            store,
            { root: root.digest, site: content.site },
            inspection,
            termsOf(options),
            standingTerms(options),
            now,
          );
    const given = [...reasons, ...(standing?.reasons ?? [])];
    const all = TRUST_REASONS.filter((one) => given.includes(one));
    const entry = entryOf('import', inspection, options, now, {
      reasons: all.length === 0 ? ['content'] : all,
      overruled: [],
    });
    return {
      ...{ format: 1, result: 'refused', copied: none, present: none, mended: [] },
      problems: store === undefined ? [] : await recordRefusal(store.dir, entry, options),
      checks: [...checks, ...(standing?.checks ?? [])],
      ...(root && { root: root.digest }),
      ...(content?.site === undefined ? {} : { site: visible(content.site) }),
      ...(all.length === 0 ? {} : { reasons: all }),
    };
  }
  const trust: RootTrust =
    signers.length > 0 || acceptedBy === undefined ? { signedBy: signers, threshold } : { unsigned: true, acceptedBy };
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
