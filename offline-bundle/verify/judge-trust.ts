/**
 * Whether a bundle is taken, by who sealed it, when, for which site, and what the store knows. Pure: the same policy, seals,
 * knowledge and time give the same verdict, for `verify` and for `import`.
 */
import type { Digest } from '../../core/digest';
import { checkSequence, type KnownBundles, type SequenceVerdict } from '../import/sequence';
import { CLOCK_SLACK_MS } from '../trust/odd-seal';
import type { TrustedKey } from '../trust/keys';
import { dayFault, keysWith, type PolicyKey, type TrustPolicy } from '../trust/policy';
import { isExpired, type SealStatement } from '../trust/seal';
import type { BundleContent } from './content';
import { checkNamedModels, judgeModelSignatures } from './model-signatures';
import { type Check, fail, note, pass, skipped } from './report';
import { checkStatement, judgeSeals, type SealTerms, type TrustOptions } from './seal-check';

/** Every reason for which a bundle is not taken; none is ever given for two things. */
export const TRUST_REASONS = [
  'unsealed',
  'bad-seal',
  'bad-model-signature',
  'too-few-signers',
  'seal-of-something-else',
  'other-site',
  'sealed-too-recently',
  'sealed-too-long-ago',
  'expired',
  'known-bad',
  'older',
  'same-sequence',
  'place-unknown',
  'policy-needed',
  'policy-changed',
  'policy-unknown',
] as const;

/** Why a bundle is not taken; docs/trust.md says what each means. */
export type TrustReason = (typeof TRUST_REASONS)[number];

/** What a bundle shows of itself. */
export interface TrustEvidence {
  /** Every file of `seals/` by its name. */
  readonly seals: ReadonlyMap<string, Buffer>;
  /** Every signature of a model in `seals/` by its name. */
  readonly modelSignatures?: ReadonlyMap<string, Buffer>;
  /** The bytes of SHA256SUMS, if there are any. */
  readonly sums: Buffer | undefined;
  /** Digest of the index, as far as it can be told. */
  readonly root: Digest | undefined;
  readonly content: Pick<BundleContent, 'site' | 'lock' | 'blobs' | 'models'> | undefined;
}

/** What the store knows, and what a person overrules. */
export interface StoreKnowledge {
  readonly bundles: KnownBundles;
  /** That the store has this very bundle. */
  readonly isKnown: boolean;
  readonly allowOlder: boolean;
}

export interface TrustVerdict {
  readonly checks: readonly Check[];
  /** Why the bundle is not taken, in the order of {@link TRUST_REASONS}; empty where it is. */
  readonly reasons: readonly TrustReason[];
  /** Ids of the keys that count and whose seals hold, sorted. */
  readonly signers: readonly string[];
  /** What those seals say. */
  readonly seal?: SealStatement;
  /** Why the policy takes the bundle without a seal. */
  readonly unsigned?: string;
  /** Where it stands among the bundles of its site; absent where the store was not asked. */
  readonly sequence?: SequenceVerdict;
}

interface Found {
  readonly check: Check;
  readonly reason?: TrustReason;
}

const DAY_MS = 24 * 60 * 60 * 1000;

const refused = (reason: TrustReason, subject: string, detail: string): Found => ({
  reason,
  check: fail('seal', subject, 'untrusted', detail),
});

/** Why keys of a policy do not count today, by id. */
function uncounted(policy: TrustPolicy, now: Date): Map<string, string> {
  const why = new Map<string, string>();
  for (const key of policy.keys) {
    const revoked = policy.revoked.get(key.id);
    const day = dayFault(key, now);
    if (!key.roles.includes('bundle')) why.set(key.id, 'may not seal bundles, by the policy');
    if (day !== undefined) why.set(key.id, day);
    if (revoked !== undefined) why.set(key.id, `is revoked: ${revoked}`);
  }
  for (const [id, reason] of policy.revoked) why.set(id, `is revoked: ${reason}`);
  return why;
}

/** Why keys did not count on the day on which they say that they sealed, by id. */
const uncountedThen = (keys: readonly PolicyKey[], { sealedAt }: SealStatement): [string, string][] =>
  keys.flatMap((key): [string, string][] => {
    const why = dayFault(key, new Date(sealedAt));
    return why === undefined ? [] : [[key.id, `${why}, and sealed at ${sealedAt}`]];
  });

/** What the seals themselves come to. */
function judgedSeals(
  { seals, sums, root }: TrustEvidence,
  trust: SealTerms,
): ReturnType<typeof judgeSeals> & {
  readonly found: Found[];
  readonly keys: readonly TrustedKey[];
} {
  const judged = judgeSeals(seals, sums, root, trust);
  const reasonOf = ({ subject }: Check): TrustReason =>
    subject !== 'threshold' ? 'bad-seal' : seals.size === 0 ? 'unsealed' : 'too-few-signers';
  const found = judged.checks.map((check): Found =>
    check.result === 'fail' ? { check, reason: reasonOf(check) } : { check },
  );
  return { ...judged, found, keys: trust.trusted };
}

function judgedByPolicy(evidence: TrustEvidence, policy: TrustPolicy, now: Date): ReturnType<typeof judgedSeals> {
  const why = uncounted(policy, now);
  const keys = keysWith(policy, 'bundle').filter(({ id }) => !why.has(id));
  const { threshold } = policy;
  const judged = judgedSeals(evidence, { threshold, trusted: keys, uncounted: why });
  const then = judged.seal === undefined ? [] : uncountedThen(keys, judged.seal);
  if (then.length === 0) return judged;
  const all = new Map([...why, ...then]);
  return judgedSeals(evidence, { threshold, trusted: keys.filter(({ id }) => !all.has(id)), uncounted: all });
}

/** The days of a seal, by the clock here. */
function judgeTimes({ sealedAt }: SealStatement, { longestDays, minimumDays }: TrustPolicy, now: Date): Found[] {
  const age = (now.getTime() - Date.parse(sealedAt)) / DAY_MS;
  const subject = 'time of sealing';
  if (minimumDays !== undefined && age < minimumDays)
    return [
      refused(
        'sealed-too-recently',
        subject,
        `${sealedAt}; the policy takes a bundle ${minimumDays} days after that, so from ${dayAfter(sealedAt, minimumDays)} on`,
      ),
    ];
  if (longestDays !== undefined && age > longestDays)
    return [
      refused(
        'sealed-too-long-ago',
        subject,
        `${sealedAt}; the policy takes a bundle for ${longestDays} days, which ended at ${dayAfter(sealedAt, longestDays)}`,
      ),
    ];
  return age * DAY_MS < -CLOCK_SLACK_MS
    ? [{ check: note('seal', subject, `${sealedAt} is in the future by the clock here (${now.toISOString()})`) }]
    : [{ check: pass('seal', subject, sealedAt) }];
}

/** How long its signers let a bundle be taken, with or without a policy. */
function judgeExpiry(seal: SealStatement, now: Date): Found[] {
  const { expires } = seal;
  if (expires === undefined) return [];
  const subject = 'expiry of the seal';
  return isExpired(seal, now)
    ? [refused('expired', subject, `its signers let it be taken until ${expires}; here it is ${now.toISOString()}`)]
    : [{ check: pass('seal', subject, `it may be taken until ${expires}`) }];
}

/** What the seal names beside the index. */
function judgeLists({ models, carried }: SealStatement, { content }: TrustEvidence): Found[] {
  const named = checkNamedModels(models, content?.models);
  const found = named.map((check): Found =>
    check.result === 'fail' ? { check, reason: 'seal-of-something-else' } : { check },
  );
  if (carried === undefined) return found;
  const detail = `${carried}, of which this release knows nothing; a bundle is whole without it`;
  return [...found, { check: note('seal', 'list of what is carried', detail) }];
}

function judgeModels(
  { modelSignatures = new Map(), content }: TrustEvidence,
  { keys, signers }: { readonly keys: readonly TrustedKey[]; readonly signers: readonly string[] },
  seal: SealStatement | undefined,
): Found[] {
  const terms = { statements: content?.models, trusted: keys, signers, seal };
  return judgeModelSignatures(modelSignatures, terms).map((check): Found =>
    check.result === 'fail' ? { check, reason: 'bad-model-signature' } : { check },
  );
}

const dayAfter = (time: string, days: number): string =>
  new Date(Date.parse(time) + days * DAY_MS).toISOString().replace('.000Z', 'Z');

function judgeSite(policy: TrustPolicy, site: string | undefined): Found[] {
  if (site === undefined) return [];
  return policy.sites.includes(site)
    ? [{ check: pass('seal', 'site', `${site}, as the policy says`) }]
    : [refused('other-site', 'site', `the bundle is of ${site}; the policy takes those of ${policy.sites.join(', ')}`)];
}

function judgeContent({ refused: bad }: TrustPolicy, { root, content }: TrustEvidence): Found[] {
  const held = new Set<string>([
    ...(root === undefined ? [] : [root]),
    ...(content?.blobs ?? []).map(({ digest }) => digest),
  ]);
  return bad
    .filter(({ digest }) => held.has(digest))
    .map(({ digest, reason }) => refused('known-bad', digest, `the policy refuses it: ${reason}`));
}

/** A bundle without any seal that the policy names by its digest. */
const acceptance = ({ seals, root }: TrustEvidence, policy: TrustPolicy | undefined): string | undefined =>
  seals.size > 0 ? undefined : policy?.unsigned.find(({ digest }) => digest === root)?.reason;

/**
 * Judges a bundle.
 *
 * @param knowledge of the store; undefined where there is none to ask, and then nothing is said of the sequence
 * @param now the time here, which a policy and a seal that expires are held against
 * @throws AirlockError (input) for a threshold on the command line that the keys cannot meet
 */
export function judgeTrust(
  evidence: TrustEvidence,
  { policy, ...trust }: TrustOptions,
  knowledge: StoreKnowledge | undefined,
  now: Date,
): TrustVerdict {
  const unsigned = acceptance(evidence, policy);
  const judged =
    unsigned !== undefined
      ? {
          signers: [],
          keys: [],
          found: [{ check: skipped('seal', 'seals', `none; the policy takes the bundle: ${unsigned}`) }],
        }
      : policy === undefined
        ? judgedSeals(evidence, trust)
        : judgedByPolicy(evidence, policy, now);
  const seal = 'seal' in judged ? judged.seal : undefined;
  const found: Found[] = [...judged.found];
  if (seal !== undefined) {
    const check = checkStatement(seal, evidence.content);
    found.push(check.result === 'fail' ? { check, reason: 'seal-of-something-else' } : { check });
    found.push(...judgeExpiry(seal, now), ...judgeLists(seal, evidence));
  }
  found.push(...judgeModels(evidence, judged, seal));
  if (policy !== undefined) {
    found.push(...judgeSite(policy, seal?.site ?? evidence.content?.site));
    if (seal !== undefined) found.push(...judgeTimes(seal, policy, now));
    found.push(...judgeContent(policy, evidence));
  }
  const sequence =
    seal === undefined || knowledge === undefined ? undefined : checkSequence(seal, knowledge.bundles, knowledge);
  const reasons = new Set([...found.flatMap(({ reason }) => reason ?? []), ...(sequence?.reasons ?? [])]);
  return {
    checks: [...found.map(({ check }) => check), ...(sequence?.checks ?? [])],
    reasons: TRUST_REASONS.filter((reason) => reasons.has(reason)),
    signers: judged.signers,
    ...(seal === undefined ? {} : { seal }),
    ...(unsigned === undefined ? {} : { unsigned }),
    ...(sequence === undefined ? {} : { sequence }),
  };
}
