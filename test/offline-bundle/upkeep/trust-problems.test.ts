import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { digestOf } from '../../../core/digest';
import { appendRecord } from '../../../offline-bundle/history/history';
import { writePin } from '../../../offline-bundle/import/policy-pin';
import { parseTrustPolicy } from '../../../offline-bundle/trust/policy';
import { trustProblems } from '../../../offline-bundle/upkeep/trust-problems';
import { policyText } from '../trust/policy-text';
import { testSigner } from '../trust/signers';

const policy = parseTrustPolicy(policyText([{ name: 'Ada', signer: testSigner(), roles: ['bundle'] }]), 'trust.yaml');
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'airlock-trust-problems-'));
  for (const name of ['one', 'two'])
    await appendRecord(dir, {
      ...{ act: 'import', time: '2026-06-15T12:00:00Z', root: digestOf(name), terms: { policy: policy.digest } },
      ...{ verdict: 'taken', reasons: [], overruled: [], sealedBy: [] },
    });
  await writePin(dir, policy);
});
afterEach(() => rm(dir, { recursive: true }));
const found = async (): Promise<string[]> =>
  (await trustProblems(dir, false)).problems.map(({ kind, path: at, what }) => `${kind} ${at} ${what}`);

it('has nothing to say of a store as imports leave it', async () => {
  expect(await trustProblems(dir, false)).toEqual({ problems: [], notes: [] });
});

it('names a policy with a flipped bit, whichever it is', async () => {
  const file = path.join(dir, 'policy.json');
  const whole = await readFile(file);
  for (let at = 0; at < whole.length; at += 37) {
    const flipped = Buffer.from(whole);
    flipped[at]! ^= 1 << (at % 7);
    await writeFile(file, flipped);
    expect(await found()).toEqual(['policy policy.json is not as it was written']);
  }
});

it('misses the policy that the last import went by', async () => {
  await rm(path.join(dir, 'policy.json'));
  expect(await found()).toEqual([`policy policy.json is missing, and the last import went by ${policy.digest}`]);
});

it('names a record that was changed, and one that is gone', async () => {
  const first = path.join(dir, 'history', '00000001.json');
  await writeFile(first, `${await readFile(first, 'utf8')} `);
  expect((await found())[0]).toBe('history history/00000001.json is not a record, or was changed');
  await rm(first);
  expect(await found()).toContain('history history/00000002.json record 1 is missing before it');
});

it('notes a history that is empty beside a policy', async () => {
  await rm(path.join(dir, 'history'), { recursive: true });
  expect(await trustProblems(dir, false)).toMatchObject({ problems: [], notes: [{ path: 'history' }] });
});
