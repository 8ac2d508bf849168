import { changeSigners, policyChangePayload } from '../../../offline-bundle/trust/policy-change';
import { parseTrustPolicy, type TrustPolicy } from '../../../offline-bundle/trust/policy';
import { signPayload } from '../../../offline-bundle/trust/signed-payload';
import { policyText } from './policy-text';
import { testSigner, type TestSigner } from './signers';

const [sealer, ada, ben, cleo, stranger] = [testSigner(), testSigner(), testSigner(), testSigner(), testSigner()];
const NOW = new Date('2026-06-15T12:00:00Z');
const policy = (more: Readonly<Record<string, unknown>> = {}): TrustPolicy =>
  parseTrustPolicy(
    policyText(
      [
        { name: 'sealer', signer: sealer, roles: ['bundle'] },
        { name: 'Ada', signer: ada, roles: ['policy'] },
        { name: 'Ben', signer: ben, roles: ['policy', 'reviewer'] },
        { name: 'Cleo', signer: cleo, roles: ['policy'], notBefore: '2026-06-01', notAfter: '2026-06-15' },
      ],
      { policyThreshold: 2, ...more },
    ),
    'trust.yaml',
  );
const [old, next, other] = [policy(), policy({ minimumDays: 3 }), policy({ minimumDays: 4 })];
const sign = ({ signer }: TestSigner, from = old, to = next): Promise<Buffer> =>
  signPayload(policyChangePayload(from.digest, to.digest), signer);
const signersOf = (signatures: readonly Buffer[], now = NOW, from = old): readonly string[] =>
  changeSigners(from, next.digest, signatures, now);

it('counts distinct keys that the old policy lets sign for the next', async () => {
  const signatures = await Promise.all([ada, ben, ada, sealer, stranger].map((one) => sign(one)));
  expect(signersOf(signatures)).toEqual([ada.trusted.id, ben.trusted.id].sort());
});

it.each([
  ['2026-05-31', false],
  ['2026-06-01', true],
  ['2026-06-15', true],
  ['2026-06-16', false],
])('counts a key within its days alone: %s', async (day, counts) => {
  expect(signersOf([await sign(cleo)], new Date(`${day}T12:00:00Z`))).toEqual(counts ? [cleo.trusted.id] : []);
});

it('counts no key that the old policy revoked', async () => {
  const from = policy({ policyThreshold: 1, revoked: [{ key: ada.trusted.id, reason: 'lost on a train' }] });
  expect(signersOf([await sign(ada, from), await sign(ben, from)], NOW, from)).toEqual([ben.trusted.id]);
});

it('counts no signature over another change: another end, another beginning, or the way back', async () => {
  for (const [from, to] of [
    [old, other],
    [other, next],
    [next, old],
  ] as const)
    expect(signersOf([await sign(ada, from, to)])).toEqual([]);
});

it('counts no signature whose bytes are any others, and none by another hand under the same id', async () => {
  const whole = await sign(ada);
  for (let at = 0; at < whole.length; at += 7) {
    const flipped = Buffer.from(whole);
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    expect([at, signersOf([flipped])]).toEqual([at, []]);
  }
  const forged = await signPayload(policyChangePayload(old.digest, next.digest), {
    ...stranger.signer,
    keyId: ada.trusted.id,
  });
  expect(signersOf([forged, Buffer.alloc(0), Buffer.from('{}'), Buffer.alloc(64 * 1024 + 1)])).toEqual([]);
});

it('is over a statement that names both policies', () => {
  expect(JSON.parse(policyChangePayload(old.digest, next.digest).toString())).toEqual({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'trust.yaml', digest: { sha256: next.digest.slice(7) } }],
    predicateType: 'https://airlock.dev/trust-policy/v1',
    predicate: { previous: old.digest },
  });
});
