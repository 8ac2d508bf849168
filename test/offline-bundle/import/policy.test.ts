import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { importBundle, type ImportOptions, type ImportReport } from '../../../offline-bundle/import/import-bundle';
import { keysWith, parseTrustPolicy } from '../../../offline-bundle/trust/policy';
import { openStore } from '../../../offline-bundle/store/store';
import { verifyBundle } from '../../../offline-bundle/verify/verify-bundle';
import { readPin } from '../../../offline-bundle/import/policy-pin';
import { policyChangePayload } from '../../../offline-bundle/trust/policy-change';
import { signPayload } from '../../../offline-bundle/trust/signed-payload';
import { testSigner } from '../trust/signers';
import { policyText } from '../trust/policy-text';
import { makeBundle, makeKey } from '../support/make-bundle';

const key = { ...makeKey(), privatePem: '' };
const entry = { name: 'Ada', signer: key, roles: ['bundle'] };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'airlock-policy-'));
});
afterEach(() => rm(folder, { recursive: true }));

const policyOf = (more: Readonly<Record<string, unknown>> = {}) =>
  parseTrustPolicy(policyText([entry], more), 'trust.yaml');

const take = (
  dir: string,
  policy: ReturnType<typeof policyOf>,
  more: Partial<ImportOptions> = {},
): Promise<ImportReport> =>
  importBundle({
    ...{ dir, storeDir: path.join(folder, 'store'), policy },
    ...{ trusted: keysWith(policy, 'bundle'), threshold: policy.threshold },
    ...more,
  });

it('takes a bundle of its site and refuses one of any other, before a store is made', async () => {
  const { dir } = await makeBundle(path.join(folder, 'bundle'), { site: 'nordlicht', signers: [key] });
  expect(await take(dir, policyOf({ sites: ['suedlicht'] }))).toMatchObject({
    result: 'refused',
    reasons: ['other-site'],
  });
  expect(existsSync(path.join(folder, 'store'))).toBe(false);
  expect(await take(dir, policyOf())).toMatchObject({ result: 'imported', trust: { signedBy: [key.trusted.id] } });
});

it('is judged alike by verify', async () => {
  const { dir } = await makeBundle(path.join(folder, 'bundle'), { site: 'nordlicht', signers: [key] });
  for (const [more, reasons] of [
    [{ sites: ['suedlicht'] }, ['other-site']],
    [{ revoked: [{ key: 'f'.repeat(16), reason: 'lost' }] }, undefined],
  ] as const) {
    const policy = policyOf(more);
    const report = await verifyBundle({ dir, policy, trusted: keysWith(policy, 'bundle'), threshold: 1 });
    expect(report).toMatchObject({ result: reasons === undefined ? 'pass' : 'fail' });
    expect(report.reasons).toEqual(reasons);
  }
});

it('says in the record why a bundle without a seal was taken', async () => {
  const { dir, plan } = await makeBundle(path.join(folder, 'bundle'), { site: 'nordlicht' });
  expect(await take(dir, policyOf())).toMatchObject({ result: 'refused', reasons: ['unsealed'] });
  const taken = await take(dir, policyOf({ unsigned: [{ digest: plan.root, reason: 'seen by two' }] }));
  expect(taken).toMatchObject({ result: 'imported', trust: { unsigned: true, acceptedBy: 'the policy: seen by two' } });
  const [record] = await (await openStore(path.join(folder, 'store'))).roots();
  expect(record?.trust).toEqual(taken.trust);
});

it('refuses the older of two bundles, and names that as the one reason', async () => {
  const bundle = (name: string, sequence: number) =>
    makeBundle(path.join(folder, name), { site: 'nordlicht', signers: [key], variant: name, sequence });
  const [newer, older] = [await bundle('newer', 2), await bundle('older', 1)];
  expect((await take(newer.dir, policyOf())).result).toBe('imported');
  expect(await take(older.dir, policyOf())).toMatchObject({ result: 'refused', reasons: ['older'] });
});

describe('a store that was filled under a policy', () => {
  const guard = testSigner();
  const first = parseTrustPolicy(
    policyText([entry, { name: 'Guard', signer: guard, roles: ['policy'] }]),
    'trust.yaml',
  );
  const second = policyOf({ longestDays: 36_500 });
  const pin = () => readPin(path.join(folder, 'store'));
  const made = (name: string, sequence: number) =>
    makeBundle(path.join(folder, name), { site: 'nordlicht', signers: [key], variant: name, sequence });

  it('takes nothing without it, nor under another, and keeps the one it has', async () => {
    const [one, two] = [await made('one', 1), await made('two', 2)];
    expect(await take(one.dir, first)).toMatchObject({ result: 'imported' });
    const { digest, text } = first;
    const without = await importBundle({
      ...{ dir: two.dir, storeDir: path.join(folder, 'store'), trusted: [key.trusted], threshold: 1 },
    });
    expect(without).toMatchObject({ result: 'refused', reasons: ['policy-needed'], copied: { blobs: 0 } });
    expect(await take(two.dir, second)).toMatchObject({ result: 'refused', reasons: ['policy-changed'] });
    expect(await pin()).toEqual({ digest, text });
    expect((await (await openStore(path.join(folder, 'store'))).roots()).map((root) => root.digest)).toEqual([
      one.plan.root,
    ]);
  });

  it('goes over to one that the first lets follow, and not back', async () => {
    const [one, two, three] = [await made('one', 1), await made('two', 2), await made('three', 3)];
    await take(one.dir, first);
    const signed = await signPayload(policyChangePayload(first.digest, second.digest), guard.signer);
    const policySignatures = [signed];
    expect(await take(two.dir, second, { policySignatures })).toMatchObject({ result: 'imported' });
    expect(await pin()).toMatchObject({ digest: second.digest });
    expect(await take(three.dir, first, { policySignatures })).toMatchObject({
      ...{ result: 'refused', reasons: ['policy-changed'] },
    });
    const acceptPolicy = 'the new one was a slip';
    expect(await take(three.dir, first, { acceptPolicy })).toMatchObject({ result: 'imported' });
    expect(await pin()).toMatchObject({ digest: first.digest });
  });

  it('goes over to no policy whose bundle it refuses', async () => {
    const [one, two] = [await made('one', 1), await made('two', 2)];
    await take(two.dir, first);
    expect(await take(one.dir, second, { acceptPolicy: 'for a reason' })).toMatchObject({ reasons: ['older'] });
    expect(await pin()).toMatchObject({ digest: first.digest });
  });
});

it('is kept by a store that was filled without one, from the first import that has one', async () => {
  const { dir } = await makeBundle(path.join(folder, 'bundle'), { site: 'nordlicht', signers: [key] });
  const storeDir = path.join(folder, 'store');
  await importBundle({ dir, storeDir, trusted: [key.trusted], threshold: 1 });
  expect(await readPin(storeDir)).toBeUndefined();
  expect(await take(dir, policyOf())).toMatchObject({ result: 'already imported' });
  expect(await readPin(storeDir)).toMatchObject({ digest: policyOf().digest });
});
