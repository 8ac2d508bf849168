import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Digest, digestOf } from '../../../core/digest';
import { HttpClient } from '../../../offline-bundle/fetch/http';
import { keepingTag, planPush, PUSHED_KINDS } from '../../../offline-bundle/push/plan';
import { push, type PushReport } from '../../../offline-bundle/push/push';
import { storeSource } from '../../../offline-bundle/push/source';
import { parseTarget } from '../../../offline-bundle/push/target';
import { openNotes } from '../../../offline-bundle/push/upload-notes';
import { SILENT } from '../../../core/progress';
import type { Lock } from '../../../site/generated/lock';
import { importInto, scratchFolder } from '../mirror/store-support';
import { type Pushed, startPushRegistry } from './registry';
import { seededBytes } from '../../outside-world/bytes';

const dir = scratchFolder();
/** More than the chunks of this test. */
const weights = seededBytes('weights', 300_000);
const CHUNK = 100_000;
let stores = 0;
let registry: Pushed;
let http: HttpClient;

beforeEach(async () => {
  registry = await startPushRegistry();
  http = new HttpClient({ version: 'test', retry: { attempts: 4 }, sleep: () => Promise.resolve() });
});
afterEach(async () => {
  await http.close();
  await registry.close();
});

/** A store with a bundle whose toolbox is carried for one of its two platforms. */
async function filled(): Promise<{ folder: string; store: string; lock: Lock; left: Digest }> {
  const folder = path.join(dir(), String((stores += 1)));
  let left: Digest | undefined;
  const { lock, store } = await importInto(folder, {
    modelFiles: { 'model.safetensors': weights },
    editLock: ({ images }) => {
      const toolbox = images.find(({ name }) => name === 'toolbox')!;
      toolbox.complete = false;
      toolbox.indexes = [toolbox.index!];
      left = toolbox.manifests.pop()!.digest;
    },
  });
  return { folder, store: store.dir, lock, left: left! };
}

async function pushed(store: string, state: string, dryRun = false): Promise<PushReport> {
  const target = parseTarget(`${registry.url}/site`, false);
  const source = await storeSource(store, undefined, SILENT);
  return push({
    ...{ target, http, dryRun, concurrency: 2, chunkBytes: CHUNK, store: source.store },
    plan: await planPush(source.store, source.catalog, PUSHED_KINDS),
    credentials: () => Promise.resolve(undefined),
    notes: await openNotes(state, new URL(target.prefix, target.base).href),
  });
}

describe('a push', () => {
  it('brings every image and model, each manifest under a tag that keeps it, and then sends nothing more', async () => {
    const { folder, store, lock } = await filled();
    const state = path.join(folder, 'state.json');
    const first = await pushed(store, state);
    const [base] = lock.images;
    for (const { digest } of [base!.index!, ...base!.manifests]) {
      expect(registry.tags.get(`site/registry.example/node:${keepingTag(digest)}`)).toBe(digest);
      expect(digestOf(registry.manifests.get(`site/registry.example/node@${digest}`)!)).toBe(digest);
    }
    expect(registry.tags.get('site/registry.example/node:22')).toBe(base!.index!.digest);
    const model = lock.derived.models[0]!;
    expect(registry.tags.get(`site/models/tiny:${lock.models[0]!.source.revision}`)).toBe(model.manifest.digest);
    expect(registry.blobs.get(`site/models/tiny@${digestOf(weights)}`)?.equals(weights)).toBe(true);
    expect(first).toMatchObject({ result: 'pass', bytes: { present: 0, resumed: 0 } });
    expect(first.bytes.network).toBe(first.bytes.sent);
    expect(first.blobs.mounted).toBeGreaterThan(0);
    await expect(readFile(state)).rejects.toThrow('ENOENT');

    registry.writes.length = 0;
    const second = await pushed(store, state);
    expect(second).toMatchObject({
      blobs: { sent: 0, mounted: 0 },
      manifests: { sent: 0 },
      tags: { set: 0, moved: 0 },
    });
    expect(registry.writes.filter((line) => !line.startsWith('PUT /v2/site/registry.example/busybox/'))).toEqual([]);
  });

  it('says in a dry run what a registry may refuse, and does not count it as to be sent', async () => {
    const { folder, store } = await filled();
    const before = await pushed(store, path.join(folder, 'state.json'), true);
    const after = await pushed(store, path.join(folder, 'state.json'));
    const why = 'not asked: a dry run sends nothing';
    expect(before.unresolvable).toEqual(after.unresolvable.map((one) => ({ ...one, why })));
    expect(before.unresolvable).toHaveLength(1);
    expect([before.manifests, before.tags]).toEqual([after.manifests, after.tags]);
  });

  it('leaves out an index whose children the registry does not have, says so, and brings the platform', async () => {
    const { folder, store, lock, left } = await filled();
    const { index, manifests } = lock.images.find(({ name }) => name === 'toolbox')!;
    const { unresolvable, result } = await pushed(store, path.join(folder, 'state.json'));
    expect(result).toBe('pass');
    expect(unresolvable).toEqual([
      {
        ...{ repository: 'registry.example/busybox', index: index!.digest, tags: [], absent: ['linux/arm64'] },
        why: '400: MANIFEST_BLOB_UNKNOWN, no',
      },
    ]);
    expect(registry.tags.get('site/registry.example/busybox:1.36')).toBe(manifests[0]!.digest);
    expect([...registry.tags.values()]).not.toContain(left);
  });

  it('sends nothing in a dry run, and counts what a push then sends', async () => {
    const { folder, store } = await filled();
    const state = path.join(folder, 'state.json');
    const dry = await pushed(store, state, true);
    expect(registry.writes).toEqual([]);
    const { bytes, blobs } = await pushed(store, state);
    expect([dry.bytes.sent, dry.blobs]).toEqual([bytes.sent, blobs]);
  });

  it.each([0, 1, 50_000, 99_999])(
    'goes on from what had arrived when a part broke off after %d bytes',
    async (after) => {
      const { folder, store } = await filled();
      registry.breakOff = { times: 1, after };
      const { bytes, result } = await pushed(store, path.join(folder, 'state.json'));
      expect(result).toBe('pass');
      expect(registry.blobs.get(`site/models/tiny@${digestOf(weights)}`)?.equals(weights)).toBe(true);
      expect(bytes.network - bytes.sent).toBeLessThanOrEqual(CHUNK);
    },
  );

  it('goes on in the next run from what had arrived, and sends the rest alone', async () => {
    const { folder, store } = await filled();
    const state = path.join(folder, 'state.json');
    await pushed(store, state);
    const key = `site/models/tiny@${digestOf(weights)}`;
    registry.blobs.delete(key);
    registry.uploads.set('7', weights.subarray(0, 120_000));
    const location = `http://${registry.url}/v2/site/models/tiny/blobs/uploads/7`;
    const uploads = { [`models/tiny@${digestOf(weights)}`]: location };
    await writeFile(state, JSON.stringify({ format: 1, registry: `http://${registry.url}/site`, uploads }));
    const { bytes } = await pushed(store, state);
    expect(bytes).toMatchObject({ resumed: 120_000, network: weights.length - 120_000 });
    expect(registry.blobs.get(key)?.equals(weights)).toBe(true);
  });

  it('begins anew where what is noted holds other bytes', async () => {
    const { folder, store } = await filled();
    const state = path.join(folder, 'state.json');
    await pushed(store, state);
    const key = `site/models/tiny@${digestOf(weights)}`;
    registry.blobs.delete(key);
    registry.uploads.set('7', Buffer.alloc(weights.length + 1));
    const uploads = {
      [`models/tiny@${digestOf(weights)}`]: `http://${registry.url}/v2/site/models/tiny/blobs/uploads/7`,
    };
    await writeFile(state, JSON.stringify({ format: 1, registry: `http://${registry.url}/site`, uploads }));
    expect((await pushed(store, state)).bytes).toMatchObject({ resumed: 0, network: weights.length });
    expect(registry.blobs.get(key)?.equals(weights)).toBe(true);
  });

  it('sends nothing to another host that the registry names for an upload', async () => {
    const { folder, store } = await filled();
    registry.elsewhere = `http://${registry.url.replace('127.0.0.1', 'localhost')}`;
    await expect(pushed(store, path.join(folder, 'state.json'))).rejects.toMatchObject({ code: 'UPSTREAM_INSECURE' });
    expect([...registry.uploads.values()].every(({ length }) => length === 0)).toBe(true);
    expect(registry.blobs.size).toBe(0);
  });

  it('never finishes a blob that has become another one, nor pushes what names it, and brings the rest', async () => {
    const { folder, store, lock } = await filled();
    const rotten = Buffer.from(weights);
    rotten[250_000] = (rotten[250_000] ?? 0) ^ 1;
    await writeFile(path.join(store, 'blobs/sha256', digestOf(weights).slice(7)), rotten);
    const { result, problems } = await pushed(store, path.join(folder, 'state.json'));
    expect(result).toBe('fail');
    expect(problems).toEqual([expect.stringContaining(`blob ${digestOf(weights)} is damaged, so it is not pushed`)]);
    expect([...registry.blobs.keys()].filter((key) => key.includes(digestOf(weights)))).toEqual([]);
    expect([...registry.tags.keys()].filter((key) => key.startsWith('site/models/'))).toEqual([]);
    expect(registry.tags.get('site/registry.example/node:22')).toBe(lock.images[0]!.index!.digest);
    expect(registry.uploads.size).toBe(0);
  });
});

describe('notes of a push', () => {
  it('are not written over a file of something else', async () => {
    const file = path.join(dir(), 'notes.txt');
    await writeFile(file, 'mine');
    await expect(openNotes(file, 'http://127.0.0.1:1/')).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
  });

  it('lead to the registry alone', async () => {
    const file = path.join(dir(), 'notes.json');
    const key = `a@${digestOf('a')}`;
    const notes = { format: 1, registry: 'http://127.0.0.1:1/', uploads: { [key]: 'http://127.0.0.2:1/x' } };
    await writeFile(file, JSON.stringify(notes));
    expect((await openNotes(file, 'http://127.0.0.1:1/')).find('a', digestOf('a'))).toBeUndefined();
  });
});
