import fsPromises, { appendFile, mkdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { spyOn } from 'jest-mock';
import { request } from 'undici';
import { type Digest, digestOf, hexOf } from '../../../core/digest';
import type { NamedBlob } from '../../../offline-bundle/mirror/blob-health';
import { type Mirror, type MirrorOptions, startMirror } from '../../../offline-bundle/mirror/server';
import { openStore, type Store } from '../../../offline-bundle/store/store';
import { copyFolder } from '../../support/copy-folder';
import { flip } from '../../support/flip';
import { type Imported, importInto, scratchFolder } from './store-support';
import { seededBytes } from '../../outside-world/bytes';

const BIG = seededBytes('big', 5 * 1024 * 1024); // large enough to be hashed on another thread
/** No background reading, so that a test sees what a request alone finds. */
const NO_SCRUB = { pauseMs: 3_600_000, rate: 1 };

const dir = scratchFolder();
let pristine: Imported & { store: Store };
let second: Imported;
beforeAll(async () => {
  const at = path.join(dir(), 'pristine');
  pristine = await importInto(at, {
    modelFiles: { 'big.bin': BIG, 'README.md': Buffer.from('---\ntags: [x]\n---\n') },
  });
  second = await importInto(at, { variant: '-2', modelFiles: { 'other.bin': seededBytes('other', 5000) } });
});

const running: Mirror[] = [];
afterEach(async () => {
  for (const mirror of running.splice(0)) await mirror.close(0);
});

let copies = 0;
async function copy(): Promise<Store> {
  const to = path.join(dir(), `copy-${(copies += 1)}`);
  copyFolder(pristine.store.dir, to);
  return openStore(to);
}

async function start(store: Store, options: Partial<MirrorOptions> = {}): Promise<string> {
  const mirror = await startMirror({ store, host: '127.0.0.1', port: 0, scrub: NO_SCRUB, ...options });
  running.push(mirror);
  return mirror.url;
}

interface Got {
  readonly status: number;
  /** `cut` where the connection broke before the stated length. */
  readonly body: Buffer | 'cut';
  readonly headers: Readonly<Record<string, unknown>>;
}

async function get(url: string, headers: Record<string, string> = {}): Promise<Got> {
  const answer = await request(url, { headers });
  const body = await answer.body.arrayBuffer().then(
    (bytes) => Buffer.from(bytes),
    () => 'cut' as const,
  );
  return { status: answer.statusCode, body, headers: answer.headers };
}

const text = async (url: string): Promise<string> => String((await get(url)).body);
async function metric(url: string, name: string): Promise<number> {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(await text(`${url}/metrics`))?.[1]);
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it did not happen in ten seconds');
}

const DAMAGES: readonly (readonly [string, (file: string) => Promise<void>])[] = [
  ['flipped', (file) => flip(file)],
  ['truncated', (file) => truncate(file, 10)],
  ['removed', (file) => rm(file)],
  ['appended', (file) => appendFile(file, 'x')],
];

interface Served {
  readonly digest: Digest;
  readonly at: string;
}

function served(): Record<'index' | 'manifest' | 'configuration' | 'small file' | 'large file', Served> {
  const { plan, lock } = pristine;
  const [model] = lock.derived.models;
  const under = (digest: Digest, at: string): Served => ({ digest, at: `/v2/${at}/${digest}` });
  const readme = digestOf('---\ntags: [x]\n---\n');
  return {
    index: under(plan.root, 'airlock/bundle/manifests'),
    manifest: under(model!.manifest.digest, 'models/tiny/manifests'),
    configuration: under(model!.config.digest, 'models/tiny/blobs'),
    'small file': under(readme, 'models/tiny/blobs'),
    'large file': under(digestOf(BIG), 'models/tiny/blobs'),
  };
}

const KINDS = ['index', 'manifest', 'configuration', 'small file', 'large file'] as const;

describe.each(KINDS)('a blob that is damaged while the mirror runs, one mirror through all of it: %s', (kind) => {
  const notes: string[] = [];
  let store: Store;
  let mirror: Mirror;
  beforeAll(async () => {
    store = await copy();
    mirror = await startMirror({
      ...{ store, host: '127.0.0.1', port: 0, scrub: NO_SCRUB, note: (line: string) => notes.push(line) },
    });
  });
  afterAll(() => mirror.close(0));

  it.each(DAMAGES)(
    '%s: never ends well with wrong bytes, is told, and served again once it is right',
    async (_, damage) => {
      const { url } = mirror;
      notes.length = 0;
      const { digest, at } = served()[kind];
      const file = store.blobPath(digest);
      const right = await readFile(file);
      expect(digestOf((await get(url + at)).body as Buffer)).toBe(digest);

      await damage(file);
      const first = await get(url + at);
      if (first.status === 200) expect([kind, first.body]).toEqual(['large file', 'cut']);
      else expect(first.status).toBe(500);
      const again = await get(url + at);
      expect([again.status, String(again.body)]).toEqual([500, expect.stringContaining('--recheck')]);
      expect((await get(url + at, { range: 'bytes=0-5' })).status).toBe(500);
      expect(notes.join('\n')).toContain(`blob ${digest} is damaged`);
      // What is counted may be a moment old.
      await until(async () => (await metric(url, 'airlock_mirror_damaged_blobs')) === 1);
      expect(await metric(url, 'airlock_mirror_unserved_roots')).toBeGreaterThan(0);
      const other = await get(`${url}/v2/airlock/bundle/manifests/${second.plan.root}`);
      expect(digestOf(other.body as Buffer)).toBe(second.plan.root);
      expect((await get(`${url}/healthz`)).status).toBe(200);
      const ready = await get(`${url}/readyz`);
      expect([ready.status, String(ready.body)]).toEqual([
        200,
        expect.stringMatching(new RegExp(`^degraded.*${digest}`, 's')),
      ]);

      await rm(file, { force: true });
      await writeFile(file, right);
      expect(digestOf((await get(url + at)).body as Buffer)).toBe(digest);
      await until(async () => (await metric(url, 'airlock_mirror_damaged_blobs')) === 0);
      expect(await text(`${url}/readyz`)).toBe('ok\n');
    },
  );
});

describe('a blob that is damaged while the mirror runs', () => {
  it('is refused to clients of every protocol, in their words', async () => {
    const store = await copy();
    const url = await start(store);
    for (const { digest } of Object.values(served())) await rm(store.blobPath(digest));
    const hub = await get(`${url}/example/tiny/resolve/main/big.bin`);
    expect([hub.status, hub.headers['x-error-message']]).toEqual([500, expect.stringContaining('is missing')]);
    const commit = pristine.lock.models[0]!.source.revision;
    expect((await get(`${url}/api/models/example/tiny/revision/${commit}`)).status).toBe(500); // its card is missing
    const oci = await get(`${url}/v2/models/tiny/blobs/${digestOf(BIG)}`);
    expect(JSON.parse(String(oci.body))).toMatchObject({ errors: [{ code: 'UNAVAILABLE' }] });
  });

  it('is asked for anew where there is a source, and clients are told to come again', async () => {
    const store = await copy();
    const wanted: NamedBlob[] = [];
    const url = await start(store, { mend: (blob) => wanted.push(blob) });
    await flip(store.blobPath(digestOf(BIG)));
    expect((await get(url + served()['large file'].at)).body).toBe('cut');
    const again = await get(url + served()['large file'].at);
    expect([again.status, again.headers['retry-after']]).toEqual([503, '2']);
    expect(wanted).toEqual([{ digest: digestOf(BIG), size: BIG.length }]);
  });

  it.each(['EACCES', 'EPERM', 'EIO'])('is told where the disk says %s, which no client caused', async (code) => {
    const store = await copy();
    const url = await start(store);
    const { digest, at } = served()['large file'];
    const { open } = fsPromises;
    const spy = spyOn(fsPromises, 'open').mockImplementation((file, ...how) => {
      const denied = file === store.blobPath(digest);
      return denied ? Promise.reject(Object.assign(new Error(code), { code })) : open(file, ...how);
    });
    expect((await get(url + at)).status).toBe(500);
    spy.mockRestore();
    expect(await metric(url, 'airlock_mirror_damaged_blobs')).toBe(1);
    expect(await text(`${url}/readyz`)).toContain(`blob ${digest} is not served`);
    const stamp = new Date();
    await utimes(store.blobPath(digest), stamp, stamp); // as somebody who gives the permission back changes it
    expect((await get(url + at)).status).toBe(200);
    await until(async () => (await text(`${url}/readyz`)) === 'ok\n');
  });

  it('is found by reading in the background before anybody asks', async () => {
    const store = await copy();
    await flip(store.blobPath(digestOf(BIG)));
    const url = await start(store, { scrub: { pauseMs: 20 } });
    await until(async () => (await metric(url, 'airlock_mirror_damaged_blobs')) === 1);
    expect((await get(url + served()['large file'].at)).status).toBe(500);
  });

  it('takes the mirror out of service only when nothing whole is left', async () => {
    const store = await copy();
    const url = await start(store);
    const names = (await get(`${url}/v2/_catalog`)).body;
    const { repositories } = JSON.parse(String(names)) as { repositories: string[] };
    expect(repositories.length).toBeGreaterThan(3);
    await rm(path.join(store.dir, 'blobs', 'sha256'), { recursive: true });
    const { status, body } = await get(`${url}/readyz`);
    expect([status, String(body)]).toEqual([
      503,
      expect.stringMatching(/^nothing can be served\n(?:.*\n){20}and \d+ more\n$/),
    ]);
    expect((await get(`${url}/healthz`)).status).toBe(200);
  });
});

describe('a record that is damaged', () => {
  const BAD: readonly (readonly [string, (file: string) => Promise<unknown>])[] = [
    ...DAMAGES.filter(([name]) => name !== 'removed'),
    ['a folder', async (file) => rm(file).then(() => mkdir(file))],
  ];

  it.each(BAD)('%s: is named, and the others are served, now and after a restart', async (_, damage) => {
    const store = await copy();
    const url = await start(store);
    await damage(path.join(store.dir, 'roots', `${hexOf(pristine.plan.root)}.json`));
    for (const at of [url, await start(store)]) {
      expect((await get(`${at}/v2/airlock/bundle/manifests/${pristine.plan.root}`)).status).toBe(404);
      expect((await get(`${at}/v2/airlock/bundle/manifests/${second.plan.root}`)).status).toBe(200);
      expect(await metric(at, 'airlock_mirror_unserved_roots')).toBe(1);
      expect(await text(`${at}/readyz`)).toContain(`roots/${hexOf(pristine.plan.root)}.json is not served`);
      expect((await get(`${at}/healthz`)).status).toBe(200);
    }
  });

  it('is served again once it is right, without a restart', async () => {
    const store = await copy();
    const file = path.join(store.dir, 'blobs', 'sha256', hexOf(pristine.plan.root));
    const right = await readFile(file);
    await flip(file);
    const url = await start(store);
    const at = `${url}/v2/airlock/bundle/manifests/${pristine.plan.root}`;
    expect((await get(at)).status).toBe(404);
    await writeFile(file, right);
    await until(async () => (await get(at)).status === 200);
  });
});
