import { digestOf } from '../../../core/digest';
import { AirlockError } from '../../../core/errors';
import { dayFault, keysWith, loadTrustPolicy, parseTrustPolicy } from '../../../offline-bundle/trust/policy';
import { policyText } from './policy-text';
import { testSigner } from './signers';

const [a, b] = [testSigner(), testSigner()];
const one = { name: 'Ada', signer: a, roles: ['bundle', 'policy'] };
const two = { name: 'Bob', signer: b, roles: ['bundle', 'policy'] };

function faultsOf(text: string): readonly string[] {
  try {
    parseTrustPolicy(text, 'trust.yaml');
  } catch (error) {
    if (error instanceof AirlockError) return error.faults.map((fault) => `${fault.message}; ${fault.fix ?? ''}`);
    throw error;
  }
  return [];
}

describe('a trust policy', () => {
  it('has the digest of its file, and needs one signer where it names one', () => {
    const text = policyText([one]);
    expect(parseTrustPolicy(text, 'trust.yaml')).toMatchObject({
      ...{ digest: digestOf(text), text, sites: ['nordlicht'], threshold: 1, policyThreshold: 1, unsigned: [] },
      keys: [{ id: a.trusted.id, name: 'Ada', roles: ['bundle', 'policy'] }],
    });
  });

  it('asks how many of several keys are needed, of each role', () => {
    expect(faultsOf(policyText([one, two]))).toEqual([
      '2 keys have the role bundle, and nothing says how many of them are needed; add threshold, from 1 (any one of them suffices) to 2 (all of them)',
      '2 keys have the role policy, and nothing says how many of them are needed; add policyThreshold, from 1 (any one of them suffices) to 2 (all of them)',
    ]);
    expect(faultsOf(policyText([one, two], { threshold: 2, policyThreshold: 1 }))).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    ['more signers than could sign', policyText([one], { threshold: 2 }), /^2 keys .* are needed, and 1 could sign/],
    [
      'no signer of bundles but a revoked one',
      policyText([one], { revoked: [{ key: a.trusted.id, reason: 'stolen' }] }),
      /^no key may seal bundles/,
    ],
    [
      'a key twice',
      policyText([one, { ...two, signer: a }], { threshold: 1, policyThreshold: 1 }),
      /stands there already/,
    ],
    ['a name twice', policyText([one, { ...two, name: 'Ada' }], { threshold: 1, policyThreshold: 1 }), /"Ada" stands/],
    [
      'days the wrong way round',
      policyText([{ ...one, notBefore: '2027-01-01', notAfter: '2026-01-01' }]),
      /is before/,
    ],
    ['what is no public key', policyText([one]).replace('PUBLIC KEY', 'PUBLIC KEX'), /not a public key/],
    ['a private key', policyText([{ ...one, signer: { ...a, publicPem: a.privatePem } }]), /not a public key/],
    ['a field that is none', policyText([one], { thresold: 1 }), /thresold/],
    ['a day that is none', policyText([{ ...one, notAfter: '2026-02-30' }]), /2026-02-30/],
    ['no site', policyText([one], { sites: [] }), /./],
  ])('is refused with %s', (_, text, message) => {
    expect(faultsOf(text)[0]).toMatch(message);
  });

  it('that is not there says where one is described', async () => {
    await expect(loadTrustPolicy('/nowhere/trust.yaml')).rejects.toMatchObject({ fix: 'write one (docs/trust.md)' });
  });

  it('gives the keys of a role, without revoked ones', () => {
    const terms = { threshold: 1, policyThreshold: 1, revoked: [{ key: a.trusted.id, reason: 'stolen' }] };
    const policy = parseTrustPolicy(policyText([one, two], terms), 'trust.yaml');
    expect(keysWith(policy, 'bundle').map(({ name }) => name)).toEqual(['Bob']);
    expect(keysWith(policy, 'reviewer')).toEqual([]);
  });
});

it.each([
  ['2026-01-31T23:59:59Z', 'counts only from 2026-02-01 on'],
  ['2026-02-01T00:00:00Z', undefined],
  ['2026-02-28T23:59:59Z', undefined],
  ['2026-03-01T00:00:00Z', 'counted until 2026-02-28'],
])('on the day of %s a key %s', (time, fault) => {
  const [key] = parseTrustPolicy(
    policyText([{ ...one, notBefore: '2026-02-01', notAfter: '2026-02-28' }]),
    'trust.yaml',
  ).keys;
  expect(key && dayFault(key, new Date(time))).toBe(fault);
});
