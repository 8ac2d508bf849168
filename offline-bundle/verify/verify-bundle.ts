/** Verifies a bundle: every seal, every byte, and that nothing else is there. Names all faults, not only the first. */
import { fromHex, isSha256Hex } from '../../core/digest';
import { type Progress, SILENT } from '../../core/progress';
import { show, visible } from '../../core/visible';
import { blobFile, checkBlob, type ExpectedBlob } from './blob-check';
import type { BundleDirectory } from './bundle-directory';
import { type Inspection, inspectBundle } from './inspect-bundle';
import { largestFirst } from '../../core/in-parallel';
import { type Check, countChecks, failures, type VerifyReport } from './report';
import type { TrustOptions } from './seal-check';

/** Which bundle is verified, under whose keys. */
export interface VerifyOptions extends TrustOptions {
  /** The bundle's directory. */
  readonly dir: string;
  readonly progress?: Progress;
  /** The time here, which a policy and a seal that expires are held against. @default - now */
  readonly now?: Date;
}

/** Enough to hide the latency of small files, and for a few large ones on each core. */
const LANES = 4;

const BLOBS = 'blobs/sha256/';

/** Blobs that nothing readable lists: each can still be held against its own name. */
function unassignedBlobs(bundle: BundleDirectory, listed: readonly ExpectedBlob[]): ExpectedBlob[] {
  const known = new Set(listed.map((blob) => blobFile(blob.digest)));
  return [...bundle.entries.values()]
    .filter(({ path, kind }) => kind === 'file' && path.startsWith(BLOBS) && !known.has(path))
    .map(({ path, size }) => ({ hex: path.slice(BLOBS.length), size }))
    .filter(({ hex }) => isSha256Hex(hex))
    .sort((a, b) => (a.hex < b.hex ? -1 : 1))
    .map(({ hex, size }) => ({ digest: fromHex(hex), size, name: 'unknown artifact' }));
}

async function checkBlobs({ bundle, content }: Inspection, progress: Progress): Promise<Check[]> {
  const listed = content?.blobs ?? [];
  const blobs = content?.complete === true ? listed : [...listed, ...unassignedBlobs(bundle, listed)];
  progress.start(
    show`verify`,
    blobs.reduce((sum, blob) => sum + blob.size, 0),
  );
  try {
    return await largestFirst(LANES, blobs, async (blob) => {
      const judged = content?.judged.get(blob.digest);
      if (judged === undefined) return checkBlob(bundle, blob, progress);
      progress.advance(blob.size);
      return judged;
    });
  } finally {
    progress.stop();
  }
}

/**
 * Verifies a bundle.
 *
 * @returns every check that was made; the same bundle, keys and time give the same report, byte for byte
 * @throws AirlockError (input) when the directory is no bundle, or no key is trusted and `allowUnsigned` is not set;
 *   (environment) when the medium fails
 *
 * @example
 * const trusted = await readTrustedKeys(['release.pub']);
 * const { result, checks } = await verifyBundle({ dir: '/media/bundle', trusted, threshold: 1, allowUnsigned: false });
 */
export async function verifyBundle({
  dir,
  progress,
  now = new Date(),
  ...trust
}: VerifyOptions): Promise<VerifyReport> {
  return verifyInspected(await inspectBundle(dir, trust, now), progress);
}

/** The rest of a verification: every blob that the inspection has not read yet. */
export async function verifyInspected(inspection: Inspection, progress: Progress = SILENT): Promise<VerifyReport> {
  const { root, content, trusted, verdict } = inspection;
  const { signers, seal, reasons } = verdict;
  const checks = [...inspection.checks, ...(await checkBlobs(inspection, progress))];
  return {
    format: 1,
    result: failures(checks).length === 0 ? 'pass' : 'fail',
    ...(root === undefined ? {} : { root: root.digest }),
    ...(content?.site === undefined ? {} : { site: visible(content.site) }),
    trusted,
    signers,
    ...(seal === undefined ? {} : { seal }),
    ...(reasons.length === 0 ? {} : { reasons }),
    counts: countChecks(checks),
    blobs: content?.blobs.length ?? 0,
    bytes: (content?.blobs ?? []).reduce((sum, blob) => sum + blob.size, 0),
    checks,
  };
}
