import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hexOf } from '../../../core/digest';
import { type Mirror, startMirror } from '../../../offline-bundle/mirror/server';
import { type CacheOptions, fetchIntoCache } from '../../../offline-bundle/weights/cache';
import type { ContentReference } from '../../../offline-bundle/weights/content-source';
import type { FetchedWeights } from '../../../offline-bundle/weights/fetch';
import { importInto, scratchFolder } from '../mirror/store-support';

const dir = scratchFolder();
let mirror: Mirror;
let content: ContentReference;
let cache: string;
let folder: string;
let count = 0;

beforeAll(async () => {
  const { store, lock } = await importInto(path.join(dir(), 'import'));
  mirror = await startMirror({ store, host: '127.0.0.1', port: 0 });
  content = { kind: 'model', name: 'tiny', manifest: lock.derived.models[0]!.manifest.digest };
});

afterAll(() => mirror.close(0));

beforeEach(() => {
  cache = path.join(dir(), `cache-${(count += 1)}`);
  folder = path.join(cache, hexOf(content.manifest));
});

const OFFLINE = new URL('http://127.0.0.1:9');

const fetch = (options: Partial<CacheOptions> = {}): Promise<FetchedWeights> =>
  fetchIntoCache({
    mirror: new URL(mirror.url),
    content,
    cache,
    version: 'test',
    retry: { attempts: 1, unreachableAttempts: 1, baseDelayMs: 1, maxDelayMs: 1 },
    ...options,
  });

const weights = (): string => path.join(folder, 'model.safetensors');

/** The same bytes but for one bit, with the old modification time. */
async function flipInPlace(): Promise<void> {
  const { atime, mtime } = await stat(weights());
  const bytes = await readFile(weights());
  bytes[100]! ^= 1;
  await writeFile(weights(), bytes);
  await utimes(weights(), atime, mtime);
}

describe('fetchIntoCache', () => {
  it('fetches once; the next pod neither fetches, hashes nor needs the mirror', async () => {
    expect(await fetch()).toMatchObject({ files: 4, fetched: 4, hashed: 0 });
    expect((await readdir(cache)).sort()).toEqual([hexOf(content.manifest), `${hexOf(content.manifest)}.json`]);
    expect(await fetch({ mirror: OFFLINE })).toMatchObject({ files: 4, fetched: 0, hashed: 0 });
  });

  it('hashes again on demand', async () => {
    await fetch();
    expect(await fetch({ mirror: OFFLINE, rehash: true })).toMatchObject({ fetched: 0, hashed: 4 });
  });

  it('hashes again when a file was touched, and records that it is right', async () => {
    await fetch();
    await utimes(weights(), 1, 1);
    expect(await fetch({ mirror: OFFLINE })).toMatchObject({ fetched: 0, hashed: 4 });
    expect(await fetch({ mirror: OFFLINE })).toMatchObject({ hashed: 0 });
  });

  it.each<[string, string, () => Promise<unknown>]>([
    ['a flipped bit, even with its old time', 'changed: model.safetensors hashes to', flipInPlace],
    ['a missing file, which it does not mend', 'missing: config.json', () => rm(path.join(folder, 'config.json'))],
    ['an unlisted file', 'unlisted: evil.py', () => writeFile(path.join(folder, 'evil.py'), 'x')],
    [
      'a renamed file',
      'missing: model.safetensors\n  unlisted: model.bin',
      () => rename(weights(), path.join(folder, 'model.bin')),
    ],
    [
      'a truncated file',
      'changed: model.safetensors has 10 bytes instead of 5000',
      () => writeFile(weights(), 'x'.repeat(10)),
    ],
  ])('stops at %s', async (_what, message, damage) => {
    await fetch();
    await damage();
    for (let attempt = 0; attempt < 2; attempt += 1)
      await expect(fetch()).rejects.toMatchObject({
        kind: 'check',
        message: expect.stringContaining(message) as string,
      });
  });

  it('begins anew when the folder is gone', async () => {
    await fetch();
    await rm(folder, { recursive: true });
    expect(await fetch()).toMatchObject({ fetched: 4 });
  });

  it('goes on where a killed run stopped', async () => {
    await fetch();
    await rm(`${folder}.json`);
    await rm(weights());
    expect(await fetch()).toMatchObject({ fetched: 1, hashed: 3 });
  });

  it.each(['no JSON', '{}', 'null', '{"format":1,"manifest":"{}","files":{}}'])(
    'does not believe the record %s',
    async (text) => {
      await fetch();
      await writeFile(`${folder}.json`, text);
      expect(await fetch()).toMatchObject({ fetched: 0, hashed: 4 });
    },
  );

  it('makes room: the content of another digest goes', async () => {
    const other = path.join(cache, 'ab'.repeat(32));
    await mkdir(other, { recursive: true });
    await writeFile(`${other}.json`, '{}');
    await mkdir(path.join(cache, 'lost+found'));
    await fetch();
    expect((await readdir(cache)).sort()).toEqual(
      [hexOf(content.manifest), `${hexOf(content.manifest)}.json`, 'lost+found'].sort(),
    );
  });

  it('stops at what no fetch put beside the content', async () => {
    await mkdir(cache);
    await writeFile(path.join(cache, 'notes.txt'), 'x');
    await expect(fetch()).rejects.toMatchObject({
      kind: 'check',
      message: expect.stringContaining('unlisted: notes.txt') as string,
    });
  });
});
