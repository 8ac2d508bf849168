import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { digestOf, hexOf } from '../../../core/digest';
import { HttpClient } from '../../../offline-bundle/fetch/http';
import { fillStore, fillUntilDone, type FillOptions, type Pin } from '../../../offline-bundle/mirror/fill';
import { Repairer } from '../../../offline-bundle/mirror/repair';
import { type Mirror, startMirror } from '../../../offline-bundle/mirror/server';
import { openStore, type Store } from '../../../offline-bundle/store/store';
import { importInto, type Imported, scratchFolder } from './store-support';
import { seededBytes } from '../../outside-world/bytes';

const MEBIBYTE = 1024 * 1024;
const OLD = seededBytes('old', 8 * MEBIBYTE);
const NEW = seededBytes('new', 8 * MEBIBYTE);

const dir = scratchFolder();
let source: Mirror;
let before: Imported;
let after: Imported;
let folder = 0;

beforeAll(async () => {
  const at = path.join(dir(), 'upstream');
  before = await importInto(at, { modelFiles: { 'weights.bin': OLD } });
  const made = await importInto(at, { variant: '-2', revision: 'd'.repeat(40), modelFiles: { 'weights.bin': NEW } });
  after = made;
  source = await startMirror({ store: made.store, host: '127.0.0.1', port: 0 });
});
afterAll(() => source.close(0));

const pinOf = ({ lock }: Imported): Pin => ({
  repository: 'models/tiny',
  digest: lock.derived.models[0]!.manifest.digest,
});
const newStore = (at = path.join(dir(), `filled-${(folder += 1)}`)): Promise<Store> => openStore(at, { create: true });

async function fill(store: Store, over: Partial<FillOptions> = {}): Promise<void> {
  const retry = { attempts: 2, unreachableAttempts: 2 };
  const http = new HttpClient({ version: 'test', retry, sleep: () => Promise.resolve() });
  try {
    await fillStore({ from: new URL(source.url), pins: [pinOf(after)], store, version: 'test', http, ...over });
  } finally {
    await http.close();
  }
}

const blobsIn = async (store: Store): Promise<string[]> =>
  (await readdir(path.join(store.dir, 'blobs', 'sha256'))).sort();
const unreachable = new URL('http://127.0.0.1:9');

it('a fill with other pins leaves nothing of the earlier ones, and what they share is not fetched again', async () => {
  const store = await newStore();
  await fill(store, { pins: [pinOf(before)] });
  const earlier = await blobsIn(store);
  await writeFile(path.join(store.dir, 'staging', 'f'.repeat(64)), 'half of something');
  await fill(store);
  const fresh = await newStore();
  await fill(fresh);
  expect(await blobsIn(store)).toEqual(await blobsIn(fresh));
  expect((await blobsIn(store)).filter((name) => earlier.includes(name)).length).toBeGreaterThan(0);
  expect((await store.roots()).map(({ digest }) => digest)).toEqual([pinOf(after).digest]);
  expect(await readdir(path.join(store.dir, 'staging'))).toEqual([]);
});

it('removes nothing while it cannot tell what the new pins reach', async () => {
  const store = await newStore();
  await fill(store, { pins: [pinOf(before)] });
  const earlier = await blobsIn(store);
  await expect(fill(store, { from: unreachable })).rejects.toMatchObject({ kind: 'environment' });
  await expect(
    fill(store, { pins: [pinOf(after), { repository: 'models/tiny', digest: digestOf('none') }] }),
  ).rejects.toMatchObject({ kind: 'input' });
  expect(await blobsIn(store)).toEqual(earlier);
  expect(await store.roots()).toHaveLength(1);
});

describe('what an import brought', () => {
  it.each([
    ['a sealed or accepted bundle', (store: Store) => importRecord(store)],
    ['kept seals', (store: Store) => store.keepSeals(digestOf('x'), new Map([['a.pub', Buffer.from('a')]]))],
    ['a record that cannot be read', (store: Store) => writeFile(path.join(store.dir, 'roots', 'x.json'), '{')],
  ])('stays where it is: a store with %s loses nothing by a fill', async (_, add) => {
    const store = await newStore();
    await fill(store, { pins: [pinOf(before)] });
    const earlier = await blobsIn(store);
    await add(store);
    await fill(store);
    expect(await blobsIn(store)).toEqual(expect.arrayContaining(earlier));
    expect((await store.roots()).map(({ digest }) => digest)).toContain(pinOf(before).digest);
  });

  async function importRecord(store: Store): Promise<void> {
    const [record] = (await (await openStore(path.join(dir(), 'upstream', 'store'))).roots()).filter(
      ({ kind }) => kind === 'bundle',
    );
    await store.addRoot(record!);
  }
});

it('a damaged record of a pin that stays does not keep the rest', async () => {
  const store = await newStore();
  await fill(store, { pins: [pinOf(before), pinOf(after)] });
  await writeFile(path.join(store.dir, 'roots', `${hexOf(pinOf(after).digest)}.json`), '{');
  await fill(store);
  expect(await store.roots()).toMatchObject([pinOf(after)]);
  expect(await store.has(digestOf(OLD), OLD.length)).toBe(false);
});

it('a volume of 1.05 times the new contents is enough', async () => {
  const disk = path.join(dir(), 'disk');
  await mkdir(disk);
  const size = `size=${Math.ceil(NEW.length * 1.05)}`;
  if (process.getuid?.() !== 0 || spawnSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', disk]).status !== 0) {
    process.stdout.write('SKIPPED: no right to mount a small disk here\n');
    return;
  }
  try {
    const store = await newStore(path.join(disk, 'store'));
    for (const plan of [before, after, before]) {
      await fill(store, { pins: [pinOf(plan)] });
      expect(await store.roots()).toMatchObject([pinOf(plan)]);
    }
  } finally {
    spawnSync('umount', [disk]);
  }
});

describe('what is doubted', () => {
  it.each([
    ['a file', () => ({ digest: digestOf(NEW), size: NEW.length })],
    ['the manifest', () => ({ digest: pinOf(after).digest, size: after.lock.derived.models[0]!.manifest.size })],
  ])('is read again, and fetched anew where it is wrong: %s', async (_, blob) => {
    const store = await newStore();
    await fill(store);
    const { digest, size } = blob();
    const right = await readFile(store.blobPath(digest));
    await writeFile(store.blobPath(digest), Buffer.alloc(size, 1));
    await fill(store, { doubted: [blob()] });
    expect((await readFile(store.blobPath(digest))).equals(right)).toBe(true);
    await fill(store, { doubted: [blob()], from: unreachable }); // what is right needs no source
  });

  it('is mended while a mirror serves the rest', async () => {
    const store = await newStore();
    await fill(store);
    const stop = new AbortController();
    const options = { from: new URL(source.url), pins: [pinOf(after)], store, version: 'test' };
    const notes: string[] = [];
    const repairer = new Repairer(
      (doubted) => fillUntilDone({ ...options, doubted }),
      (text) => notes.push(text),
      stop.signal,
    );
    await writeFile(store.blobPath(digestOf(NEW)), Buffer.alloc(NEW.length, 1));
    repairer.mend({ digest: digestOf(NEW), size: NEW.length });
    await repairer.idle();
    expect(await store.isRight(digestOf(NEW), NEW.length)).toBe(true);
    expect(notes).toEqual([`${digestOf(NEW)} fetched anew`]);
  });
});
