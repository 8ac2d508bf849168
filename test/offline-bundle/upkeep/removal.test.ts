import { appendFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Digest, hexOf } from '../../../core/digest';
import { importBundle } from '../../../offline-bundle/import/import-bundle';
import { startMirror } from '../../../offline-bundle/mirror/server';
import { raiseMark, readMark } from '../../../offline-bundle/import/sequence-mark';
import { openStore } from '../../../offline-bundle/store/store';
import { appendRecord, readHistory } from '../../../offline-bundle/history/history';
import { checkStore } from '../../../offline-bundle/upkeep/check';
import type { StoreProblem } from '../../../offline-bundle/upkeep/problem';
import { repairStore } from '../../../offline-bundle/upkeep/repair';
import { openFolder } from '../../../offline-bundle/upkeep/repair-source';
import { matching } from '../support/matchers';
import { chooseRoot } from '../../../offline-bundle/upkeep/choose';
import { canPrune, olderBundles, planRemoval, type RemovalPlan, remove } from '../../../offline-bundle/upkeep/removal';
import { bundleFacts, usageOf } from '../../../offline-bundle/upkeep/usage';
import { nameOf, type StoreView, viewStore } from '../../../offline-bundle/upkeep/view';
import { witnessProblems } from '../../../offline-bundle/history/witness';
import { testSigner } from '../trust/signers';
import { sealedStore } from './sealed-store';
import { seededBytes } from '../../outside-world/bytes';

const variant = (name: string, sequence: number, site = 'nordlicht') => ({
  ...{ site, sequence, variant: name },
  modelFiles: { 'shared.bin': seededBytes('shared', 9000), [`own-${name}.bin`]: seededBytes(name, 4000) },
});
const sealed = sealedStore({
  one: variant('a', 1),
  two: variant('b', 2),
  three: variant('c', 3),
  south: variant('s', 7, 'suedlicht'),
  unsealed: { ...variant('u', 1, 'ostlicht'), signers: [] },
});
/** The whole store; what reads alone, reads this. */
let whole: StoreView;
beforeAll(async () => {
  whole = await viewStore(sealed.dir);
});

const rootOf = (name: string): Digest => sealed.bundles[name]!.plan.root;

const blobsIn = async (dir: string): Promise<string[]> => readdir(path.join(dir, 'blobs', 'sha256'));
const neededBy = (...names: string[]): string[] =>
  [...new Set(names.flatMap((name) => sealed.bundles[name]!.plan.blobs.map(({ digest }) => hexOf(digest))))].sort();

async function removeNow(dir: string, leaving: readonly Digest[], unreached = false): Promise<RemovalPlan> {
  const view = await viewStore(dir);
  const plan = planRemoval(view, { leaving: new Set(leaving), unreached });
  await remove(view, plan);
  return plan;
}

const importAgain = (dir: string, name: string) =>
  importBundle({
    ...{ dir: sealed.bundles[name]!.dir, storeDir: dir, trusted: [sealed.key.trusted], threshold: 1 },
    acceptSite: 'suedlicht',
  });

describe('a list', () => {
  it('tells the newest of a site by its sealed sequence, whenever it was imported', () => {
    const facts = bundleFacts(whole);
    expect(facts.map(({ site, sequence, newest }) => [site, sequence, newest])).toEqual([
      ['nordlicht', 3, true],
      ['nordlicht', 2, false],
      ['nordlicht', 1, false],
      ['ostlicht', undefined, false],
      ['suedlicht', 7, true],
    ]);
    expect(facts[0]).toMatchObject({
      ...{ kind: 'bundle', root: rootOf('three'), sealedAt: '2026-11-23T20:00:00Z', problems: [] },
      signedBy: [sealed.key.trusted.id],
    });
    expect(facts[3]).toMatchObject({ signedBy: [], acceptedBy: 'Ada' });
  });

  it('states what a bundle takes and what is its own, which its removal frees', async () => {
    const dir = sealed.copy();
    const facts = bundleFacts(await viewStore(dir)).find(({ root }) => root === rootOf('two'))!;
    expect(facts.bytes).toBe(sealed.bundles['two']!.plan.blobs.reduce((sum, { size }) => sum + size, 0));
    expect(facts.ownBytes).toBeGreaterThan(4000);
    expect(facts.ownBytes).toBeLessThan(facts.bytes - 9000);
    const { blobs } = await removeNow(dir, [rootOf('two')]);
    expect(blobs.reduce((sum, { size }) => sum + size, 0)).toBe(facts.ownBytes);
  });

  it('names what is wrong with a bundle', async () => {
    const dir = sealed.copy();
    await rm(path.join(dir, 'seals', hexOf(rootOf('one'))), { recursive: true });
    await appendFile(path.join(dir, 'roots', `${hexOf(rootOf('two'))}.json`), 'x');
    const store = await openStore(dir);
    await rm(store.blobPath(rootOf('three')));
    const facts = bundleFacts(await viewStore(dir));
    const problems = (name: string): readonly string[] | undefined =>
      facts.find(({ root }) => root === rootOf(name))?.problems;
    expect(problems('one')).toEqual(['its seals are gone']);
    expect(problems('two')).toEqual(['its record is damaged']);
    expect(problems('three')).toEqual(['1 blobs are missing']);
  });
});

it('usage adds up', async () => {
  const dir = sealed.copy();
  await writeFile(path.join(dir, 'staging', hexOf(rootOf('one'))), 'half');
  await mkdir(path.join(dir, 'quarantine'));
  await writeFile(path.join(dir, 'quarantine', hexOf(rootOf('one'))), 'wrong bytes');
  await removeNow(dir, []);
  await rm(path.join(dir, 'roots', `${hexOf(rootOf('three'))}.json`));
  await rm(path.join(dir, 'history'), { recursive: true }); // as in a store that kept none, nobody knows of it
  const view = await viewStore(dir);
  const own = planRemoval(view, { leaving: new Set(), unreached: true });
  const usage = usageOf(view, own.bytes);
  const size = await Promise.all((await blobsIn(dir)).map((hex) => stat(path.join(dir, 'blobs', 'sha256', hex))));
  expect(usage).toMatchObject({ blobs: size.length, bytes: size.reduce((sum, one) => sum + one.size, 0) });
  expect(usage).toMatchObject({ stagingBytes: 4, quarantineBytes: 11 });
  expect(usage.unreachedBytes).toBeGreaterThan(4000);
  expect(usage.prunableBytes).toBe(usage.unreachedBytes + 15);
  expect(usage.artifacts.find(({ artifact }) => artifact === 'model/tiny')?.roots).toHaveLength(4);
  const alone = usage.bundles.reduce((sum, { ownBytes }) => sum + ownBytes, 0);
  expect(alone + usage.sharedBytes + usage.unreachedBytes).toBe(usage.bytes);
});

describe('choosing', () => {
  it.each(['digest', 'digits', 'site and sequence'])('takes the one bundle by its %s', (how) => {
    const text = { digest: rootOf('two'), digits: hexOf(rootOf('two')).slice(0, 12) }[how] ?? 'nordlicht@2';
    expect(chooseRoot(whole.roots, text)).toBe(rootOf('two'));
  });

  it.each(['nordlicht', 'nordlicht@9', 'ostlicht@1', '', 'sha256:', 'ab'])('refuses "%s"', (text) => {
    expect(() => chooseRoot(whole.roots, text)).toThrow(nameOf(whole.roots[0]!));
  });
});

describe('a record that is gone', () => {
  const recordOf = (dir: string, name: string): string => path.join(dir, 'roots', `${hexOf(rootOf(name))}.json`);
  const missing = async (dir: string): Promise<readonly StoreProblem[]> =>
    (await checkStore({ dir })).problems.filter(({ what }) => /is missing, and the history/.test(what));

  it.each(['one', 'three', 'unsealed'])(
    'was lost, not removed: of %s, check names it and prune frees nothing',
    async (name) => {
      const dir = sealed.copy();
      await rm(recordOf(dir, name));
      expect((await viewStore(dir)).lost).toEqual([rootOf(name)]);
      expect(await missing(dir)).toMatchObject([{ kind: 'record', digest: rootOf(name) }]);
      const { blobs, roots } = await removeNow(dir, [], true);
      expect([blobs, roots]).toEqual([[], []]);
    },
  );

  it('comes back with an import, which names those that are still lost', async () => {
    const dir = sealed.copy();
    await rm(recordOf(dir, 'three'));
    await rm(recordOf(dir, 'south'));
    const { result, problems } = await importAgain(dir, 'three');
    expect(result).toBe('imported');
    expect(problems).toEqual([
      matching(new RegExp(`^roots/${hexOf(rootOf('south'))}.json is missing, and nobody removed`)),
    ]);
    expect((await viewStore(dir)).lost).toEqual([rootOf('south')]);
  });

  it('follows from the seals in a repair', async () => {
    const dir = sealed.copy();
    await rm(recordOf(dir, 'two'));
    const { mended } = await repairStore({ dir, from: await openFolder(sealed.bundles['two']!.dir) });
    expect(mended).toEqual([`roots/${hexOf(rootOf('two'))}.json`]);
    expect((await checkStore({ dir })).result).toBe('pass');
  });

  it('is let go by a removal, which the history tells from a loss', async () => {
    const dir = sealed.copy();
    await rm(recordOf(dir, 'two'));
    const view = await viewStore(dir);
    await removeNow(dir, [chooseRoot(view.roots, 'nordlicht@2')]);
    expect(await missing(dir)).toEqual([]);
    const { records, problems } = await readHistory(dir);
    expect(problems).toEqual([]);
    expect(records.at(-1)).toMatchObject({ act: 'remove', root: rootOf('two'), site: 'nordlicht', sequence: 2 });
    expect((await blobsIn(dir)).sort()).toEqual(neededBy('one', 'three', 'south', 'unsealed'));
    expect((await importAgain(dir, 'south')).problems).toEqual([]);
  });
});

describe('a history that is damaged', () => {
  /** Takes `two` out, then damages the record of that, which is the sixth. */
  const damaged = async (damage: (file: string) => Promise<void>): Promise<string> => {
    const dir = sealed.copy();
    await removeNow(dir, [rootOf('two')]);
    await appendRecord(dir, (await readHistory(dir)).records[0]!);
    await damage(path.join(dir, 'history', '00000006.json'));
    return dir;
  };
  const damages: [string, (file: string) => Promise<void>][] = [
    ['changed', (file) => appendFile(file, ' ')],
    ['missing', (file) => rm(file)],
  ];

  it.each(damages)('does not make of a removed bundle a lost one: its removal is %s', async (_, damage) => {
    const dir = await damaged(damage);
    const cannotTell = /is missing, and whether (the|that) bundle was removed cannot be told/;
    const { problems } = await checkStore({ dir });
    expect(problems.find(({ kind }) => kind === 'record')).toMatchObject({
      ...{ digest: rootOf('two'), what: matching(cannotTell) },
    });
    expect((await importAgain(dir, 'three')).problems).toEqual([matching(cannotTell)]);
    expect((await importAgain(dir, 'two')).result).toBe('refused');
  });

  it.each(damages)('lets nothing be freed that nobody reaches: a record is %s', async (_, damage) => {
    const dir = await damaged(damage);
    const view = await viewStore(dir);
    const said = (await checkStore({ dir })).problems.filter(({ kind }) => kind === 'history');
    expect(canPrune(view)).toBe(false);
    await expect(removeNow(dir, [], true)).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
      items: expect.arrayContaining(said.map(({ path: at, what }) => `${at}: ${what}`)) as unknown,
    });
    expect(said).not.toEqual([]);
  });

  it('keeps what a bundle needs whose root record is lost and whose import is not to be read any more', async () => {
    const dir = sealed.copy();
    await rm(path.join(dir, 'roots', `${hexOf(rootOf('two'))}.json`));
    await appendFile(path.join(dir, 'history', '00000002.json'), ' ');
    await expect(removeNow(dir, [], true)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    expect((await blobsIn(dir)).sort()).toEqual(neededBy('one', 'two', 'three', 'south', 'unsealed'));
  });
});

describe('removing a bundle', () => {
  it('is recorded, and the bundle is not missed', async () => {
    const dir = sealed.copy();
    await removeNow(dir, [rootOf('one'), rootOf('two')]);
    expect((await viewStore(dir)).lost).toEqual([]);
    expect((await readHistory(dir)).records.slice(-2).map(({ act }) => act)).toEqual(['remove', 'remove']);
    expect((await checkStore({ dir })).result).toBe('pass');
  });

  it('is signed by whoever removes it, so that a history stays one whose every record is signed', async () => {
    const dir = sealed.copy();
    const [gate, view] = [testSigner(), await viewStore(dir)];
    await remove(view, planRemoval(view, { leaving: new Set([rootOf('two')]), unreached: false }), gate.signer);
    const found = await readHistory(dir, [gate.trusted]);
    expect(found.problems).toEqual([]);
    expect(found.records.at(-1)).toMatchObject({ act: 'remove', signer: gate.trusted.id, signature: 'verified' });
    expect(witnessProblems(found, { trusted: [gate.trusted], signedFrom: 6 })).toEqual([]);
  });

  it('takes its record, seals and own blobs, and nothing that another one needs', async () => {
    const dir = sealed.copy();
    const plan = await removeNow(dir, [rootOf('two')]);
    expect(plan.roots).toEqual([{ digest: rootOf('two'), name: `nordlicht, sequence 2 (${rootOf('two')})` }]);
    expect((await blobsIn(dir)).sort()).toEqual(neededBy('one', 'three', 'south', 'unsealed'));
    expect(await readdir(path.join(dir, 'seals'))).not.toContain(hexOf(rootOf('two')));
    expect((await viewStore(dir)).roots.map(({ complete }) => complete)).toEqual([true, true, true, true]);
  });

  it('leaves finished blobs of an import that has yet to end', async () => {
    const dir = sealed.copy();
    const file = path.join(dir, 'blobs', 'sha256', 'ab'.repeat(32));
    await writeFile(file, 'x');
    await removeNow(dir, [rootOf('two')]);
    expect((await stat(file)).size).toBe(1);
    expect((await removeNow(dir, [], true)).blobs).toEqual([{ digest: `sha256:${'ab'.repeat(32)}`, size: 1 }]);
  });

  it.each(['with its mark', 'with a damaged mark', 'with a store of before marks'])(
    'does not let an older one come back, %s',
    async (how) => {
      const dir = sealed.copy();
      if (how !== 'with its mark') await rm(path.join(dir, 'sequences'), { recursive: true });
      await removeNow(dir, [rootOf('one'), rootOf('two'), rootOf('three')]);
      expect(await readMark(dir, 'nordlicht')).toEqual({ sequence: 3, root: rootOf('three') });
      if (how === 'with a damaged mark') {
        const [file = ''] = await readdir(path.join(dir, 'sequences'));
        await rm(path.join(dir, 'sequences', file));
      }
      expect((await importAgain(dir, 'two')).result).toBe('refused');
      expect((await importAgain(dir, 'three')).result).toBe('imported');
      expect((await importAgain(dir, 'one')).result).toBe('refused');
    },
  );

  it('is refused where the store would forget how far the site has come', async () => {
    const dir = sealed.copy();
    await rm(path.join(dir, 'sequences'), { recursive: true });
    await rm(path.join(dir, 'seals'), { recursive: true });
    await expect(removeNow(dir, [rootOf('one')])).rejects.toThrow(/would forget how far nordlicht has come/);
    await raiseMark(dir, 'nordlicht', { sequence: 3, root: rootOf('three') });
    await removeNow(dir, [rootOf('one')]);
  });

  it.each<[string, (dir: string) => Promise<unknown>]>([
    ['a manifest is gone', async (dir) => rm((await openStore(dir)).blobPath(rootOf('three')))],
    ['there is a record that nobody can assign', (dir) => writeFile(path.join(dir, 'roots', 'x.json'), '{')],
  ])('is refused where %s, since what must stay cannot be told', async (_, damage) => {
    const dir = sealed.copy();
    await damage(dir);
    await expect(removeNow(dir, [rootOf('one')])).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    expect((await viewStore(dir)).roots).toHaveLength(5);
  });

  it('keeps what a bundle with a damaged record needs', async () => {
    const dir = sealed.copy();
    await writeFile(path.join(dir, 'roots', `${hexOf(rootOf('three'))}.json`), '{');
    await removeNow(dir, [rootOf('two')], true);
    expect((await blobsIn(dir)).sort()).toEqual(neededBy('one', 'three', 'south', 'unsealed'));
  });

  it('never touches the policy, the history or what is not of Airlock', async () => {
    const dir = sealed.copy();
    await mkdir(path.join(dir, 'history'), { recursive: true });
    const files = ['policy.json', 'history/1.json', 'notes.txt', `seals/${hexOf(rootOf('one'))}/notes`];
    for (const file of files) await writeFile(path.join(dir, file), 'x');
    await removeNow(dir, [rootOf('one'), rootOf('two'), rootOf('three'), rootOf('south'), rootOf('unsealed')], true);
    for (const file of files) expect((await stat(path.join(dir, file))).size).toBe(1);
    expect(await blobsIn(dir)).toEqual([]);
  });
});

describe('pruning to the newest', () => {
  it.each([
    [1, ['one', 'two']],
    [2, ['one']],
    [3, []],
  ] as const)('%d of each site', (keep, gone) => {
    expect([...olderBundles(whole.roots, keep)].sort()).toEqual(gone.map(rootOf).sort());
  });

  it('never takes the newest, what has no seal, or what nobody can place', async () => {
    const dir = sealed.copy();
    await rm(path.join(dir, 'seals', hexOf(rootOf('one'))), { recursive: true });
    expect([...olderBundles((await viewStore(dir)).roots, 0)]).toEqual([rootOf('two')]);
  });

  it.each([
    ['lost', 1, ['one']],
    ['lost', 2, []],
    ['damaged', 1, ['one']],
  ] as const)('does not count a newest whose record is %s among the %d that stay', async (how, keep, gone) => {
    const dir = sealed.copy();
    const record = path.join(dir, 'roots', `${hexOf(rootOf('three'))}.json`);
    await (how === 'lost' ? rm(record) : writeFile(record, '{'));
    expect([...olderBundles((await viewStore(dir)).roots, keep)]).toEqual(gone.map(rootOf));
  });
});

describe('a mirror that runs meanwhile', () => {
  it('serves the removed bundle no more, everything else throughout, and has no complaint', async () => {
    const dir = sealed.copy();
    const notes: string[] = [];
    const mirror = await startMirror({
      ...{ store: await openStore(dir), host: '127.0.0.1', port: 0, note: (line: string) => notes.push(line) },
      scrub: { pauseMs: 1 },
    });
    const get = async (root: Digest): Promise<number> => {
      const answer = await fetch(`${mirror.url}/v2/airlock/bundle/manifests/${root}`);
      await answer.arrayBuffer();
      return answer.status;
    };
    const reading = { goesOn: true };
    const statuses = new Set<number>();
    const reader = (async () => {
      while (reading.goesOn) statuses.add(await get(rootOf('three')));
    })();
    try {
      expect(await get(rootOf('one'))).toBe(200);
      await removeNow(dir, [rootOf('one')]);
      expect(await get(rootOf('one'))).toBe(404);
      expect(await (await fetch(`${mirror.url}/readyz`)).text()).toBe('ok\n');
      expect((await importAgain(dir, 'one')).result).toBe('refused');
    } finally {
      reading.goesOn = false;
      await reader;
      await mirror.close(0);
    }
    expect([...statuses]).toEqual([200]);
    expect(notes).toEqual([]);
  });
});
