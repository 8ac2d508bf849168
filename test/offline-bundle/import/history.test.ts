import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { digestOf } from '../../../core/digest';
import { readHistory } from '../../../offline-bundle/history/history';
import { importBundle, type ImportOptions } from '../../../offline-bundle/import/import-bundle';
import { readPin } from '../../../offline-bundle/import/policy-pin';
import { openStore } from '../../../offline-bundle/store/store';
import { parseTrustPolicy } from '../../../offline-bundle/trust/policy';
import { policyText } from '../trust/policy-text';
import { makeBundle, makeKey } from '../support/make-bundle';

const [key, gate] = [makeKey(), makeKey()];
const NOW = new Date('2026-12-01T08:00:00.900Z');
const policyOf = (more: Readonly<Record<string, unknown>> = {}) =>
  parseTrustPolicy(
    policyText([{ name: 'Ada', signer: { ...key, privatePem: '' }, roles: ['bundle'] }], more),
    'trust.yaml',
  );
let folder: string;
let storeDir: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'airlock-history-'));
  storeDir = path.join(folder, 'store');
});
afterEach(() => rm(folder, { recursive: true }));

const made = (name: string, sequence: number, sealed = true) =>
  makeBundle(path.join(folder, name), { site: 'nordlicht', signers: sealed ? [key] : [], variant: name, sequence });
const take = (dir: string, more: Partial<ImportOptions> = {}) =>
  importBundle({ dir, storeDir, trusted: [key.trusted], threshold: 1, now: NOW, ...more });
const records = async () => (await readHistory(storeDir, [gate.trusted])).records;

it('says of every import what was taken, by which terms, and when', async () => {
  const { dir, plan } = await made('one', 7);
  expect((await take(dir)).result).toBe('imported');
  expect((await take(dir, { policy: policyOf(), historySigner: gate.signer })).result).toBe('already imported');
  const entry = { time: '2026-12-01T08:00:00Z', root: plan.root, site: 'nordlicht', sequence: 7 };
  const outcome = { verdict: 'taken', reasons: [], overruled: [], sealedBy: [key.trusted.id] };
  expect(await records()).toEqual([
    expect.objectContaining({
      ...{ ...entry, ...outcome, number: 1, signer: null },
      terms: { trusted: [key.trusted.id], threshold: 1 },
    }),
    expect.objectContaining({
      ...{ ...entry, ...outcome, number: 2, signer: gate.trusted.id, signature: 'verified' },
      terms: { policy: policyOf().digest },
    }),
  ]);
});

it('says what was refused and why, before and after a look into the store', async () => {
  const [one, two, other] = [await made('one', 1), await made('two', 2), await made('other', 3)];
  const refused = async (dir: string, more: Partial<ImportOptions> = {}) => {
    expect((await take(dir, more)).result).toBe('refused');
    return (await records()).at(-1);
  };
  await take(two.dir);
  expect(await refused(one.dir)).toMatchObject({ verdict: 'refused', reasons: ['older'], sequence: 1 });
  expect(await refused(other.dir, { trusted: [gate.trusted] })).toMatchObject({ reasons: ['too-few-signers'] });
  await writeFile(other.blobFile('model/tiny: model.safetensors'), 'short');
  expect(await refused(other.dir)).toMatchObject({ root: other.plan.root, reasons: ['content'] });
  await rm(path.join(other.dir, 'index.json'));
  expect(await refused(other.dir)).toMatchObject({ root: digestOf('') });
  expect(await records()).toHaveLength(5);
});

it('says what a person overruled, and nothing where nothing had to be', async () => {
  const [one, two, bare] = [await made('one', 1), await made('two', 2), await made('bare', 3, false)];
  const overruled = async () => (await records()).at(-1)?.overruled;
  await take(two.dir, { allowOlder: true, policy: policyOf(), acceptPolicy: 'not needed' });
  expect(await overruled()).toEqual([]);
  await take(one.dir, { allowOlder: true, policy: policyOf({ longestDays: 99 }), acceptPolicy: 'Ben is ill' });
  expect(await overruled()).toEqual([{ what: 'sequence' }, { what: 'policy', reason: 'Ben is ill' }]);
  const unsigned = policyOf({ unsigned: [{ digest: bare.plan.root, reason: 'seen by two' }] });
  await take(bare.dir, { policy: unsigned, acceptPolicy: 'in a hurry' });
  expect(await overruled()).toEqual([
    { what: 'policy', reason: 'in a hurry' },
    { what: 'unsigned', reason: 'the policy: seen by two' },
  ]);
});

it('comes before anything can be served: where it cannot be written, nothing is', async () => {
  const { dir } = await made('one', 1);
  await openStore(storeDir, { create: true });
  await mkdir(path.join(storeDir, 'history/00000001.json'), { recursive: true });
  await expect(take(dir)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  expect(await readdir(path.join(storeDir, 'roots'))).toEqual([]);
  const refused = await take(dir, { policy: policyOf({ sites: ['suedlicht'] }) });
  expect(refused).toMatchObject({ result: 'refused', reasons: ['other-site'] });
  expect(refused.problems[0]).toMatch(/^the refusal is not recorded in the history: /);
});

it('knows that a policy was taken away, and goes on where an import ended between record and policy', async () => {
  const [one, two] = [await made('one', 1), await made('two', 2)];
  await take(one.dir, { policy: policyOf() });
  await rm(path.join(storeDir, 'policy.json'));
  expect(await take(two.dir, { policy: policyOf({ longestDays: 99 }) })).toMatchObject({ reasons: ['policy-unknown'] });
  expect(await take(two.dir)).toMatchObject({ reasons: ['policy-needed'] });
  expect(await take(two.dir, { policy: policyOf() })).toMatchObject({ result: 'imported' });
  expect(await readPin(storeDir)).toMatchObject({ digest: policyOf().digest });
});

it('is none where a refused bundle met no store', async () => {
  const { dir } = await made('one', 1);
  expect((await take(dir, { trusted: [gate.trusted] })).result).toBe('refused');
  expect(await readdir(folder)).toEqual(['one']);
});
