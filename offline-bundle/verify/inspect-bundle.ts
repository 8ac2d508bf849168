/**
 * All of a verification but the hashing of large blobs: seals first, then the index, what it lists, and that nothing
 * else is there. `verify` goes on to hash every blob, `import` to copy it.
 */
import type { Descriptor, OciIndex } from '../../core/descriptor';
import { isDigest } from '../../core/digest';
import { badInput } from '../../core/errors';
import { AIRLOCK_BUNDLE, OCI_INDEX } from '../../core/media-types';
import { MAX_MANIFEST_BYTES } from '../layout/walk';
import { blobFile, checkPresence } from './blob-check';
import { type BundleDirectory, openBundle, readBundleFile } from './bundle-directory';
import { type BundleContent, bundleContent } from './content';
import { checkLayoutFiles, checkUnlisted } from './layout-check';
import { type Check, fail, pass } from './report';
import { judgeTrust, type TrustEvidence, type TrustVerdict } from './judge-trust';
import { readModelSignatures } from './model-signatures';
import { readSeals, type TrustOptions } from './seal-check';
import { verdictOf } from './verdict';

export interface Inspection {
  readonly bundle: BundleDirectory;
  /** The bundle index; absent where index.json names none. */
  readonly root?: Descriptor;
  readonly content?: BundleContent;
  /** Ids of the keys that were given as trusted, sorted. */
  readonly trusted: readonly string[];
  /** What was judged, so that it can be judged again by what a store knows. */
  readonly evidence: TrustEvidence;
  /** The verdict without a store's knowledge; its checks stand among those below. */
  readonly verdict: TrustVerdict;
  readonly checks: readonly Check[];
}

/** 80 bytes a line: room for 800,000 blobs. Bytes. */
const MAX_SUMS_BYTES = 64 * 1024 * 1024;

/** The bundle index as index.json names it: its first entry of our type. Absent where it cannot be told. */
async function findRoot(bundle: BundleDirectory): Promise<{ root?: Descriptor; check: Check }> {
  const wrong = (detail: string): Check => fail('index', 'index.json', 'changed', detail);
  try {
    const bytes = await readBundleFile(bundle, 'index.json', MAX_MANIFEST_BYTES);
    if (bytes === undefined) return { check: fail('index', 'index.json', 'missing', 'there is no such file') };
    const { manifests } = JSON.parse(bytes.toString('utf8')) as OciIndex;
    const digest = manifests.find(({ artifactType }) => artifactType === AIRLOCK_BUNDLE)?.digest;
    if (digest === undefined || !isDigest(digest)) return { check: wrong(`names no ${AIRLOCK_BUNDLE}`) };
    const entry = bundle.entries.get(blobFile(digest));
    // The digest decides; whether index.json states the size right is found when its bytes are compared.
    const root = { mediaType: OCI_INDEX, digest, size: entry?.size ?? 0 };
    if (entry === undefined) return { root, check: wrong(`names the bundle index ${digest}, which is not there`) };
    return { root, check: pass('index', 'index.json', `names the bundle index ${digest}`) };
  } catch (error) {
    return { check: wrong(verdictOf(error)) };
  }
}

/**
 * Inspects a bundle. Every fault found becomes a check that failed; the inspection goes on after it.
 *
 * @param now the time here, which a policy and a seal that expires are held against
 * @throws AirlockError (input) when the directory is no bundle, or no key is trusted and `allowUnsigned` is not set;
 *   (environment) when the medium fails
 */
export async function inspectBundle(dir: string, trust: TrustOptions, now: Date): Promise<Inspection> {
  if (trust.policy === undefined && trust.trusted.length === 0 && trust.allowUnsigned !== true) {
    throw badInput(
      'TRUSTED_KEY_MISSING',
      'no trusted key was given',
      'name the public key of each signer with --trust, or a trust policy with --policy',
    );
  }
  const bundle = await openBundle(dir);
  const { root, check } = await findRoot(bundle);
  const seals = await readSeals(bundle);
  const sums = await readBundleFile(bundle, 'SHA256SUMS', MAX_SUMS_BYTES).catch(verdictOf);
  const content = root === undefined ? undefined : await bundleContent(bundle, root);
  const modelSignatures = await readModelSignatures(bundle);
  const evidence = {
    seals,
    modelSignatures,
    sums: Buffer.isBuffer(sums) ? sums : undefined,
    root: root?.digest,
    content,
  };
  const verdict = judgeTrust(evidence, trust, undefined, now);
  return {
    bundle,
    trusted: [...new Set(trust.trusted.map(({ id }) => id))].sort(),
    evidence,
    verdict,
    checks: [
      ...verdict.checks,
      check,
      ...(content?.checks ?? []),
      ...(await checkLayoutFiles(bundle, content)),
      ...checkUnlisted(bundle, content),
    ],
    ...(root === undefined ? {} : { root }),
    ...(content === undefined ? {} : { content }),
  };
}

/** What is known to be wrong with the listed blobs before any large one is read. */
export const knownDamage = ({ bundle, content }: Inspection): Check[] =>
  (content?.blobs ?? []).flatMap((blob) => {
    const check = content?.judged.get(blob.digest) ?? checkPresence(bundle, blob);
    return check?.result === 'fail' ? [check] : [];
  });
