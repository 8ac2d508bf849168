import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { judgePin, type PolicyPin, readPin, writePin } from '../../../offline-bundle/import/policy-pin';
import { parseTrustPolicy, type TrustPolicy } from '../../../offline-bundle/trust/policy';
import { policyChangePayload } from '../../../offline-bundle/trust/policy-change';
import { signPayload } from '../../../offline-bundle/trust/signed-payload';
import { policyText } from '../trust/policy-text';
import { testSigner, type TestSigner } from '../trust/signers';

const [sealer, ada, ben] = [testSigner(), testSigner(), testSigner()];
const NOW = new Date('2026-06-15T12:00:00Z');
const policyOf = (policyThreshold: number, more: Readonly<Record<string, unknown>> = {}): TrustPolicy =>
  parseTrustPolicy(
    policyText(
      [
        { name: 'sealer', signer: sealer, roles: ['bundle'] },
        { name: 'Ada', signer: ada, roles: ['policy'] },
        { name: 'Ben', signer: ben, roles: ['policy'] },
      ],
      { policyThreshold, ...more },
    ),
    'trust.yaml',
  );
const pinOf = ({ digest, text }: TrustPolicy): PolicyPin => ({ digest, text });
const sign = (from: TrustPolicy, to: TrustPolicy, signers: readonly TestSigner[]): Promise<Buffer[]> =>
  Promise.all(signers.map(({ signer }) => signPayload(policyChangePayload(from.digest, to.digest), signer)));
const next = policyOf(2, { minimumDays: 3 });
const REASON = 'the key of Ben is lost';

describe('the policy of an import, beside the one that the store keeps', () => {
  it.each([
    // kept, given, signers, threshold, reason of a person: reasons, whether it is kept from now on, whether overruled
    ['none', 'none', 0, 1, false, [], false, false],
    ['none', 'next', 0, 1, false, [], true, false],
    ['none', 'next', 0, 1, true, [], true, false],
    ['old', 'none', 0, 1, false, ['policy-needed'], false, false],
    ['old', 'none', 2, 1, true, ['policy-needed'], false, false],
    ['old', 'old', 0, 2, false, [], false, false],
    ['old', 'old', 0, 2, true, [], false, false],
    ['old', 'next', 0, 1, false, ['policy-changed'], false, false],
    ['old', 'next', 0, 1, true, [], true, true],
    ['old', 'next', 1, 1, false, [], true, false],
    ['old', 'next', 1, 1, true, [], true, false],
    ['old', 'next', 1, 2, false, ['policy-changed'], false, false],
    ['old', 'next', 1, 2, true, [], true, true],
    ['old', 'next', 2, 2, false, [], true, false],
    ['damaged', 'none', 0, 1, true, ['policy-needed'], false, false],
    ['damaged', 'next', 2, 1, false, ['policy-unknown'], false, false],
    ['damaged', 'next', 2, 1, true, [], true, true],
    ['foreign', 'next', 2, 1, false, ['policy-unknown'], false, false],
    ['foreign', 'next', 2, 1, true, [], true, true],
    ['foreign', 'none', 2, 1, true, ['policy-needed'], false, false],
  ] as const)(
    'kept %s, given %s, %d signers of %d, accepted by a person %s: %j',
    async (kept, given, signers, threshold, accepted, reasons, keeps, overruled) => {
      const old = policyOf(threshold);
      const foreign = { text: 'kind: Later\n', digest: old.digest };
      const pin = { none: undefined, old: pinOf(old), damaged: 'damaged' as const, foreign }[kept];
      const policy = { none: undefined, old, next }[given];
      const terms = {
        ...(policy === undefined ? {} : { policy }),
        signatures: await sign(old, next, [ada, ben].slice(0, signers)),
        ...(accepted ? { acceptPolicy: REASON } : {}),
      };
      const verdict = judgePin(pin, terms, NOW);
      expect(verdict).toMatchObject({ reasons, overruled });
      expect(verdict.pin?.digest).toBe(keeps ? policy?.digest : undefined);
      expect(verdict.checks.filter(({ result }) => result === 'fail')).toHaveLength(reasons.length);
      const words = verdict.checks.map(({ detail }) => detail).join();
      expect(words.includes(REASON)).toBe(overruled);
      if (kept === 'old' && given === 'next') expect(words).toContain(`needed ${threshold}`);
    },
  );

  it('is not brought back by the signature that once led to it', async () => {
    const old = policyOf(1);
    const signatures = await sign(old, next, [ada]);
    const terms = { policy: next, signatures, former: new Set([next.digest]) };
    const refused = judgePin(pinOf(old), terms, NOW);
    expect(refused).toMatchObject({ reasons: ['policy-changed'], overruled: false });
    expect(refused.checks[0]?.detail).toContain(`the store went by ${next.digest} before and left it`);
    expect(judgePin(pinOf(old), { ...terms, acceptPolicy: REASON }, NOW)).toMatchObject({
      reasons: [],
      overruled: true,
    });
    expect(judgePin(pinOf(next), terms, NOW)).toMatchObject({ reasons: [], overruled: false });
  });

  it('says how to go on', () => {
    const old = policyOf(1);
    const detail = (verdict: ReturnType<typeof judgePin>) => verdict.checks[0]?.detail;
    expect(detail(judgePin(pinOf(old), {}, NOW))).toBe(
      `the store was filled under a policy, ${old.digest}; give it with --policy`,
    );
    expect(detail(judgePin(pinOf(old), { policy: next }, NOW))).toBe(
      `the store was filled under ${old.digest}, and ${next.digest} is signed by no key that it lets sign for the next, needed 1; ` +
        'sign it with `airlock trust sign`, or say --accept-policy REASON',
    );
    expect(detail(judgePin('damaged', {}, NOW))).toMatch(/cannot be read any more; give it with --policy/);
    expect(detail(judgePin('damaged', { policy: next }, NOW))).toMatch(/is damaged; compare .* by another path/);
  });
});

describe('policy.json of a store', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'airlock-pin-'));
    await mkdir(path.join(dir, 'staging'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('holds the policy itself and its digest, and is replaced whole', async () => {
    expect(await readPin(dir)).toBeUndefined();
    for (const policy of [policyOf(1), next]) {
      await writePin(dir, policy);
      expect(await readPin(dir)).toEqual(pinOf(policy));
    }
    const text = await readFile(path.join(dir, 'policy.json'), 'utf8');
    expect(JSON.parse(text)).toEqual({ format: 1, ...pinOf(next) });
  });

  it('is damaged after a flip of any bit, and as anything else that lies there', async () => {
    await writePin(dir, next);
    const file = path.join(dir, 'policy.json');
    const whole = await readFile(file);
    for (let at = 0; at < whole.length; at += 13) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      await writeFile(file, flipped);
      expect([at, await readPin(dir)]).toEqual([at, 'damaged']);
    }
    for (const text of ['', 'null', '{}', '{"text":1}', whole.toString().slice(0, -1)]) {
      await writeFile(file, text);
      expect(await readPin(dir)).toBe('damaged');
    }
    await rm(file);
    await mkdir(file);
    expect(await readPin(dir)).toBe('damaged');
    await writePin(dir, next);
    expect(await readPin(dir)).toEqual(pinOf(next));
  });
});
