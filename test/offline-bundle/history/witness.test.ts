import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { digestOf } from '../../../core/digest';
import { appendRecord, readHistory } from '../../../offline-bundle/history/history';
import type { HistoryEntry } from '../../../offline-bundle/history/record';
import { type Witness, witnessProblems } from '../../../offline-bundle/history/witness';
import { testSigner, type TestSigner } from '../trust/signers';

const [gate, other] = [testSigner(), testSigner()];
const entry: HistoryEntry = {
  ...{ act: 'import', time: '2026-06-15T12:00:00Z', root: digestOf('root'), site: 'nordlicht', sequence: 1 },
  ...{ terms: { trusted: ['a'.repeat(16)], threshold: 1 }, verdict: 'taken', reasons: [], overruled: [], sealedBy: [] },
};
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'airlock-witness-'));
});
afterEach(() => rm(dir, { recursive: true }));

/** Writes one record for each signer; undefined signs none. */
async function write(...signers: readonly (TestSigner | undefined)[]): Promise<void> {
  for (const one of signers) await appendRecord(dir, entry, one?.signer);
}
async function judged(witness: Partial<Witness>): Promise<string[]> {
  const trusted = witness.trusted ?? [];
  const found = await readHistory(dir, trusted);
  return [...found.problems, ...witnessProblems(found, { ...witness, trusted })].map(
    ({ file, problem }) => `${file} ${problem}`,
  );
}

it('has nothing to say where every record is signed by a key that is given', async () => {
  await write(gate, other, gate);
  expect(await judged({ trusted: [gate.trusted, other.trusted] })).toEqual([]);
});

it('names each record that nobody signed, or a key that is not given', async () => {
  await write(gate, undefined, other);
  expect(await judged({ trusted: [gate.trusted] })).toEqual([
    '00000002.json is signed by nobody',
    `00000003.json is not signed by a key given here (key ${other.trusted.id})`,
  ]);
});

it('is not content with a chain that somebody wrote anew without signatures', async () => {
  await write(gate, gate);
  for (const name of await readdir(dir)) await rm(path.join(dir, name), { recursive: true });
  await write(undefined, undefined);
  expect(await judged({})).toEqual([]);
  expect(await judged({ trusted: [gate.trusted] })).toHaveLength(2);
});

it('lets records stand unsigned that are older than the signing', async () => {
  await write(undefined, undefined, gate);
  expect(await judged({ trusted: [gate.trusted], signedFrom: 3 })).toEqual([]);
  expect(await judged({ trusted: [gate.trusted], signedFrom: 2 })).toEqual(['00000002.json is signed by nobody']);
});

it('misses the signed records of a history that was taken away, or cut before them', async () => {
  const gone = 'is missing: no record is there that has to be signed';
  expect(await judged({ trusted: [gate.trusted] })).toEqual([`00000001.json ${gone}`]);
  await write(undefined, undefined);
  expect(await judged({ trusted: [gate.trusted], signedFrom: 3 })).toEqual([`00000003.json ${gone}`]);
});

it('looks for the record that was noted elsewhere, however many came after it', async () => {
  await write(undefined, undefined);
  const { head, records } = await readHistory(dir);
  await write(undefined);
  expect(await judged({ noted: head! })).toEqual([]);
  expect(await judged({ noted: records[0]!.digest })).toEqual([]);
  await rm(path.join(dir, 'history', '00000003.json'));
  await rm(path.join(dir, 'history', '00000002.json'));
  expect(await judged({ noted: head! })).toEqual([
    `00000002.json no record has the digest ${String(head)} that was noted elsewhere`,
  ]);
});
