/**
 * Situations in which somebody brings a bundle to a store, and what should come of each, told by hand. The store has bundle 5 of nordlicht,
 * sealed by Ada, and the bundle is number 6, sealed by Ada, but for what a situation says otherwise.
 */
import type { TrustReason } from '../../../offline-bundle/verify/judge-trust';
import type { MakeBundleOptions } from '../../offline-bundle/support/make-bundle';

/** Ada and Ben seal, Carl's key was stolen, Dora's time is over, Eve's has not come, Fay reviews, Guy signs policies, Max is a stranger. */
export const PEOPLE = ['ada', 'ben', 'carl', 'dora', 'eve', 'fay', 'guy', 'max'] as const;
export type Person = (typeof PEOPLE)[number];

export interface Situation {
  readonly name: string;
  /** Who sealed the bundle. @default Ada */
  readonly by?: readonly Person[];
  readonly bundle?: Omit<MakeBundleOptions, 'signers'>;
  /** What somebody did to the bundle, by the name of a deed of the test. */
  readonly deed?: string;
  /** Options of both commands beside the policy. @default --trust ada.pub, nothing with a policy */
  readonly trust?: readonly string[];
  /** Fields of the policy beside the usual ones; the digest of the bundle is "ROOT". */
  readonly policy?: Readonly<Record<string, unknown>>;
  /** Fields of the policy that the store was filled under. @default none */
  readonly filledUnder?: Readonly<Record<string, unknown>>;
  /** Who signed for the change of the policy. */
  readonly changeBy?: Person;
  /** What happened to the store, by the name of a deed of the test; `empty` has none. */
  readonly store?: string;
  /** Options of `import` alone. */
  readonly words?: readonly string[];
  /** Exit codes. */
  readonly verify: 0 | 1 | 2;
  readonly import: 0 | 1 | 2;
  /** Of the import. */
  readonly reasons?: readonly TrustReason[];
}

const BOTH = ['--trust', 'ada.pub', '--trust', 'ben.pub'];
const taken = { verify: 0, import: 0 } as const;
const misuse = { verify: 2, import: 2 } as const;
const refused = (...reasons: TrustReason[]) => ({ verify: 1, import: 1, reasons }) as const;
/** What only a store can know. */
const refusedByStore = (...reasons: TrustReason[]) => ({ verify: 0, import: 1, reasons }) as const;
const sealedAt = (time: string) => ({ seal: { sealedAt: time } });
const LOST = { store: 'lost', bundle: { seal: { previous: null } } };
const SPRING = sealedAt('2026-01-05T08:00:00Z');
const NOW = { seal: { sealedAt: 'NOW' } };
const FUTURE = sealedAt('2999-01-01T00:00:00Z');

const KEYS: readonly Situation[] = [
  { name: 'sealed by the one key that is trusted', ...taken },
  { name: 'sealed by nobody', by: [], ...refused('unsealed') },
  { name: 'sealed by a stranger', by: ['max'], ...refused('too-few-signers') },
  { name: 'sealed by the trusted key and a stranger', by: ['ada', 'max'], ...taken },
  { name: 'sealed by one of two keys, one is needed', trust: [...BOTH, '--threshold', '1'], ...taken },
  {
    ...{ name: 'sealed by one of two keys, both are needed', trust: [...BOTH, '--threshold', '2'] },
    ...refused('too-few-signers'),
  },
  { name: 'sealed by both keys, both are needed', by: ['ada', 'ben'], trust: [...BOTH, '--threshold', '2'], ...taken },
  {
    name: 'sealed by one key and a stranger, both of two are needed',
    ...{ by: ['ada', 'max'], trust: [...BOTH, '--threshold', '2'], ...refused('too-few-signers') },
  },
  { name: 'two keys are trusted, and nobody says how many are needed', trust: BOTH, ...misuse },
  { name: 'more keys are needed than are trusted', trust: ['--trust', 'ada.pub', '--threshold', '2'], ...misuse },
  {
    name: 'one key is given twice, and two are needed',
    ...{ trust: ['--trust', 'ada.pub', '--trust', 'ada.pub', '--threshold', '2'], ...misuse },
  },
  { name: 'no key is trusted', trust: [], ...misuse },
  {
    name: "a stranger's seal stands under the name of the key",
    deed: 'forge',
    ...refused('bad-seal', 'too-few-signers'),
  },
  { name: 'the signature over SHA256SUMS is gone', deed: 'no sums', ...refused('bad-seal', 'too-few-signers') },
  { name: 'a bit of the seal is flipped', deed: 'flip seal', ...refused('bad-seal', 'too-few-signers') },
  { name: 'the seals are those of another bundle', deed: 'other seals', ...refused('bad-seal', 'too-few-signers') },
  {
    name: 'two signers say different things',
    ...{ by: ['ada', 'ben'], deed: 'disagree', trust: [...BOTH, '--threshold', '1'], ...refused('bad-seal') },
  },
  { name: 'the signature of a model is gone', deed: 'no model signature', ...refused('bad-model-signature') },
  {
    ...{ name: 'a bit of the signature of a model is flipped', deed: 'flip model signature' },
    ...refused('bad-model-signature'),
  },
  { name: 'the seal names another site than the bundle', deed: 'seal site', ...refused('seal-of-something-else') },
  { name: 'the seal names another lock than the bundle', deed: 'seal lock', ...refused('seal-of-something-else') },
];

const UNSIGNED: readonly Situation[] = [
  {
    name: 'sealed by nobody, and somebody answers for it',
    ...{ by: [], trust: ['--allow-unsigned'], words: ['--accepted-by', 'Ada'], ...taken },
  },
  {
    name: 'sealed by nobody, and nobody is named who answers for it',
    ...{ by: [], trust: ['--allow-unsigned'], verify: 0, import: 2 },
  },
  {
    name: 'a bad seal, and somebody answers for it',
    ...{ deed: 'flip seal', trust: ['--trust', 'ada.pub', '--allow-unsigned'], words: ['--accepted-by', 'Ada'] },
    ...refused('bad-seal', 'too-few-signers'),
  },
  {
    name: 'sealed by nobody, and the policy names it',
    ...{ by: [], policy: { unsigned: [{ digest: 'ROOT', reason: 'seen by two' }] }, ...taken },
  },
  {
    name: 'sealed by nobody, and the policy names another one',
    ...{ by: [], policy: { unsigned: [{ digest: `sha256:${'1'.repeat(64)}`, reason: 'seen by two' }] } },
    ...refused('unsealed'),
  },
  { name: 'a policy, and --allow-unsigned beside it', by: [], policy: {}, trust: ['--allow-unsigned'], ...misuse },
];

const POLICY_KEYS: readonly Situation[] = [
  { name: 'sealed by a key of the policy', policy: {}, ...taken },
  { name: 'sealed by a revoked key', by: ['carl'], policy: {}, ...refused('too-few-signers') },
  { name: 'sealed by a key of the policy and a revoked one', by: ['ada', 'carl'], policy: {}, ...taken },
  { name: 'sealed by a key whose time is over', by: ['dora'], policy: {}, ...refused('too-few-signers') },
  {
    name: 'sealed while the key still counted, and its time is over now',
    ...{ by: ['dora'], bundle: SPRING, policy: {}, ...refused('too-few-signers') },
  },
  { name: 'sealed by a key whose time has not come', by: ['eve'], policy: {}, ...refused('too-few-signers') },
  { name: 'sealed by a key that only reviews', by: ['fay'], policy: {}, ...refused('too-few-signers') },
  { name: 'the policy needs two, one sealed', policy: { threshold: 2 }, ...refused('too-few-signers') },
  { name: 'the policy needs two, two sealed', by: ['ada', 'ben'], policy: { threshold: 2 }, ...taken },
  {
    name: 'the policy needs two, one of the two is revoked',
    ...{ by: ['ada', 'carl'], policy: { threshold: 2 }, ...refused('too-few-signers') },
  },
  { name: 'a policy, and --trust beside it', policy: {}, trust: ['--trust', 'ada.pub'], ...misuse },
  { name: 'the policy does not say how many of its keys are needed', policy: { threshold: undefined }, ...misuse },
  { name: 'the policy needs more keys than it has', policy: { threshold: 9 }, ...misuse },
];

const SITES: readonly Situation[] = [
  { name: 'of a site that the policy does not name', policy: { sites: ['suedlicht'] }, ...refused('other-site') },
  {
    name: 'of another site than the store has, and the policy names both',
    ...{ bundle: { site: 'suedlicht' }, policy: { sites: ['nordlicht', 'suedlicht'] }, ...taken },
  },
  { name: 'of another site than the store has', bundle: { site: 'suedlicht' }, ...refusedByStore('other-site') },
  {
    name: 'of another site than the store has, which is named',
    ...{ bundle: { site: 'suedlicht' }, words: ['--accept-site', 'suedlicht'], ...taken },
  },
  {
    name: 'of another site than the one that is named',
    ...{ bundle: { site: 'suedlicht' }, words: ['--accept-site', 'westlicht'], ...refusedByStore('other-site') },
  },
  { name: 'of any site, and the store is empty', bundle: { site: 'suedlicht' }, store: 'empty', ...taken },
  {
    name: 'a policy, and --accept-site beside it',
    policy: {},
    words: ['--accept-site', 'nordlicht'],
    verify: 0,
    import: 2,
  },
];

const TIMES: readonly Situation[] = [
  { name: 'sealed today, minimumDays 3', bundle: NOW, policy: { minimumDays: 3 }, ...refused('sealed-too-recently') },
  { name: 'sealed in the spring, minimumDays 3', bundle: SPRING, policy: { minimumDays: 3 }, ...taken },
  {
    name: 'sealed in the spring, longestDays 3',
    bundle: SPRING,
    policy: { longestDays: 3 },
    ...refused('sealed-too-long-ago'),
  },
  { name: 'sealed today, longestDays 3', bundle: NOW, policy: { longestDays: 3 }, ...taken },
  { name: 'sealed in the future', bundle: FUTURE, ...taken },
  { name: 'sealed in the future, by a policy without days', bundle: FUTURE, policy: {}, ...taken },
  {
    name: 'sealed in the future, minimumDays 3',
    bundle: FUTURE,
    policy: { minimumDays: 3 },
    ...refused('sealed-too-recently'),
  },
  { name: 'the seal has expired', bundle: { seal: { expires: '2026-11-24T00:00:00Z' } }, ...refused('expired') },
  { name: 'the seal expires later', bundle: { seal: { expires: '2999-01-01T00:00:00Z' } }, ...taken },
  {
    name: 'the seal has expired, and the policy has no days',
    ...{ bundle: { seal: { expires: '2026-11-24T00:00:00Z' } }, policy: {}, ...refused('expired') },
  },
];

const SEQUENCES: readonly Situation[] = [
  { name: 'the bundle that the store has', deed: 'the same bundle', ...taken },
  { name: 'an older one', bundle: { sequence: 4 }, ...refusedByStore('older') },
  { name: 'an older one, and somebody overrules it', bundle: { sequence: 4 }, words: ['--allow-older'], ...taken },
  { name: 'another one with the same number', bundle: { sequence: 5 }, ...refusedByStore('same-sequence') },
  {
    name: 'another one with the same number, and somebody overrules it',
    ...{ bundle: { sequence: 5 }, words: ['--allow-older'], ...taken },
  },
  { name: 'a newer one, with others in between', bundle: { sequence: 9 }, ...taken },
  { name: 'a number beyond any count', bundle: { sequence: 99_999_999_999 }, ...taken },
  { name: 'an old number, and the store is empty', bundle: { sequence: 1 }, store: 'empty', ...taken },
  { name: 'the store has lost seals and mark', ...LOST, ...refusedByStore('place-unknown') },
  {
    name: 'the store has lost seals and mark, and somebody overrules it',
    ...LOST,
    words: ['--allow-older'],
    ...taken,
  },
  {
    name: 'an older one of another site, which is named, and nothing is overruled',
    ...{ bundle: { sequence: 1, site: 'suedlicht' }, words: ['--accept-site', 'suedlicht'], ...taken },
  },
];

const CONTENT: readonly Situation[] = [
  {
    name: 'the policy refuses it by its digest',
    ...{ policy: { refused: [{ digest: 'ROOT', reason: 'it calls home' }] }, ...refused('known-bad') },
  },
  {
    name: 'the policy refuses a file in it by its digest',
    ...{ policy: { refused: [{ digest: 'BLOB', reason: 'it calls home' }] }, ...refused('known-bad') },
  },
  {
    name: 'a byte of a model is changed',
    ...{ bundle: { modelFiles: { 'more.bin': Buffer.from('more of it') } }, deed: 'flip blob', ...refused() },
  },
  { name: 'a file is there that nobody sealed', deed: 'extra file', ...refused() },
  {
    name: 'other bytes for a commit that the store has',
    ...{ bundle: { modelFiles: { 'config.json': Buffer.from('{"a": 2}') } }, ...refusedByStore() },
  },
];

const FIRST = { longestDays: 36_500 };
const NEXT = { longestDays: 30_000 };
const PIN: readonly Situation[] = [
  { name: 'a policy for the first time', policy: FIRST, ...taken },
  { name: 'the policy that the store was filled under', filledUnder: FIRST, policy: FIRST, ...taken },
  { name: 'no policy, and the store was filled under one', filledUnder: FIRST, ...refusedByStore('policy-needed') },
  { name: 'another policy', filledUnder: FIRST, policy: NEXT, ...refusedByStore('policy-changed') },
  { name: 'another policy, signed for by the old one', filledUnder: FIRST, policy: NEXT, changeBy: 'guy', ...taken },
  {
    name: 'another policy, signed for by a key that only seals',
    ...{ filledUnder: FIRST, policy: NEXT, changeBy: 'ada', ...refusedByStore('policy-changed') },
  },
  {
    name: 'another policy, signed for by a stranger',
    ...{ filledUnder: FIRST, policy: NEXT, changeBy: 'max', ...refusedByStore('policy-changed') },
  },
  {
    name: 'another policy, and somebody overrules it',
    ...{ filledUnder: FIRST, policy: NEXT, words: ['--accept-policy', 'Guy is on leave'], ...taken },
  },
  {
    name: 'what the store keeps of its policy is damaged',
    ...{ filledUnder: FIRST, policy: FIRST, store: 'flip policy', ...refusedByStore('policy-unknown') },
  },
  {
    name: 'what the store keeps of its policy is damaged, and somebody overrules it',
    ...{
      filledUnder: FIRST,
      policy: FIRST,
      store: 'flip policy',
      words: ['--accept-policy', 'compared on paper'],
      ...taken,
    },
  },
  {
    name: 'the policy of the store was taken away, and another one comes',
    ...{ filledUnder: FIRST, policy: NEXT, store: 'no policy', ...refusedByStore('policy-unknown') },
  },
  { name: '--accept-policy without a policy', words: ['--accept-policy', 'why not'], verify: 0, import: 2 },
];

export const SITUATIONS: Readonly<Record<string, readonly Situation[]>> = {
  'Keys of the command line': KEYS,
  'Without a seal': UNSIGNED,
  'Keys of a policy': POLICY_KEYS,
  Sites: SITES,
  Times: TIMES,
  Sequences: SEQUENCES,
  Content: CONTENT,
  'The policy of the store': PIN,
};
