/**
 * How a bundle stands to a store: what its seals, their terms and the bundle itself come to, once it is known what the store has of
 * the site, under which policy it was filled, and what it was told of each commit. `import` and `verify --store` go by it alike.
 */
import type { Digest } from '../../core/digest';
import { formerPolicies, lastPolicy, rootsTaken } from '../history/history';
import { recordName, type RootRecord } from '../store/root-record';
import type { RootSurvey, Store } from '../store/store';
import type { Inspection } from '../verify/inspect-bundle';
import {
  judgeTrust,
  type StoreKnowledge,
  TRUST_REASONS,
  type TrustReason,
  type TrustVerdict,
} from '../verify/judge-trust';
import type { TrustedKey } from '../trust/keys';
import type { TrustPolicy } from '../trust/policy';
import { type Check, fail, failures, pass } from '../verify/report';
import type { TrustOptions } from '../verify/seal-check';
import { judgePin, type PinVerdict, type PolicyTerms, readPin } from './policy-pin';
import { checkCommits } from './same-commits';
import { type KnownBundles, knownBundles, recall } from './sequence';
import { notedSites } from './sequence-mark';

/** Which bundle is held against a store. */
export interface BundleName {
  readonly root: Digest;
  readonly site: string;
}

/** What a person says beside the keys. */
export interface StandingTerms extends PolicyTerms {
  /** Takes a bundle that is not newer than one the store has of the same site. */
  readonly allowOlder?: boolean;
  /** A site of which the store has nothing yet, beside those of which it has. */
  readonly acceptSite?: string;
}

/** How a bundle stands to a store. */
export interface Standing {
  readonly survey: RootSurvey;
  /** The record of the bundle itself, where the store has it. */
  readonly known: RootRecord | undefined;
  /** That the store has the bundle, or had it and lost its record. */
  readonly isKnown: boolean;
  /** That it is to be put where it was, before what came later: known, or kept seals are left of it and nobody removed it. */
  readonly hasPlace: boolean;
  /** Of a bundle with a seal that holds. */
  readonly knowledge: StoreKnowledge | undefined;
  readonly bundles: KnownBundles | undefined;
  /** The verdict with the store's knowledge. */
  readonly verdict: TrustVerdict;
  readonly pinned: PinVerdict;
  /** That the site is taken by the word of a person alone. */
  readonly siteOverruled: boolean;
  /** Checks beside those of the bundle alone. */
  readonly checks: readonly Check[];
  /** Why it is not taken, in the order of {@link TRUST_REASONS}. */
  readonly reasons: readonly TrustReason[];
}

/** What the store keeps of its policy. It may have been taken away since; not where it was about to be written, after its record. */
async function pinOf(dir: string, policy: TrustPolicy | undefined): ReturnType<typeof readPin> {
  const pin = await readPin(dir);
  if (pin !== undefined) return pin;
  const last = await lastPolicy(dir);
  return last === undefined || last === policy?.digest ? undefined : 'damaged';
}

interface SiteVerdict {
  readonly checks: readonly Check[];
  readonly reasons: readonly TrustReason[];
  readonly overruled: boolean;
}

/** Of which sites a store has bundles. */
export interface KnownSites {
  readonly sites: readonly string[];
  /** Bundles of which nobody can tell the site. */
  readonly unknown: number;
}

/** Sites, where no policy names them: a store that has bundles takes those of another site on a word alone. */
export function judgeNewSite(
  site: string,
  { sites, unknown }: KnownSites,
  { policy, acceptSite }: Pick<StandingTerms, 'policy' | 'acceptSite'>,
): SiteVerdict {
  if (policy !== undefined || sites.includes(site) || (sites.length === 0 && unknown === 0))
    return { checks: [], reasons: [], overruled: false };
  const has = [
    ...(sites.length === 0 ? [] : [`those of ${[...new Set(sites)].sort().join(', ')}`]),
    ...(unknown === 0 ? [] : [`${unknown} whose site cannot be told`]),
  ];
  const detail = `the bundle is of ${site}; the store has ${has.join(' and ')}`;
  if (acceptSite === site)
    return { checks: [pass('seal', 'site', `${detail}, and that was allowed`)], reasons: [], overruled: true };
  const word = `--accept-site ${site} takes it all the same`;
  return {
    checks: [fail('seal', 'site', 'untrusted', `${detail}; ${word}`)],
    reasons: ['other-site'],
    overruled: false,
  };
}

/** Other names in `roots/` are foreign. */
const RECORD = /^[0-9a-f]{64}\.json$/;

/**
 * What records, marks and kept seals say: of these memories some may be damaged.
 *
 * @param also sites that are known otherwise
 * @param given keys for seals beside which the store keeps none
 */
async function knownSites(
  store: Store,
  { records, problems }: RootSurvey,
  also: readonly string[],
  given: readonly TrustedKey[],
): Promise<KnownSites> {
  const recorded = new Set(records.map(({ digest }) => digest));
  const left = (await store.sealedRoots()).filter((root) => !recorded.has(root));
  const said = new Map<string, string | undefined>();
  for (const root of left) said.set(recordName(root), recall(root, await store.seals(root), given).statement?.site);
  for (const name of problems.keys()) if (RECORD.test(name)) said.set(name, said.get(name));
  const told = [...said.values()].flatMap((site) => site ?? []);
  return {
    sites: [
      ...also,
      ...(await notedSites(store.dir)),
      ...records.filter(({ kind }) => kind === 'bundle').map((record) => record.site),
      ...told,
    ],
    unknown: said.size - told.length,
  };
}

/** @param lock file in the bundle; undefined where that is missing, which is a fault of its own */
const commitChecks = async (
  store: Store,
  { records }: RootSurvey,
  root: Digest,
  lock: Buffer | undefined,
): Promise<Check[]> => (lock === undefined ? [] : checkCommits(store, records, root, lock));

/** Judges a bundle by what a store knows. Nothing is written. */
export async function judgeStanding(
  store: Store,
  { root, site }: BundleName,
  { evidence, verdict: alone, content }: Inspection,
  trust: TrustOptions,
  terms: StandingTerms,
  now: Date,
): Promise<Standing> {
  const survey = await store.survey();
  const known = survey.records.find(({ digest }) => digest === root);
  // Of a record that cannot be read, or was lost, the bundle is mended as what it was. Kept seals alone let nothing in: releases that
  // recorded no removal left them, too.
  const { taken, doubted, removed } = await rootsTaken(store.dir);
  const isKnown =
    known !== undefined || survey.problems.has(recordName(root)) || (taken.has(root) && !doubted.has(root));
  const hasPlace = isKnown || (!removed.has(root) && (await store.sealedRoots()).includes(root));
  const bundles = alone.seal === undefined ? undefined : await knownBundles(store, site, trust.trusted);
  const knowledge = bundles && { bundles, isKnown, allowOlder: terms.allowOlder ?? false };
  const verdict = judgeTrust(evidence, trust, knowledge, now);
  const pinned = judgePin(
    await pinOf(store.dir, terms.policy),
    { ...terms, former: await formerPolicies(store.dir) },
    now,
  );
  const ofSite = judgeNewSite(site, await knownSites(store, survey, isKnown ? [site] : [], trust.trusted), terms);
  const lock = content?.record?.['airlock.lock.json'];
  const given = [...verdict.reasons, ...pinned.reasons, ...ofSite.reasons];
  return {
    ...{ survey, known, isKnown, hasPlace, knowledge, bundles, verdict, pinned, siteOverruled: ofSite.overruled },
    checks: [
      ...(verdict.sequence?.checks ?? []),
      ...pinned.checks,
      ...ofSite.checks,
      ...(await commitChecks(store, survey, root, lock)),
    ],
    reasons: TRUST_REASONS.filter((one) => given.includes(one)),
  };
}

/** Whether anything speaks against the bundle. */
export const isRefused = ({ checks }: Standing): boolean => failures(checks).length > 0;
