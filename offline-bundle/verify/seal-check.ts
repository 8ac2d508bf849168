/** Who vouches for a bundle, as checks. */
import { type Digest, digestOf } from '../../core/digest';
import type { TrustedKey } from '../trust/keys';
import type { TrustPolicy } from '../trust/policy';
import { MAX_SEAL_BYTES, type SealStatement } from '../trust/seal';
import { verifySeals } from '../trust/verify-seals';
import { type BundleDirectory, readBundleFile } from './bundle-directory';
import type { BundleContent } from './content';
import { type Check, fail, pass, skipped } from './report';
import { verdictOf } from './verdict';

/** Under whose keys a bundle is accepted. */
export interface TrustOptions {
  /** Public keys that reached the verifier by another path than the bundle. */
  readonly trusted: readonly TrustedKey[];
  /** How many distinct trusted keys must have sealed the bundle. */
  readonly threshold: number;
  /** Goes on without a seal: where no key is given, or the bundle has no seal at all. A bad seal is never accepted. */
  readonly allowUnsigned?: boolean;
  /** The policy whose terms hold; `trusted` and `threshold` are then its own. */
  readonly policy?: TrustPolicy;
}

/** What {@link judgeSeals} goes by. */
export interface SealTerms extends Omit<TrustOptions, 'policy'> {
  /** Why keys that are known do not count, by id. Only for a policy: there too few keys are a verdict, not a slip. */
  readonly uncounted?: ReadonlyMap<string, string>;
}

/** Two files for each of 32 signers, more than any site has. */
const MAX_SEAL_FILES = 64;
const SEAL_FILE = /^seals\/([0-9a-f]{16}\.(?:sigstore\.json|SHA256SUMS\.sig))$/;

/** Whether a path inside a bundle is that of a seal or of a signature over SHA256SUMS. */
export const isSealFile = (path: string): boolean => SEAL_FILE.test(path);

/**
 * Every file of `seals/` that is named like one, by name; of too many only as many as show that.
 *
 * @throws AirlockError (environment) when the medium fails
 */
export async function readSeals(bundle: BundleDirectory): Promise<Map<string, Buffer>> {
  const seals = new Map<string, Buffer>();
  for (const path of [...bundle.entries.keys()].sort()) {
    const name = SEAL_FILE.exec(path)?.[1];
    if (name === undefined || seals.size > MAX_SEAL_FILES) continue;
    // A file that is too large is no seal; as many zeros have it refused under its name.
    const bytes = await readBundleFile(bundle, path, MAX_SEAL_BYTES).catch((error: unknown) => {
      verdictOf(error);
      return Buffer.alloc(MAX_SEAL_BYTES + 1);
    });
    if (bytes !== undefined) seals.set(name, bytes);
  }
  return seals;
}

export interface SealResult {
  readonly checks: Check[];
  readonly signers: readonly string[];
  readonly seal?: SealStatement;
}

function judgeCount(accepted: number, threshold: number, files: number): Check {
  if (files === 0) return fail('seal', 'threshold', 'untrusted', `the bundle has no seal, needed ${threshold}`);
  const detail = `sealed by ${accepted} trusted key${accepted === 1 ? '' : 's'}, needed ${threshold}`;
  return accepted >= threshold ? pass('seal', 'threshold', detail) : fail('seal', 'threshold', 'untrusted', detail);
}

const notTrusted = (id: string, uncounted?: ReadonlyMap<string, string>): Check =>
  skipped('seal', `seals/${id}.sigstore.json`, `not counted: key ${id} ${uncounted?.get(id) ?? 'is not trusted here'}`);

/** Signers of whom it is known why they do not count. */
const notCounted = (seals: ReadonlyMap<string, Buffer>, uncounted: ReadonlyMap<string, string>): Check[] =>
  [...new Set([...seals.keys()].map((name) => name.slice(0, 16)))].sort().map((id) => notTrusted(id, uncounted));

/**
 * Judges the seals of a bundle.
 *
 * @param sums the bytes of SHA256SUMS, if there are any
 * @param root digest of the index, as far as it can be told
 * @throws AirlockError (input) for a threshold that the keys cannot meet
 */
export function judgeSeals(
  seals: ReadonlyMap<string, Buffer>,
  sums: Buffer | undefined,
  root: Digest | undefined,
  { trusted, threshold, allowUnsigned = false, uncounted }: SealTerms,
): SealResult {
  if (trusted.length === 0 && uncounted !== undefined) {
    const none = fail('seal', 'threshold', 'untrusted', `no key of the policy counts now, needed ${threshold}`);
    return { signers: [], checks: [...notCounted(seals, uncounted), none] };
  }
  if (trusted.length === 0) {
    return { signers: [], checks: [skipped('seal', 'seals', 'not checked: no trusted key was given')] };
  }
  if (seals.size === 0 && allowUnsigned) {
    return { signers: [], checks: [skipped('seal', 'seals', 'the bundle has none, and that was allowed')] };
  }
  // Stand-ins that no signature covers let the keys be judged where the files are missing.
  const known = { sums: sums ?? Buffer.alloc(0), root: root ?? digestOf('') };
  const met = uncounted === undefined ? threshold : Math.min(threshold, trusted.length);
  const verdict = verifySeals({ seals, ...known, trusted, threshold: met });
  const checks = [
    ...verdict.accepted.map((id) => pass('seal', `seals/${id}.sigstore.json`, `sealed by the trusted key ${id}`)),
    ...verdict.problems.map(({ file, problem }) => fail('seal', `seals/${file}`, 'untrusted', problem)),
    ...verdict.untrusted.map((id) => notTrusted(id, uncounted)),
  ];
  if (seals.size > MAX_SEAL_FILES) {
    checks.push(fail('seal', 'seals', 'untrusted', `more than ${MAX_SEAL_FILES} files`));
  }
  checks.push(judgeCount(verdict.accepted.length, threshold, seals.size));
  const { accepted: signers, payload: seal } = verdict;
  return { signers, checks, ...(seal === undefined ? {} : { seal }) };
}

/** The seal speaks of the same site and lock as the index; a signer who saw otherwise was shown something else. */
export function checkStatement(seal: SealStatement, content: Pick<BundleContent, 'site' | 'lock'> | undefined): Check {
  const subject = 'site and lock that the seal names';
  if (content?.site === undefined) return skipped('seal', subject, 'the index cannot be read');
  return seal.site === content.site && seal.lock === content.lock
    ? pass('seal', subject, `${seal.site}, sequence ${seal.sequence}, sealed at ${seal.sealedAt}`)
    : fail(
        'seal',
        subject,
        'untrusted',
        `${seal.site}, ${seal.lock}; the index says ${content.site}, ${String(content.lock)}`,
      );
}
