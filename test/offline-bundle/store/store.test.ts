import { spawnSync } from 'node:child_process';
import {
  appendFile,
  chmod,
  type FileHandle,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { spyOn } from 'jest-mock';
import { digestOf, hexOf } from '../../../core/digest';
import { OCI_INDEX } from '../../../core/media-types';
import { parseRootRecord, recordName, type RootRecord } from '../../../offline-bundle/store/root-record';
import { openStore, type Store } from '../../../offline-bundle/store/store';
import { witnessed } from '../../support/witness';
import { flip } from '../../support/flip';
import { matching } from '../support/matchers';
import { seededBytes } from '../../outside-world/bytes';

let scratch: string;
let stores = 0;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'airlock-store-'));
});
afterAll(() => rm(scratch, { recursive: true }));

const newDir = (): string => path.join(scratch, `store-${(stores += 1)}`);
const newStore = (): Promise<Store> => openStore(newDir(), { create: true });

/** 2.5 chunks of the copying loop, so that more than one turn of its buffers is made. */
const BYTES = seededBytes('blob', 2_600_000);
const CONTENT = { digest: digestOf(BYTES), size: BYTES.length };

async function* pieces(bytes: Buffer, size = 70_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function fileOf(bytes: Buffer): Promise<string> {
  const file = path.join(scratch, `source-${(stores += 1)}`);
  await writeFile(file, bytes);
  return file;
}

const record = (over: Partial<RootRecord> = {}): RootRecord => ({
  format: 1,
  kind: 'bundle',
  digest: CONTENT.digest,
  mediaType: OCI_INDEX,
  repository: 'airlock/bundle',
  site: 'nordlicht',
  trust: { signedBy: ['0123456789abcdef'], threshold: 1 },
  ...over,
});

/** Every file below a store but store.json. */
async function filesIn(store: Store): Promise<string[]> {
  const entries = await readdir(store.dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && entry.name !== 'store.json').map((entry) => entry.name);
}

describe('opening', () => {
  it('makes a store where there is none, and finds it again', async () => {
    const dir = newDir();
    await openStore(dir, { create: true });
    expect(JSON.parse(await readFile(path.join(dir, 'store.json'), 'utf8'))).toEqual({ format: 1 });
    await openStore(dir, { create: true });
    expect((await openStore(dir)).dir).toBe(dir);
  });

  it('writes nothing where it may not create', async () => {
    const dir = newDir();
    await expect(openStore(dir)).rejects.toMatchObject({ kind: 'input', message: matching(/there is no store/) });
    await expect(stat(dir)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('never settles in a folder that holds other things', async () => {
    const dir = newDir();
    await mkdir(dir);
    await writeFile(path.join(dir, 'thesis.tex'), '');
    await expect(openStore(dir, { create: true })).rejects.toMatchObject({
      kind: 'input',
      message: matching(/thesis/),
    });
    expect(await readdir(dir)).toEqual(['thesis.tex']);
  });

  it('never takes over a folder named like one of its own', async () => {
    const dir = newDir();
    await mkdir(path.join(dir, 'staging'), { recursive: true });
    await writeFile(path.join(dir, 'staging', 'index.html'), '');
    await expect(openStore(dir, { create: true })).rejects.toMatchObject({ message: matching(/staging\/index.html/) });
  });

  it('finishes a store whose making was killed', async () => {
    const dir = newDir();
    await mkdir(path.join(dir, 'staging'), { recursive: true });
    await writeFile(path.join(dir, 'staging', 'store.json.0a1b.tmp'), '{"form');
    await expect(openStore(dir, { create: true })).resolves.toBeDefined();
  });

  it.each(['{"format":2}', '{}', 'null', 'no json'])('refuses the unknown format %s', async (text) => {
    const dir = newDir();
    await openStore(dir, { create: true });
    await writeFile(path.join(dir, 'store.json'), text);
    await expect(openStore(dir)).rejects.toMatchObject({ kind: 'input' });
    await expect(openStore(dir, { create: true })).rejects.toMatchObject({ kind: 'input' });
  });

  it('reads a store that it may not write', async () => {
    const store = await newStore();
    await store.writeBlob(CONTENT, pieces(BYTES));
    await store.addRoot(record());
    for (const folder of ['blobs/sha256', 'blobs', 'roots', '.']) await chmod(path.join(store.dir, folder), 0o555);
    const reader = await openStore(store.dir);
    expect(await reader.has(CONTENT.digest, CONTENT.size)).toBe(true);
    expect(await reader.roots()).toEqual([record()]);
    expect(await reader.seals(CONTENT.digest)).toEqual(new Map());
    for (const folder of ['.', 'blobs', 'roots', 'blobs/sha256']) await chmod(path.join(store.dir, folder), 0o755);
  });
});

describe('writing a blob', () => {
  it.each([
    ['a stream', () => Promise.resolve(pieces(BYTES))],
    ['a file', async () => ({ path: await fileOf(BYTES) })],
    ['a stream with a start', () => Promise.resolve({ start: 0, body: pieces(BYTES) })],
  ])('from %s puts exactly its bytes in place', async (_, source) => {
    const store = await newStore();
    expect(await store.has(CONTENT.digest, CONTENT.size)).toBe(false);
    await store.writeBlob(CONTENT, await source());
    expect(await store.has(CONTENT.digest, CONTENT.size)).toBe(true);
    expect(BYTES.equals(await readFile(store.blobPath(CONTENT.digest)))).toBe(true);
    expect(await filesIn(store)).toEqual([hexOf(CONTENT.digest)]);
  });

  it('takes a blob of no bytes', async () => {
    const store = await newStore();
    const empty = Buffer.alloc(0);
    await store.writeBlob({ digest: digestOf(empty), size: 0 }, { path: await fileOf(empty) });
    expect(await store.has(digestOf(empty), 0)).toBe(true);
  });

  it('does not write one that is there', async () => {
    const store = await newStore();
    await store.writeBlob(CONTENT, pieces(BYTES));
    const before = await stat(store.blobPath(CONTENT.digest));
    await store.writeBlob(CONTENT, { path: path.join(scratch, 'no such file') });
    expect((await stat(store.blobPath(CONTENT.digest))).ino).toBe(before.ino);
  });

  it('replaces a blob of the wrong size', async () => {
    const store = await newStore();
    await writeFile(store.blobPath(CONTENT.digest), 'cut short');
    await store.writeBlob(CONTENT, pieces(BYTES));
    expect(BYTES.equals(await readFile(store.blobPath(CONTENT.digest)))).toBe(true);
  });

  it('reports every byte once', async () => {
    const store = await newStore();
    let moved = 0;
    const nothing = (): void => undefined;
    const progress = { start: nothing, note: nothing, stop: nothing, advance: (bytes: number) => (moved += bytes) };
    await store.writeBlob(CONTENT, { path: await fileOf(BYTES) }, progress);
    expect(moved).toBe(CONTENT.size);
  });

  const wrong = Buffer.from(BYTES);
  wrong[1_000_000] = wrong[1_000_000]! ^ 1;
  it.each([
    ['other bytes', wrong, /is damaged: it hashes to sha256:/],
    ['fewer bytes', BYTES.subarray(0, 2_000_000), /ends after 2000000 of 2600000 bytes/],
    ['more bytes', Buffer.concat([BYTES, BYTES.subarray(0, 1)]), /is larger than its 2600000 bytes/],
  ])('refuses %s and leaves nothing', async (_, bytes, message) => {
    const store = await newStore();
    const failure = { kind: 'check', message: matching(message) };
    await expect(store.writeBlob(CONTENT, pieces(bytes))).rejects.toMatchObject(failure);
    await expect(store.writeBlob(CONTENT, { path: await fileOf(bytes) })).rejects.toMatchObject(failure);
    expect(await filesIn(store)).toEqual([]);
  });

  it('names the blob by the name it was given', async () => {
    const store = await newStore();
    const named = { ...CONTENT, name: 'model/tiny: model.safetensors' };
    await expect(store.writeBlob(named, { path: path.join(scratch, 'absent') })).rejects.toMatchObject({
      kind: 'check',
      message: `model/tiny: model.safetensors (${CONTENT.digest}) is missing`,
    });
  });

  it('refuses a link as source', async () => {
    const store = await newStore();
    const link = path.join(scratch, 'link');
    await symlink(await fileOf(BYTES), link);
    await expect(store.writeBlob(CONTENT, { path: link })).rejects.toMatchObject({
      message: matching(/symbolic link/),
    });
  });

  it.each([
    ['ENOSPC', 'write', /no space left/],
    ['EIO', 'sync', /EIO/],
  ] as const)('%s at %s is a failure of the environment that keeps what is there', async (code, method, message) => {
    const store = await newStore();
    const handle = await open(await fileOf(BYTES));
    await handle.close();
    const prototype = Object.getPrototypeOf(handle) as FileHandle;
    const spy = spyOn(prototype, method).mockRejectedValueOnce(Object.assign(new Error(code), { code }));
    const source = pieces(BYTES);
    await expect(store.writeBlob(CONTENT, source)).rejects.toMatchObject({
      kind: 'environment',
      message: matching(message),
    });
    spy.mockRestore();
    expect(await filesIn(store)).toEqual([matching(new RegExp(`^${hexOf(CONTENT.digest)}\\.`))]);
    await store.writeBlob(CONTENT, { path: await fileOf(BYTES) });
    expect(await filesIn(store)).toEqual([hexOf(CONTENT.digest)]);
    expect(await store.stagedBytes(CONTENT.digest)).toBe(0);
  });

  it('a source that breaks off keeps what it gave', async () => {
    const store = await newStore();
    const failure = new Error('connection reset');
    async function* breaking(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(BYTES.subarray(0, 100));
      throw failure;
    }
    await expect(store.writeBlob(CONTENT, breaking())).rejects.toBe(failure);
    expect(await store.stagedBytes(CONTENT.digest)).toBe(100);
  });
});

describe('continuing a blob', () => {
  const kept = 1_500_000;
  const stage = (store: Store, bytes: Buffer): Promise<void> =>
    writeFile(path.join(store.dir, 'staging', hexOf(CONTENT.digest)), bytes);

  it('a stream goes on where the staged part ends', async () => {
    const store = await newStore();
    await stage(store, BYTES.subarray(0, kept));
    const start = await store.stagedBytes(CONTENT.digest);
    expect(start).toBe(kept);
    await store.writeBlob(CONTENT, { start, body: pieces(BYTES.subarray(start)) });
    expect(BYTES.equals(await readFile(store.blobPath(CONTENT.digest)))).toBe(true);
  });

  it('a stream may go on from before the end of the staged part', async () => {
    const store = await newStore();
    await stage(store, BYTES.subarray(0, kept));
    await store.writeBlob(CONTENT, { start: 1000, body: pieces(BYTES.subarray(1000)) });
    expect(await store.has(CONTENT.digest, CONTENT.size)).toBe(true);
  });

  it('a stream cannot begin beyond the staged part', async () => {
    const store = await newStore();
    await expect(store.writeBlob(CONTENT, { start: 5, body: pieces(BYTES) })).rejects.toMatchObject({
      kind: 'environment',
    });
  });

  it('a file is read only from where the staged part ends', async () => {
    const store = await newStore();
    await stage(store, BYTES.subarray(0, kept));
    const hollow = Buffer.concat([Buffer.alloc(kept), BYTES.subarray(kept)]);
    await store.writeBlob(CONTENT, { path: await fileOf(hollow) });
    expect(BYTES.equals(await readFile(store.blobPath(CONTENT.digest)))).toBe(true);
  });

  it.each([
    ['garbage', Buffer.alloc(kept, 7)],
    ['more than the blob', Buffer.alloc(BYTES.length + 5, 7)],
  ])('a staged part that is %s does not make a good file look damaged', async (_, staged) => {
    const store = await newStore();
    await stage(store, staged);
    await store.writeBlob(CONTENT, { path: await fileOf(BYTES) });
    expect(BYTES.equals(await readFile(store.blobPath(CONTENT.digest)))).toBe(true);
  });

  it('drops unfinished blobs that nobody will continue', async () => {
    const store = await newStore();
    await stage(store, BYTES.subarray(0, kept));
    await writeFile(path.join(store.dir, 'staging', 'abc.json.123.tmp'), '{');
    await store.dropStaged(new Set([CONTENT.digest]));
    expect(await filesIn(store)).toEqual([hexOf(CONTENT.digest)]);
    await store.dropStaged(new Set());
    expect(await filesIn(store)).toEqual([]);
  });
});

describe('roots', () => {
  it('are read back as they were written, sorted by digest', async () => {
    const store = await newStore();
    const pin = record({ kind: 'pin', digest: digestOf('a'), trust: { unsigned: true, acceptedBy: 'the plan' } });
    await store.addRoot(record());
    await store.addRoot(pin);
    const expected = [record(), pin].sort((a, b) => (a.digest < b.digest ? -1 : 1));
    expect(await store.roots()).toEqual(expected);
    expect(await readdir(path.join(store.dir, 'staging'))).toEqual([]);
  });

  it('say their own digest, so that no flipped bit of a record reads as another one', async () => {
    const store = await newStore();
    await store.addRoot(record());
    const file = path.join(store.dir, 'roots', `${hexOf(CONTENT.digest)}.json`);
    const bytes = await readFile(file);
    const read: number[] = [];
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = flipped[bit >> 3]! ^ (1 << (bit & 7));
      try {
        parseRootRecord(flipped.toString('utf8'), file);
        read.push(bit);
      } catch (error) {
        expect(error).toMatchObject({ code: 'STORE_RECORD_INVALID' });
      }
    }
    expect(read).toEqual([]);
  });

  it('of an earlier release, which do not say it, are read, and none with a field that is unknown', () => {
    const name = recordName(CONTENT.digest);
    expect(parseRootRecord(JSON.stringify(record()), name)).toEqual(record());
    const more = JSON.stringify({ ...record(), chuck: 1 });
    expect(() => parseRootRecord(more, name)).toThrow(/is not as it was written/);
  });

  it('name those of which seals are kept, also without a record', async () => {
    const store = await newStore();
    await store.keepSeals(CONTENT.digest, new Map([['a.pub', Buffer.from('key')]]));
    await mkdir(path.join(store.dir, 'seals', 'notes'));
    expect(await store.sealedRoots()).toEqual([CONTENT.digest]);
  });

  it('keep their seals, and replace them whole', async () => {
    const store = await newStore();
    await store.keepSeals(CONTENT.digest, new Map([['a.sigstore.json', Buffer.from('a')]]));
    await store.keepSeals(CONTENT.digest, new Map([['b.sigstore.json', Buffer.from('b')]]));
    expect([...(await store.seals(CONTENT.digest))]).toEqual([['b.sigstore.json', Buffer.from('b')]]);
  });

  const BAD: readonly (readonly [string, string])[] = [
    ['not JSON', '{'],
    ['of another format', JSON.stringify({ ...record(), format: 2 })],
    ['of an unknown kind', JSON.stringify({ ...record(), kind: 'tag' })],
    ['without trust', JSON.stringify({ ...record(), trust: undefined })],
    ['of nobody', JSON.stringify({ ...record(), trust: { unsigned: true } })],
    ['about another root', JSON.stringify(record({ digest: digestOf('b') }))],
    ['of a bundle elsewhere', JSON.stringify(record({ repository: 'airlock/bundlf' }))],
    ['of an unknown media type', JSON.stringify(record({ mediaType: `${OCI_INDEX}x` }))],
    ['huge', JSON.stringify(record({ site: 'x'.repeat(100_000) }))],
  ];

  it.each(BAD)('a record that is %s is a problem with its file, and no other is hidden by it', async (_, text) => {
    const store = await newStore();
    await store.addRoot(record());
    await store.addRoot(record({ digest: digestOf('good') }));
    const name = `${hexOf(CONTENT.digest)}.json`;
    await writeFile(path.join(store.dir, 'roots', name), text);
    const { records, problems } = await store.survey();
    expect(records).toEqual([record({ digest: digestOf('good') })]);
    expect([...problems]).toEqual([
      [name, expect.objectContaining({ kind: 'input', message: matching(new RegExp(name)) })],
    ]);
    expect(await store.roots()).toEqual(records);
  });

  it.each([
    ['a folder', (file: string) => mkdir(file)],
    ['a link', (file: string) => symlink('/dev/zero', file)],
  ])('%s among the records is a problem, and no record', async (_, make) => {
    const store = await newStore();
    await store.addRoot(record());
    await make(path.join(store.dir, 'roots', 'x'));
    const { records, problems } = await store.survey();
    expect([records.length, [...problems.keys()]]).toEqual([1, ['x']]);
  });

  witnessed('mkfifo', '--version')(
    'a pipe that nobody writes to among the records is a problem, and no record',
    async () => {
      const store = await newStore();
      await store.addRoot(record());
      spawnSync('mkfifo', [path.join(store.dir, 'roots', 'x')]);
      const { records, problems } = await store.survey();
      expect([records.length, [...problems.keys()]]).toEqual([1, ['x']]);
    },
  );
});

describe('what lies in the store', () => {
  it('is right as it was written', async () => {
    const store = await newStore();
    await store.writeBlob(CONTENT, pieces(BYTES));
    expect(await store.isRight(CONTENT.digest, CONTENT.size)).toBe(true);
  });

  it.each([
    ['flipped', flip],
    ['truncated', (file: string) => truncate(file, 1000)],
    ['appended', (file: string) => appendFile(file, 'x')],
    ['removed', (file: string) => rm(file)],
    [
      'a link to the right bytes',
      async (file: string) => {
        await rename(file, `${file}.away`);
        await symlink(`${file}.away`, file);
      },
    ],
  ])('is not right when it is %s, and is written anew once it is discarded', async (_, damage) => {
    const store = await newStore();
    await store.writeBlob(CONTENT, pieces(BYTES));
    await damage(store.blobPath(CONTENT.digest));
    expect(await store.isRight(CONTENT.digest, CONTENT.size)).toBe(false);
    await store.discard(CONTENT.digest);
    await store.writeBlob(CONTENT, pieces(BYTES));
    expect(await store.isRight(CONTENT.digest, CONTENT.size)).toBe(true);
  });
});
