import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { digestOf } from '../../../core/digest';
import type { KnownBundles } from '../../../offline-bundle/import/sequence';
import { parseTrustPolicy } from '../../../offline-bundle/trust/policy';
import { sealPayload, type SealStatement } from '../../../offline-bundle/trust/seal';
import { judgeTrust, TRUST_REASONS, type TrustVerdict } from '../../../offline-bundle/verify/judge-trust';
import { failures } from '../../../offline-bundle/verify/report';
import { policyText } from '../trust/policy-text';
import { sealsOf, testSigner, type TestSigner } from '../trust/signers';

const [a, b, revoked, ended, reviewer, stranger] = Array.from({ length: 6 }, testSigner) as [
  TestSigner,
  TestSigner,
  TestSigner,
  TestSigner,
  TestSigner,
  TestSigner,
];
const NOW = new Date('2026-11-30T12:00:00Z');
const root = digestOf('root');
const sums = Buffer.from('sums of a bundle\n');
const lock = digestOf('lock');
const before = digestOf('the bundle before');

const KEYS = [
  ...[
    { name: 'a', signer: a, roles: ['bundle'] },
    { name: 'b', signer: b, roles: ['bundle'] },
  ],
  ...[
    { name: 'revoked', signer: revoked, roles: ['bundle'] },
    { name: 'ended', signer: ended, roles: ['bundle'], notAfter: '2026-11-01' },
  ],
  { name: 'reviewer', signer: reviewer, roles: ['reviewer'] },
];

/** Who sealed: which of them count, and how. */
const SIGNERS = {
  nobody: [],
  one: [a],
  two: [a, b],
  'a revoked key': [revoked],
  'one and a revoked key': [a, revoked],
  'a key whose time is over': [ended],
  'a reviewer': [reviewer],
  stranger: [stranger],
  'one and a stranger': [a, stranger],
} as const;
const COUNTING = new Set([a, b]);

/** Days before now on which it was sealed, and what that is a reason for. */
const TIMES = { fresh: 10, young: 1, old: 100, future: -30 } as const;
/** When the seal expires, in days from now. */
const EXPIRES = { never: undefined, later: 1, 'at this second': 0, before: -1 } as const;
const SEQUENCES = { none: undefined, newer: 4, same: 5, older: 6 } as const;

const statement = (over: Partial<SealStatement> = {}): SealStatement => ({
  ...{ site: 'nordlicht', root, lock, sequence: 5, sealedAt: '2026-11-20T12:00:00Z', previous: before, ...over },
});

const known = (sequence: number | undefined): KnownBundles => ({
  statements: sequence === undefined ? [] : [statement({ root: before, sequence, previous: null })],
  ...{ mark: undefined, unverified: [], damaged: [], problems: [] },
});

const policy = (more: Readonly<Record<string, unknown>> = {}): ReturnType<typeof parseTrustPolicy> =>
  parseTrustPolicy(
    policyText(KEYS, { threshold: 1, revoked: [{ key: revoked.trusted.id, reason: 'stolen' }], ...more }),
    'trust.yaml',
  );

interface Situation {
  readonly who: keyof typeof SIGNERS;
  readonly threshold: number;
  readonly site: string;
  readonly time: keyof typeof TIMES;
  readonly store: keyof typeof SEQUENCES;
  readonly expires: keyof typeof EXPIRES;
}

const namesOf = <T extends object>(of: T): (keyof T)[] => Object.keys(of) as (keyof T)[];

const SITUATIONS: Situation[] = namesOf(SIGNERS).flatMap((who) =>
  [1, 2].flatMap((threshold) =>
    ['nordlicht', 'suedlicht'].flatMap((site) =>
      namesOf(TIMES).flatMap((time) =>
        namesOf(SEQUENCES).flatMap((store) =>
          // No seal expires before it was made.
          namesOf(EXPIRES)
            .filter((expires) => (EXPIRES[expires] ?? Infinity) > -TIMES[time])
            .map((expires) => ({ who, threshold, site, time, store, expires })),
        ),
      ),
    ),
  ),
);

const inDays = (days: number): string =>
  new Date(NOW.getTime() + days * 86_400_000).toISOString().replace('.000Z', 'Z');

const sealed = new Map<string, Promise<ReadonlyMap<string, Buffer>>>();

/** Seals are made once for all situations that share them. */
function sealsFor({ who, site, time, expires }: Situation): Promise<ReadonlyMap<string, Buffer>> {
  const key = `${who} ${site} ${time} ${expires}`;
  const made =
    sealed.get(key) ??
    (async () => {
      const days = EXPIRES[expires];
      const payload = sealPayload(
        statement({ site, sealedAt: inDays(-TIMES[time]), ...(days === undefined ? {} : { expires: inDays(days) }) }),
      );
      return new Map((await Promise.all(SIGNERS[who].map(({ signer }) => sealsOf(signer, payload, sums)))).flat());
    })();
  sealed.set(key, made);
  return made;
}

const judge = (
  seals: ReadonlyMap<string, Buffer>,
  terms: ReturnType<typeof policy>,
  { site = 'nordlicht', store }: Partial<Situation> = {},
  allowOlder = false,
): TrustVerdict => {
  const content = { site, lock, blobs: [{ digest: digestOf('blob'), size: 4, name: 'blob' }] };
  const bundles = known(store === undefined ? undefined : SEQUENCES[store]);
  const trust = { trusted: [], threshold: terms.threshold, policy: terms };
  return judgeTrust({ seals, sums, root, content }, trust, { bundles, isKnown: false, allowOlder }, NOW);
};

/** What should come out, told from the words of the situation alone. */
function expected({ who, threshold, site, time, store, expires }: Situation): string[] {
  const counted = SIGNERS[who].filter((one) => COUNTING.has(one)).length;
  const reasons: string[] = [];
  if (who === 'nobody') reasons.push('unsealed');
  else if (counted < threshold) reasons.push('too-few-signers');
  if (site !== 'nordlicht') reasons.push('other-site');
  if (counted > 0 && (time === 'young' || time === 'future')) reasons.push('sealed-too-recently');
  if (counted > 0 && time === 'old') reasons.push('sealed-too-long-ago');
  if (counted > 0 && (expires === 'before' || expires === 'at this second')) reasons.push('expired');
  if (counted > 0 && store === 'older') reasons.push('older');
  if (counted > 0 && store === 'same') reasons.push('same-sequence');
  return reasons;
}

const byOne: Situation = {
  ...{ who: 'one', threshold: 1, site: 'nordlicht', time: 'fresh' },
  ...{ store: 'none', expires: 'never' },
};

describe(`the verdict in each of ${SITUATIONS.length} situations`, () => {
  it('is what keys, threshold, site, time and store come to, and every refusal has its sentence', async () => {
    const [any, both] = [1, 2].map((threshold) => policy({ threshold, minimumDays: 3, longestDays: 90 }));
    for (const situation of SITUATIONS) {
      const terms = (situation.threshold === 1 ? any : both) ?? policy();
      const { reasons, checks } = judge(await sealsFor(situation), terms, situation);
      expect({ situation, reasons }).toEqual({ situation, reasons: expected(situation) });
      // The exit code of the commands is 1 where a check failed, and 0 where none did.
      expect(failures(checks)).toHaveLength(reasons.length);
      expect(failures(checks).filter(({ detail }) => detail.length < 10)).toEqual([]);
    }
  });

  it('is given in time where a policy says nothing of times', async () => {
    const seals = await sealsFor({ ...byOne, time: 'future' });
    const { reasons, checks } = judge(seals, policy());
    expect(reasons).toEqual([]);
    expect(checks.find(({ subject }) => subject === 'time of sealing')).toMatchObject({ result: 'note' });
  });
});

describe('openssl', () => {
  it('says of every signature over SHA256SUMS what the verdict says of its key', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'airlock-judge-'));
    try {
      writeFileSync(path.join(folder, 'sums'), sums);
      for (const who of namesOf(SIGNERS)) {
        const seals = await sealsFor({ ...byOne, who });
        const agreed = [a, b].filter(({ publicPem, trusted: { id } }) => {
          const signature = seals.get(`${id}.SHA256SUMS.sig`);
          writeFileSync(path.join(folder, 'pub'), publicPem);
          writeFileSync(path.join(folder, 'sig'), signature ?? '');
          const args = ['dgst', '-sha256', '-verify', 'pub', '-signature', 'sig', 'sums'];
          return spawnSync('openssl', args, { cwd: folder }).status === 0;
        });
        expect(judge(seals, policy()).signers).toEqual(agreed.map(({ trusted }) => trusted.id).sort());
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a bundle without a seal', () => {
  it('is taken where the policy names it, and only that one', () => {
    const named = (digest: string): TrustVerdict =>
      judge(new Map(), policy({ unsigned: [{ digest, reason: 'from before there were keys' }] }));
    expect(named(root)).toMatchObject({ reasons: [], unsigned: 'from before there were keys', signers: [] });
    expect(named(digestOf('other'))).toMatchObject({ reasons: ['unsealed'] });
  });

  it('of another site is refused although the policy names it', () => {
    const terms = policy({ unsigned: [{ digest: root, reason: 'from before there were keys' }] });
    expect(judge(new Map(), terms, { site: 'suedlicht' }).reasons).toEqual(['other-site']);
  });

  it('is one that has a bad seal only by that: naming it in the policy does not help', async () => {
    const terms = policy({ unsigned: [{ digest: root, reason: 'from before there were keys' }] });
    const seals = new Map(await sealsFor(byOne)).set(`${a.trusted.id}.sigstore.json`, Buffer.from('{}'));
    expect(judge(seals, terms).reasons).toEqual(['bad-seal', 'too-few-signers']);
  });
});

describe('content that the policy knows to be bad', () => {
  it.each(['root', 'blob'])('is refused though it is sealed: the %s', async (name) => {
    const terms = policy({ refused: [{ digest: digestOf(name), reason: 'it calls home' }] });
    const { reasons, checks } = judge(await sealsFor(byOne), terms);
    expect(reasons).toEqual(['known-bad']);
    expect(failures(checks)).toMatchObject([
      { subject: digestOf(name), detail: 'the policy refuses it: it calls home' },
    ]);
  });
});

describe('a key of the policy', () => {
  it('did not count when it sealed before its first day, by what the seal says itself', async () => {
    const keys = [{ name: 'a', signer: a, roles: ['bundle'], notBefore: '2026-11-25' }];
    const { reasons, checks } = judge(await sealsFor(byOne), parseTrustPolicy(policyText(keys), 'trust.yaml'));
    expect(reasons).toEqual(['too-few-signers']);
    expect(checks.map(({ detail }) => detail)).toContain('no key of the policy counts now, needed 1');
  });

  it.each([
    ['2026-11-29', ['too-few-signers']],
    ['2026-11-30', []],
  ])('counts through its last day, %s', async (notAfter, reasons) => {
    const keys = [{ name: 'a', signer: a, roles: ['bundle'], notAfter }];
    expect(judge(await sealsFor(byOne), parseTrustPolicy(policyText(keys), 'trust.yaml')).reasons).toEqual(reasons);
  });
});

it('takes an older bundle where somebody overrules that, and nothing else with it', async () => {
  const older = { ...byOne, store: 'older' } as const;
  expect(judge(await sealsFor(older), policy(), older, true).reasons).toEqual([]);
  const foreign = { ...older, site: 'suedlicht' };
  expect(judge(await sealsFor(foreign), policy(), foreign, true).reasons).toEqual(['other-site']);
});

it('refuses a seal that has expired without a policy, too', async () => {
  const evidence = { seals: await sealsFor({ ...byOne, expires: 'before' }), sums, root, content: undefined };
  const { reasons } = judgeTrust(evidence, { trusted: [a.trusted], threshold: 1 }, undefined, NOW);
  expect(reasons).toEqual(['expired']);
});

it('refuses seals about another lock', async () => {
  const seals = new Map(await sealsOf(a.signer, sealPayload(statement({ lock: digestOf('other') })), sums));
  expect(judge(seals, policy()).reasons).toEqual(['seal-of-something-else']);
});

it('names the place that cannot be told', async () => {
  const bundles = { ...known(undefined), damaged: [before] };
  const evidence = { seals: await sealsFor(byOne), sums, root, content: undefined };
  const damaged = { ...bundles, damaged: [digestOf('lost')] };
  const trust = { trusted: [], threshold: 1, policy: policy() };
  const { reasons } = judgeTrust(evidence, trust, { bundles: damaged, isKnown: false, allowOlder: false }, NOW);
  expect(reasons).toEqual(['place-unknown']);
});

it('has reasons that are told apart by their names', () => {
  expect(new Set(TRUST_REASONS).size).toBe(TRUST_REASONS.length);
});
