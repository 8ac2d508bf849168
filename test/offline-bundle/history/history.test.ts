import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { digestOf } from '../../../core/digest';
import { appendRecord, formerPolicies, lastPolicy, readHistory } from '../../../offline-bundle/history/history';
import type { HistoryEntry } from '../../../offline-bundle/history/record';
import { testSigner } from '../trust/signers';

const [gate, other] = [testSigner(), testSigner()];
const entry = (name: string, more: Partial<HistoryEntry> = {}): HistoryEntry => ({
  ...{ act: 'import', time: '2026-06-15T12:00:00Z', root: digestOf(name), site: 'nordlicht', sequence: 1 },
  ...{ terms: { trusted: ['a'.repeat(16)], threshold: 1 }, verdict: 'taken', reasons: [], overruled: [], sealedBy: [] },
  ...more,
});
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'airlock-history-'));
});
afterEach(() => rm(dir, { recursive: true }));
const at = (name: string): string => path.join(dir, 'history', name);
const problems = async (): Promise<string[]> => (await readHistory(dir)).problems.map(({ file }) => file);

async function written(count: number): Promise<void> {
  for (let number = 1; number <= count; number += 1) await appendRecord(dir, entry(`bundle ${number}`));
}

it('is empty where there is none', async () => {
  expect(await readHistory(dir)).toEqual({ records: [], problems: [] });
  expect(await lastPolicy(dir)).toBeUndefined();
});

it('chains each record to the bytes of the one before', async () => {
  await written(3);
  const { records, problems: found, head } = await readHistory(dir);
  expect(found).toEqual([]);
  expect(records.map(({ number }) => number)).toEqual([1, 2, 3]);
  expect(records.map(({ previous }) => previous)).toEqual([null, records[0]?.digest, records[1]?.digest]);
  expect(head).toBe(digestOf(await readFile(at('00000003.json'))));
  expect(await readdir(path.join(dir, 'staging'))).toEqual([]);
});

it('loses none of twelve writers that come at once', async () => {
  const all = Array.from({ length: 12 }, (_, number) =>
    appendRecord(dir, entry(`bundle ${number}`), number % 2 === 0 ? gate.signer : undefined),
  );
  expect((await Promise.all(all)).map(({ number }) => number).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 12 }, (_, number) => number + 1),
  );
  expect((await readHistory(dir, [gate.trusted])).problems).toEqual([]);
  expect(await readdir(at('signatures'))).toHaveLength(6);
});

it('keeps the signature of each where several write the very same entry at once', async () => {
  for (let round = 0; round < 5; round += 1)
    await Promise.all(Array.from({ length: 8 }, () => appendRecord(dir, entry('the same'), gate.signer)));
  const { records, problems: found } = await readHistory(dir, [gate.trusted]);
  expect(found).toEqual([]);
  expect(records.map(({ signature }) => signature)).toEqual(Array.from({ length: 40 }, () => 'verified'));
});

describe('names the place where it broke', () => {
  it('after a flip of any one bit of any record, the last among them', async () => {
    await written(3);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.nat(), async (number, bit) => {
        const file = `0000000${number}.json`;
        const whole = await readFile(at(file));
        const flipped = Buffer.from(whole);
        const byte = (bit >> 3) % whole.length;
        flipped[byte] = (flipped[byte] ?? 0) ^ (1 << (bit & 7));
        await writeFile(at(file), flipped);
        expect((await problems())[0]).toBe(file);
        await writeFile(at(file), whole);
      }),
      { numRuns: 60 },
    );
    expect(await problems()).toEqual([]);
  });

  it('where a record is missing, moved, put twice, or put in from another store', async () => {
    await written(4);
    await rename(at('00000002.json'), path.join(dir, 'away'));
    expect((await readHistory(dir)).problems[0]).toEqual({
      ...{ file: '00000003.json', problem: 'record 2 is missing before it' },
    });
    await rename(path.join(dir, 'away'), at('00000002.json'));
    await rename(at('00000004.json'), at('00000009.json'));
    expect((await readHistory(dir)).problems).toEqual([
      { file: '00000009.json', problem: 'records 4 to 8 are missing before it' },
      { file: '00000009.json', problem: 'says that it is record 4' },
    ]);
    await rename(at('00000009.json'), at('00000004.json'));
    await writeFile(at('00000005.json'), await readFile(at('00000004.json')));
    expect(await problems()).toEqual(['00000005.json', '00000005.json']);
    await rm(at('00000005.json'));
    await writeFile(at('00000003.json'), await readFile(at('00000002.json')));
    expect((await problems())[0]).toBe('00000003.json');
  });

  it('where something else lies there', async () => {
    await written(2);
    await mkdir(at('00000003.json'));
    await writeFile(at('README'), '');
    await symlink('00000001.json', at('00000004.json'));
    expect(new Set(await problems())).toEqual(new Set(['README', '00000003.json', '00000004.json']));
  });

  it('where the first record is not the first', async () => {
    await written(2);
    await rm(at('00000001.json'));
    expect((await readHistory(dir)).problems).toEqual([
      { file: '00000002.json', problem: 'record 1 is missing before it' },
    ]);
  });
});

describe('signatures over records', () => {
  const state = async (...keys: (typeof gate)[]) => {
    const { records, problems: found } = await readHistory(
      dir,
      keys.map(({ trusted }) => trusted),
    );
    return [...records.map(({ signature }) => signature), ...found.map(({ problem }) => problem)];
  };

  it('are verified by the keys that are given, and unchecked without', async () => {
    await appendRecord(dir, entry('one'), gate.signer);
    await appendRecord(dir, entry('two'));
    expect(await state(gate)).toEqual(['verified', 'none']);
    expect(await state(other)).toEqual(['unchecked', 'none']);
    expect((await readHistory(dir)).records[0]?.signer).toBe(gate.trusted.id);
  });

  it('are missed, and recognized as those of others', async () => {
    await appendRecord(dir, entry('one'), gate.signer);
    const [name = ''] = await readdir(at('signatures'));
    const file = path.join(at('signatures'), name);
    const right = await readFile(file);
    await rm(file);
    expect(await state()).toEqual(['none', `the signature of key ${gate.trusted.id} is missing or damaged`]);
    await writeFile(file, Buffer.concat([right, right]));
    expect(await state()).toEqual(['none', `the signature of key ${gate.trusted.id} is missing or damaged`]);
    await appendRecord(dir, entry('two'), other.signer);
    const second = (await readdir(at('signatures'))).find((one) => one !== name) ?? '';
    await writeFile(file, await readFile(path.join(at('signatures'), second)));
    expect((await state())[2]).toMatch(/of key .*, or over something else/);
    const forged = await readFile(path.join(at('signatures'), second), 'utf8');
    await writeFile(file, right.toString().replace(/"sig":"[^"]*"/, /"sig":"[^"]*"/.exec(forged)?.[0] ?? ''));
    expect(await state(gate, other)).toEqual([
      ...['none', 'verified', `the signature is not one of key ${gate.trusted.id}`],
    ]);
  });
});

it('tells the policy of what was taken last, not of what was refused', async () => {
  const [first, second] = [digestOf('first'), digestOf('second')];
  await appendRecord(dir, entry('one', { terms: { policy: first } }));
  await appendRecord(dir, entry('two', { terms: { policy: second }, verdict: 'refused', reasons: ['older'] }));
  expect(await lastPolicy(dir)).toBe(first);
  await appendRecord(dir, entry('three'));
  expect(await lastPolicy(dir)).toBeUndefined();
});

it('knows the policies that were left, and neither the last nor those of refusals', async () => {
  const [first, second, third] = [digestOf('first'), digestOf('second'), digestOf('third')];
  expect(await formerPolicies(dir)).toEqual(new Set());
  for (const [name, policy] of Object.entries({ one: first, two: second, three: first, four: second }))
    await appendRecord(dir, entry(name, { terms: { policy } }));
  await appendRecord(dir, entry('five', { terms: { policy: third }, verdict: 'refused', reasons: ['older'] }));
  expect(await formerPolicies(dir)).toEqual(new Set([first]));
});

it.each(['9007199254740993.json', '9007199254740991.json', '1000000000000000.json', '0000001.json'])(
  'takes %s for no record: it is named, and the next record has the next number',
  async (name) => {
    await written(1);
    await writeFile(at(name), '{}');
    expect((await appendRecord(dir, entry('two'))).number).toBe(2);
    expect((await readHistory(dir)).problems).toEqual([{ file: name, problem: 'is no record' }]);
  },
);

it('adds nothing behind the last number that there is', async () => {
  await written(1);
  await writeFile(at('999999999999999.json'), '{}');
  await expect(appendRecord(dir, entry('two'), gate.signer)).rejects.toMatchObject({
    code: 'STORE_DAMAGED',
    message: expect.stringContaining('no record can follow') as string,
  });
  expect(await readdir(at('signatures'))).toEqual([]);
});

it('adds nothing behind what is no record, and leaves nothing where the disk refuses', async () => {
  await mkdir(at('00000001.json'), { recursive: true });
  await expect(appendRecord(dir, entry('one'))).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  await rm(at('00000001.json'), { recursive: true });
  await rm(path.join(dir, 'staging'), { recursive: true });
  await writeFile(path.join(dir, 'staging'), '');
  await expect(appendRecord(dir, entry('one'))).rejects.toMatchObject({ kind: 'environment' });
  expect(await readdir(at('.'))).toEqual(['signatures']);
});
