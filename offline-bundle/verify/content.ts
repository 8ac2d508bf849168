/**
 * What a bundle must hold: what its index reaches, and what its lock says. The two are found by different ways and must
 * be the same, so the index cannot list anything that nobody locked.
 */
import type { Descriptor, OciIndex, OciManifest } from '../../core/descriptor';
import { type Digest, digestOf } from '../../core/digest';
import { AirlockError } from '../../core/errors';
import { ANNOTATION_KIND, ANNOTATION_NAME, ANNOTATION_TITLE, OCI_INDEX } from '../../core/media-types';
import type { Lock } from '../../site/generated/lock';
import { parseLock } from '../../site/lock/lock-file';
import { modelStatements } from '../layout/model-statements';
import { type BundlePlan, planBundle } from '../layout/plan';
import { MAX_MANIFEST_BYTES, walk } from '../layout/walk';
import { blobFile, blobSubject, checkPresence, type ExpectedBlob, judgeHash } from './blob-check';
import { type BundleDirectory, readBundleFile } from './bundle-directory';
import { checkGitIds } from './git-ids';
import { type Check, fail, pass, skipped } from './report';
import { checkSparseIndexes } from './sparse-indexes';
import { verdictOf } from './verdict';

/** Lock, site and program are read whole; larger ones are refused. Bytes. */
const MAX_RECORD_FILE_BYTES = 64 * 1024 * 1024;

export interface BundleContent {
  /** The index as written; absent where it is missing or damaged. */
  readonly rootBytes?: Buffer;
  readonly site?: string;
  /** Digest of the lock file, as the index states it. */
  readonly lock?: string;
  /** Each blob once, manifests before what they name. */
  readonly blobs: readonly ExpectedBlob[];
  /** False where a damaged manifest hides what it names. */
  readonly complete: boolean;
  /** Verdicts over the blobs that had to be read for this. */
  readonly judged: ReadonlyMap<Digest, Check>;
  /** Files of the record by name, as hashed; only where the index is exactly what its lock says. */
  readonly record?: BundleRecord;
  /** The OMS statement about each model of the lock, by its name; only there, too. */
  readonly models?: ReadonlyMap<string, Buffer>;
  readonly checks: readonly Check[];
}

/** Site and lock as they were bundled. */
export type BundleRecord = Readonly<Record<'site.yaml' | 'airlock.lock.json', Buffer>>;

/** Reads small blobs, checked, and remembers the verdicts. */
class CheckedReader {
  public readonly judged = new Map<Digest, Check>();

  public constructor(private readonly bundle: BundleDirectory) {}

  /** @returns undefined when the blob is missing or damaged; the verdict says how */
  public async read(blob: ExpectedBlob, limit: number): Promise<Buffer | undefined> {
    let check = checkPresence(this.bundle, blob);
    let bytes: Buffer | undefined;
    if (check === undefined && blob.size > limit) {
      check = fail('blob', blobSubject(blob), 'changed', `size: ${blob.size} bytes, more than the ${limit} allowed`);
    } else if (check === undefined) {
      bytes = await readBundleFile(this.bundle, blobFile(blob.digest), limit);
      if (bytes !== undefined) check = judgeHash(blob, digestOf(bytes));
    }
    if (check !== undefined) this.judged.set(blob.digest, check);
    return check?.result === 'pass' ? bytes : undefined;
  }
}

const named = (descriptor: Descriptor, name: string): ExpectedBlob => ({
  digest: descriptor.digest,
  size: descriptor.size,
  name,
});

/** A file that the comparison needs is damaged; its own verdict says so. */
class Unreadable extends Error {}

interface Walked {
  readonly blobs: ExpectedBlob[];
  readonly complete: boolean;
  readonly checks: Check[];
}

async function walkContent(root: Descriptor, reader: CheckedReader, label?: string): Promise<Walked> {
  const blobs: ExpectedBlob[] = [];
  const checks: Check[] = [];
  let complete = true;
  try {
    for await (const { descriptor, artifact, file } of walk(
      root,
      async (blob) => {
        const bytes = await reader.read(named(blob.descriptor, `${blob.artifact}: ${blob.file}`), MAX_MANIFEST_BYTES);
        complete &&= bytes !== undefined;
        return bytes ?? Buffer.from('{}'); // what it names stays unknown; the walk goes on
      },
      label,
    )) {
      blobs.push(named(descriptor, `${artifact}: ${file}`));
    }
  } catch (error) {
    complete = false;
    checks.push(fail('index', 'content of the index', 'changed', verdictOf(error)));
  }
  return { blobs, complete, checks };
}

/** What a manifest or index reaches, by its own word alone. @param artifact what it is, for names of blobs */
export async function reachedContent(
  bundle: BundleDirectory,
  root: Descriptor,
  artifact: string,
): Promise<Pick<BundleContent, 'blobs' | 'complete'>> {
  return walkContent(root, new CheckedReader(bundle), artifact);
}

/** The titled layer of the index's entry of a kind; read and checked. */
async function recordFile(
  index: OciIndex,
  kind: string,
  name: string,
  title: string,
  reader: CheckedReader,
): Promise<Buffer> {
  const entry = index.manifests.find(
    ({ annotations }) => annotations?.[ANNOTATION_KIND] === kind && annotations[ANNOTATION_NAME] === name,
  );
  const artifact = `${kind}/${name}`;
  if (entry === undefined) throw new AirlockError('BUNDLE_INCONSISTENT', `the index lists no ${artifact}`);
  const manifest = await reader.read(named(entry, `${artifact}: manifest`), MAX_MANIFEST_BYTES);
  if (manifest === undefined) throw new Unreadable(`the manifest of ${artifact} is missing or damaged`);
  const layer = (JSON.parse(manifest.toString('utf8')) as OciManifest).layers.find(
    ({ annotations }) => annotations?.[ANNOTATION_TITLE] === title,
  );
  if (layer === undefined) throw new AirlockError('BUNDLE_INCONSISTENT', `${artifact} has no ${title}`);
  const bytes = await reader.read(named(layer, `${artifact}: ${title}`), MAX_RECORD_FILE_BYTES);
  if (bytes === undefined) throw new Unreadable(`${title} of ${artifact} is missing or damaged`);
  return bytes;
}

/** What the lock in the record says the bundle is. */
async function planOf(
  index: OciIndex,
  reader: CheckedReader,
): Promise<{ readonly plan: BundlePlan; readonly lock: Lock; readonly record: BundleRecord }> {
  const lockBytes = await recordFile(index, 'record', 'record', 'airlock.lock.json', reader);
  const siteBytes = await recordFile(index, 'record', 'record', 'site.yaml', reader);
  const airlockMjs = await recordFile(index, 'kit', 'program', 'airlock.mjs', reader);
  const lock = parseLock(lockBytes.toString('utf8'), 'airlock.lock.json');
  const { kit, models, files = [], stores = [] } = lock.derived;
  if (kit.airlockMjs.digest !== digestOf(airlockMjs)) {
    throw new AirlockError('BUNDLE_INCONSISTENT', `the lock names another airlock.mjs, ${kit.airlockMjs.digest}`);
  }
  const plan = planBundle({ lock, lockBytes, siteBytes, airlockMjs });
  const planned = new Set(plan.blobs.map((blob) => blob.digest));
  const strange = [...models, ...files, ...stores].find(({ manifest }) => !planned.has(manifest.digest));
  const record = { 'site.yaml': siteBytes, 'airlock.lock.json': lockBytes };
  if (strange === undefined) return { plan, lock, record };
  throw new AirlockError('BUNDLE_INCONSISTENT', `the lock derives another manifest for ${strange.repository}`);
}

const SUBJECT = 'the index is exactly what its lock says';

/** Blobs with their sizes, for comparison. */
const setOf = (blobs: readonly { digest: Digest; size: number }[]): Set<string> =>
  new Set(blobs.map(({ digest, size }) => `${digest}, ${size} bytes`));

function compare(root: Digest, walked: Walked, plan: BundlePlan): Check {
  if (plan.root !== root) {
    return fail('lock', SUBJECT, 'changed', `the lock gives the index ${plan.root}, the bundle has ${root}`);
  }
  if (!walked.complete) return pass('lock', SUBJECT, `${root}; what damaged manifests name is known from the lock`);
  const [reached, planned] = [setOf(walked.blobs), setOf(plan.blobs)];
  const odd = [...reached].find((line) => !planned.has(line)) ?? [...planned].find((line) => !reached.has(line));
  return odd === undefined
    ? pass('lock', SUBJECT, root)
    : fail('lock', SUBJECT, 'changed', `index and lock disagree about ${odd}`);
}

/** Adds what only the plan knows, under the plan's names. */
function union(walked: readonly ExpectedBlob[], plan: BundlePlan): ExpectedBlob[] {
  const known = new Set(walked.map((blob) => blob.digest));
  const rest = plan.blobs.filter((blob) => !known.has(blob.digest));
  return [
    ...walked,
    ...rest.map(({ digest, size, artifact, file }) => ({ digest, size, name: `${artifact}: ${file}` })),
  ];
}

/** What the index says about itself; nothing where it is malformed, which the walk reports. */
function statedBy(rootBytes: Buffer): { site?: string; lock?: string } {
  try {
    const { annotations } = JSON.parse(rootBytes.toString('utf8')) as OciIndex;
    const { 'vnd.airlock.site': site, 'vnd.airlock.lock': lock } = annotations ?? {};
    return typeof site === 'string' && typeof lock === 'string' ? { site, lock } : {};
  } catch {
    return {};
  }
}

/**
 * Finds out what a bundle must hold, reading nothing but manifests and the record.
 *
 * @param root the bundle index's descriptor from index.json
 */
export async function bundleContent(bundle: BundleDirectory, root: Descriptor): Promise<BundleContent> {
  const reader = new CheckedReader(bundle);
  const rootBlob = named(root, 'bundle: index');
  const rootBytes = await reader.read(rootBlob, MAX_MANIFEST_BYTES);
  if (rootBytes === undefined) {
    const check = skipped('lock', SUBJECT, `cannot be told: ${blobSubject(rootBlob)} is missing or damaged`);
    return { blobs: [rootBlob], complete: false, judged: reader.judged, checks: [check] };
  }
  const walked = await walkContent({ ...root, mediaType: OCI_INDEX }, reader);
  const known = { rootBytes, ...statedBy(rootBytes), judged: reader.judged };
  try {
    const { plan, lock, record } = await planOf(JSON.parse(rootBytes.toString('utf8')) as OciIndex, reader);
    const check = compare(root.digest, walked, plan);
    const checks = [...walked.checks, check];
    if (check.result !== 'pass') return { ...known, ...walked, checks };
    checks.push(...(await checkGitIds(bundle, lock)), ...(await checkSparseIndexes(bundle, lock)));
    const models = modelStatements(lock);
    return { ...known, blobs: union(walked.blobs, plan), complete: true, record, models, checks };
  } catch (error) {
    const check =
      error instanceof Unreadable
        ? skipped('lock', SUBJECT, `cannot be told: ${error.message}`)
        : fail('lock', SUBJECT, 'changed', verdictOf(error));
    return { ...known, ...walked, checks: [...walked.checks, check] };
  }
}
