import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { lastPolicy, readHistory } from '../../../offline-bundle/history/history';
import { importBundle, type ImportOptions } from '../../../offline-bundle/import/import-bundle';
import { verifyForStore, type VerifyForStoreOptions } from '../../../offline-bundle/import/verify-for-store';
import { keysWith, parseTrustPolicy } from '../../../offline-bundle/trust/policy';
import { openStore } from '../../../offline-bundle/store/store';
import { policyText } from '../trust/policy-text';
import { type MadeBundle, makeBundle, type MakeBundleOptions, makeKey } from '../support/make-bundle';

const [key, gate] = [makeKey(), makeKey()];
const NOW = new Date('2026-12-01T08:00:00Z');
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'airlock-verify-store-'));
});
afterEach(() => rm(folder, { recursive: true }));
const storeDir = (): string => path.join(folder, 'store');
const trust = { trusted: [key.trusted], threshold: 1 };
const policyOf = (more: Readonly<Record<string, unknown>> = {}) => {
  const entry = { name: 'Ada', signer: { ...key, privatePem: '' }, roles: ['bundle'] };
  const policy = parseTrustPolicy(policyText([entry], more), 'trust.yaml');
  return { policy, trusted: keysWith(policy, 'bundle'), threshold: 1 };
};
const made = (name: string, more: MakeBundleOptions = {}): Promise<MadeBundle> =>
  makeBundle(path.join(folder, name), { signers: [key], variant: name, ...more });
const take = (dir: string, more: Partial<ImportOptions> = {}) =>
  importBundle({ dir, storeDir: storeDir(), ...trust, now: NOW, ...more });
const verify = async (dir: string, more: Partial<VerifyForStoreOptions> = {}) =>
  verifyForStore({ dir, ...trust, store: await openStore(storeDir()), terms: {}, now: NOW, ...more });
const records = async () => (await readHistory(storeDir(), [gate.trusted])).records;

it('brings nothing in and leaves a signed record', async () => {
  const [one, two] = [await made('one'), await made('two', { sequence: 2 })];
  await take(one.dir);
  const before = await readdir(path.join(storeDir(), 'blobs', 'sha256'));
  expect(await verify(two.dir, { historySigner: gate.signer })).toMatchObject({ result: 'pass', root: two.plan.root });
  expect(await readdir(path.join(storeDir(), 'blobs', 'sha256'))).toEqual(before);
  expect(await readdir(path.join(storeDir(), 'roots'))).toHaveLength(1);
  expect((await records()).at(-1)).toMatchObject({
    ...{ act: 'verify', verdict: 'taken', root: two.plan.root, sequence: 2, time: '2026-12-01T08:00:00Z' },
    ...{ signature: 'verified', sealedBy: [key.trusted.id], overruled: [] },
  });
});

/** Each tells what differs from a bundle that would be taken. */
const REFUSED: readonly (readonly [string, MakeBundleOptions, Partial<ImportOptions>, readonly string[]])[] = [
  ['is older', { sequence: 1 }, {}, ['older']],
  ['has the sequence of another', { sequence: 5 }, {}, ['same-sequence']],
  ['is of another site', { site: 'suedlicht', sequence: 6 }, {}, ['other-site']],
  ['nobody sealed whom the store trusts', { sequence: 6, signers: [gate] }, {}, ['too-few-signers']],
  ['is judged by a policy that refuses it', { sequence: 6 }, policyOf({ sites: ['suedlicht'] }), ['other-site']],
];

it.each(REFUSED)(
  'refuses what import refuses, for the same reason: a bundle that %s',
  async (_, bundle, terms, reasons) => {
    const [first, next] = [await made('first', { sequence: 5 }), await made('next', bundle)];
    await take(first.dir);
    const said = await verify(next.dir, {
      ...terms,
      terms: terms.policy === undefined ? {} : { policy: terms.policy },
    });
    expect(said).toMatchObject({ result: 'fail', reasons });
    expect(said.counts.fail).toBeGreaterThan(0);
    expect((await take(next.dir, terms)).reasons).toEqual(reasons);
    expect((await records()).slice(-2).map((one) => [one.act, one.verdict, one.reasons])).toEqual([
      ['verify', 'refused', reasons],
      ['import', 'refused', reasons],
    ]);
  },
);

it('says that a policy is needed where the store was filled under one, and what was changed', async () => {
  const [one, two] = [await made('one'), await made('two', { sequence: 2 })];
  await take(one.dir, policyOf());
  expect((await verify(two.dir)).reasons).toEqual(['policy-needed']);
  const { policy, ...keys } = policyOf({ longestDays: 900 });
  expect((await verify(two.dir, { ...keys, policy, terms: { policy } })).reasons).toEqual(['policy-changed']);
  // What is only verified changes nothing of what the store goes by.
  expect(await lastPolicy(storeDir())).toBe(policyOf().policy.digest);
});

it('records what is wrong with the content as that', async () => {
  const [one, two] = [await made('one'), await made('two', { sequence: 2 })];
  await take(one.dir);
  await writeFile(two.blobFile('model/tiny: model.safetensors'), 'short');
  expect((await verify(two.dir)).result).toBe('fail');
  expect((await records()).at(-1)).toMatchObject({ act: 'verify', verdict: 'refused', reasons: ['content'] });
});

it('says nothing where it cannot be recorded', async () => {
  const one = await made('one');
  await take(one.dir);
  await rm(path.join(storeDir(), 'history'), { recursive: true });
  await writeFile(path.join(storeDir(), 'history'), '');
  await expect(verify(one.dir)).rejects.toMatchObject({ kind: 'environment' });
});
