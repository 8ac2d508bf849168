import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Digest, digestOf, fromHex, hexOf } from '../../../core/digest';
import { SILENT } from '../../../core/progress';
import { readMark } from '../../../offline-bundle/import/sequence-mark';
import { startMirror } from '../../../offline-bundle/mirror/server';
import { keepDerivedImage } from '../../../offline-bundle/store/derived-images';
import { openStore, type Store } from '../../../offline-bundle/store/store';
import { lockStore } from '../../../offline-bundle/store/writer-lock';
import { checkStore } from '../../../offline-bundle/upkeep/check';
import { planRemoval, remove } from '../../../offline-bundle/upkeep/removal';
import { type RepairReport, repairStore } from '../../../offline-bundle/upkeep/repair';
import { openFolder, openMirror, type RepairSource } from '../../../offline-bundle/upkeep/repair-source';
import { viewStore } from '../../../offline-bundle/upkeep/view';
import { deriveImage } from '../../../offline-bundle/weights/image-form';
import { matching } from '../support/matchers';
import { makeBundle } from '../support/make-bundle';
import { sealedStore } from './sealed-store';
import { seededBytes } from '../../outside-world/bytes';

const BIG = seededBytes('big', 90_000);
const sealed = sealedStore({
  one: { sequence: 1, variant: 'a', modelFiles: { 'big.bin': BIG, 'old.bin': seededBytes('old', 4000) } },
  two: { sequence: 2, variant: 'b', modelFiles: { 'big.bin': BIG, 'own.bin': seededBytes('own', 5000) } },
  unsealed: { site: 'ostlicht', variant: 'u', signers: [] },
});
const [big, old] = [digestOf(BIG), digestOf(seededBytes('old', 4000))];
const rootOf = (name: string): Digest => sealed.bundles[name]!.plan.root;
const medium = (name: string): Promise<RepairSource> => openFolder(sealed.bundles[name]!.dir);

async function opened(): Promise<{ dir: string; store: Store }> {
  const dir = sealed.copy();
  return { dir, store: await openStore(dir) };
}

const repair = async (dir: string, from: RepairSource | Promise<RepairSource>, keys = false): Promise<RepairReport> =>
  repairStore({ dir, from: await from, ...(keys ? { trusted: [sealed.key.trusted] } : {}) });

/** A mirror over an undamaged store, and what a test does with it. */
async function withMirror(work: (from: RepairSource) => Promise<void>): Promise<void> {
  const store = await openStore(sealed.copy());
  const mirror = await startMirror({ store, host: '127.0.0.1', port: 0, scrub: { pauseMs: 3_600_000 } });
  const from = openMirror({ url: new URL(mirror.url), authorities: [], version: '0.1.0', progress: SILENT });
  try {
    await work(from);
  } finally {
    await from.close();
    await mirror.close(0);
  }
}

describe('blobs that are missing', () => {
  it('come from the medium that has them, and no other blob does', async () => {
    const { dir, store } = await opened();
    await rm(store.blobPath(big));
    const report = await repair(dir, medium('two'));
    expect(report).toMatchObject({
      ...{ result: 'pass', mended: [`blobs/sha256/${hexOf(big)}`], brought: { blobs: 1, bytes: BIG.length } },
      ...{ refused: [], problems: [], wanted: [] },
    });
    expect((await checkStore({ dir })).result).toBe('pass');
  });

  it('that the source lacks are told, with the bundle whose medium has them', async () => {
    const { dir, store } = await opened();
    await rm(store.blobPath(old));
    await rm(store.blobPath(big));
    const report = await repair(dir, medium('two'));
    expect(report).toMatchObject({
      ...{ result: 'fail', brought: { blobs: 1 } },
      refused: [{ path: `blobs/sha256/${hexOf(old)}`, what: 'it does not have it' }],
      wanted: [{ root: rootOf('one'), name: `nordlicht, sequence 1 (${rootOf('one')})`, blobs: 1, bytes: 4000 }],
    });
    expect((await repair(dir, medium('one'))).result).toBe('pass');
  });

  it('come from another store', async () => {
    const { dir } = await opened();
    await rm(path.join(dir, 'blobs', 'sha256'), { recursive: true });
    await mkdir(path.join(dir, 'blobs', 'sha256'));
    const report = await repair(dir, openFolder(sealed.copy()));
    expect(report).toMatchObject({ result: 'pass', problems: [] });
    expect((await checkStore({ dir })).result).toBe('pass');
  });

  it('come from a mirror, indexes, manifests and empty files included', async () => {
    const { dir, store } = await opened();
    const all = sealed.bundles['two']!.plan.blobs.map(({ digest }) => digest);
    for (const digest of all) await rm(store.blobPath(digest));
    await withMirror(async (from) => {
      const report = await repair(dir, from);
      expect(report.refused).toEqual([]);
      expect(report.result).toBe('pass');
    });
    expect((await checkStore({ dir })).result).toBe('pass');
  });

  it('that a mirror does not have are told', async () => {
    const { dir } = await opened();
    const root = digestOf('nobody has it');
    await (
      await openStore(dir)
    ).addRoot({
      ...{ format: 1, kind: 'bundle', digest: root, mediaType: 'application/vnd.oci.image.index.v1+json' },
      ...{ repository: 'airlock/bundle', site: 'westlicht', trust: { unsigned: true, acceptedBy: 'Ada' } },
    });
    await withMirror(async (from) => {
      const report = await repair(dir, from);
      expect(report.refused).toMatchObject([
        { path: `blobs/sha256/${hexOf(root)}`, what: matching(/does not exist \(404/) },
      ]);
      expect(report.wanted).toMatchObject([{ root }]);
    });
  });

  it('with wrong bytes at the source are refused, and nothing of them stays', async () => {
    const { dir, store } = await opened();
    const wrong = await makeBundle(path.join(sealed.scratch, `wrong-${Math.random()}`), {
      variant: 'b',
      modelFiles: { 'big.bin': BIG },
    });
    await writeFile(path.join(wrong.dir, 'blobs', 'sha256', hexOf(big)), seededBytes('other', BIG.length));
    await rm(store.blobPath(big));
    const report = await repair(dir, openFolder(wrong.dir));
    expect(report.refused).toMatchObject([{ what: matching(/is damaged: it hashes to/) }]);
    expect(await store.has(big, BIG.length)).toBe(false);
    expect(await readdir(path.join(dir, 'staging'))).toEqual([]);
  });

  it('that a check moved aside come back, and what was aside goes', async () => {
    const { dir, store } = await opened();
    await writeFile(store.blobPath(big), seededBytes('other', BIG.length));
    await checkStore({ dir });
    expect(await readdir(path.join(dir, 'quarantine'))).toEqual([hexOf(big)]);
    expect((await repair(dir, medium('one'))).result).toBe('pass');
    expect(await readdir(path.join(dir, 'quarantine'))).toEqual([]);
  });
});

describe('records', () => {
  const file = (dir: string, name: string): string => path.join(dir, 'roots', `${hexOf(rootOf(name))}.json`);

  it('follow from the kept seals', async () => {
    const { dir } = await opened();
    const before = await readFile(file(dir, 'one'), 'utf8');
    await writeFile(file(dir, 'one'), '{');
    expect((await repair(dir, medium('two'))).result).toBe('pass');
    expect(await readFile(file(dir, 'one'), 'utf8')).toBe(before);
  });

  it('of an earlier release that contradict their seals are written anew', async () => {
    const { dir } = await opened();
    const before = await readFile(file(dir, 'one'), 'utf8');
    const record = JSON.parse(before) as Record<string, unknown>;
    delete record['check'];
    await writeFile(file(dir, 'one'), JSON.stringify({ ...record, site: 'nordlichu' }));
    expect((await checkStore({ dir, keep: true })).problems).toMatchObject([
      { kind: 'record', what: matching(/nordlichu/) },
    ]);
    expect((await repair(dir, medium('two'))).result).toBe('pass');
    expect(await readFile(file(dir, 'one'), 'utf8')).toBe(before);
  });

  it('of a bundle without a seal come from a store that has it alone', async () => {
    const { dir } = await opened();
    const before = await readFile(file(dir, 'unsealed'), 'utf8');
    await writeFile(file(dir, 'unsealed'), '{');
    expect((await repair(dir, medium('unsealed'))).problems).toMatchObject([{ kind: 'record' }]);
    expect((await repair(dir, openFolder(sealed.copy()))).result).toBe('pass');
    expect(await readFile(file(dir, 'unsealed'), 'utf8')).toBe(before);
  });
});

describe('seals', () => {
  it('are taken only where they hold under the key that vouched for the bundle', async () => {
    const { dir } = await opened();
    const folder = path.join(dir, 'seals', hexOf(rootOf('one')));
    const seal = path.join(folder, `${sealed.key.trusted.id}.sigstore.json`);
    const right = await readFile(seal, 'utf8');
    await writeFile(seal, '{}');
    const forged = await makeBundle(path.join(sealed.scratch, `forged-${Math.random()}`), { variant: 'x' });
    await mkdir(path.join(forged.dir, 'seals'));
    await writeFile(path.join(forged.dir, 'seals', path.basename(seal)), right.replace('a', 'b'));
    expect((await repair(dir, openFolder(forged.dir))).problems).toMatchObject([{ kind: 'seal' }]);
    expect(await readFile(seal, 'utf8')).toBe('{}');
    expect((await repair(dir, medium('one'))).result).toBe('pass');
    expect(await readFile(seal, 'utf8')).toBe(right);
  });

  it('that are gone come back with their key, where it is given', async () => {
    const { dir } = await opened();
    await rm(path.join(dir, 'seals', hexOf(rootOf('one'))), { recursive: true });
    expect((await repair(dir, medium('one'))).result).toBe('fail');
    expect((await repair(dir, medium('one'), true)).result).toBe('pass');
    expect(await readdir(path.join(dir, 'seals', hexOf(rootOf('one'))))).toHaveLength(4);
  });
});

describe('how far a site has come', () => {
  it('follows from the seals, also from those of a bundle that was removed', async () => {
    const { dir } = await opened();
    const view = await viewStore(dir);
    await remove(view, planRemoval(view, { leaving: new Set([rootOf('two')]), unreached: false }));
    const mark = path.join(dir, 'sequences', `${hexOf(digestOf('nordlicht'))}.json`);
    await writeFile(mark, (await readFile(mark, 'utf8')).replace('2', '3'));
    expect((await checkStore({ dir })).problems).toMatchObject([{ kind: 'mark', breaks: [matching(/nordlicht/)] }]);
    expect((await repair(dir, medium('one'))).result).toBe('pass');
    expect(await readMark(dir, 'nordlicht')).toEqual({ sequence: 2, root: rootOf('two') });
  });
});

it('the image form of a model is computed anew', async () => {
  const { dir } = await opened();
  const { lock } = sealed.bundles['two']!;
  const files = lock.models[0]!.files.map((file) => ({
    path: file.path,
    digest: fromHex(file.sha256),
    size: file.size,
  }));
  const { image } = await deriveImage(dir, 'tiny', files, lock.platforms, SILENT);
  const model = lock.derived.models[0]!.manifest.digest;
  await keepDerivedImage(dir, model, image);
  const file = path.join(dir, 'derived', `${hexOf(model)}.json`);
  const right = await readFile(file, 'utf8');
  const wrong = right.replace(/"digest": "sha256:[0-9a-f]/, '"digest": "sha256:f');
  for (const text of ['{', wrong]) {
    await writeFile(file, text);
    expect((await checkStore({ dir })).problems).toMatchObject([{ kind: 'image form', digest: model }]);
    expect((await repair(dir, medium('one'))).result).toBe('pass');
    expect(await readFile(file, 'utf8')).toBe(right);
  }
});

it('is not begun while another process writes', async () => {
  const { dir } = await opened();
  const release = await lockStore(dir);
  await expect(repair(dir, medium('one'))).rejects.toMatchObject({ code: 'STORE_LOCKED' });
  await release();
});
