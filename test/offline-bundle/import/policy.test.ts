import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { importBundle, type ImportReport } from '../../../offline-bundle/import/import-bundle';
import { keysWith, parseTrustPolicy } from '../../../offline-bundle/trust/policy';
import { openStore } from '../../../offline-bundle/store/store';
import { verifyBundle } from '../../../offline-bundle/verify/verify-bundle';
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

const take = (dir: string, policy: ReturnType<typeof policyOf>): Promise<ImportReport> =>
  importBundle({
    ...{ dir, storeDir: path.join(folder, 'store'), policy },
    ...{ trusted: keysWith(policy, 'bundle'), threshold: policy.threshold },
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
