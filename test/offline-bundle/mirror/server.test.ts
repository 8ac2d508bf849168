import { readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { Agent, request } from 'undici';
import { summarize } from '../../../offline-bundle/mirror/catalog';
import { parseListenAddress } from '../../../offline-bundle/mirror/listen-address';
import { type Mirror, type MirrorOptions, startMirror } from '../../../offline-bundle/mirror/server';
import { readTlsFiles } from '../../../offline-bundle/mirror/tls-files';
import { openStore, type Store } from '../../../offline-bundle/store/store';
import { importInto, scratchFolder } from './store-support';
import { seededBytes } from '../../outside-world/bytes';

const TLS = path.resolve(__dirname, '../../fixtures/tls');
const BIG = seededBytes('big', 24 * 1024 * 1024);

const dir = scratchFolder();
const running: Mirror[] = [];

async function start(store: Store, options: Partial<MirrorOptions> = {}): Promise<Mirror> {
  const mirror = await startMirror({ store, host: '127.0.0.1', port: 0, ...options });
  running.push(mirror);
  return mirror;
}

afterEach(async () => {
  for (const mirror of running.splice(0)) await mirror.close(0);
});

async function status(url: string): Promise<number> {
  const { statusCode, body } = await request(url);
  await body.dump();
  return statusCode;
}

async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not happen in ten seconds');
}

describe('the mirror', () => {
  it('serves over TLS to clients that trust the private authority, and to no others', async () => {
    const { store } = await importInto(path.join(dir(), 'tls'));
    const tls = await readTlsFiles(path.join(TLS, 'server.crt'), path.join(TLS, 'server.key'));
    const mirror = await start(store, { tls });
    expect(mirror.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const ca = await readFile(path.join(TLS, 'ca.crt'), 'utf8');
    const trusting = new Agent({ connect: { ca } });
    const { statusCode, body } = await request(`${mirror.url}/v2/`, { dispatcher: trusting });
    await body.dump();
    await trusting.close();
    expect(statusCode).toBe(200);
    const strict = new Agent();
    await expect(request(`${mirror.url}/v2/`, { dispatcher: strict })).rejects.toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
    await strict.close();
  });

  it('answers 503 until the store is filled, but is healthy at once', async () => {
    const { store } = await importInto(path.join(dir(), 'ready'));
    let filled = false;
    const { url } = await start(store, { isReady: () => filled });
    expect(await Promise.all(['/healthz', '/readyz', '/v2/'].map((at) => status(url + at)))).toEqual([200, 503, 503]);
    filled = true;
    expect(await Promise.all(['/healthz', '/readyz', '/v2/'].map((at) => status(url + at)))).toEqual([200, 200, 200]);
  });

  it('serves what is imported while it runs', async () => {
    const at = path.join(dir(), 'live');
    const store = await openStore(path.join(at, 'store'), { create: true });
    const mirror = await start(store);
    expect(await status(`${mirror.url}/v2/models/tiny/tags/list`)).toBe(404);
    expect(summarize(await mirror.catalog()).images).toEqual([]);
    await importInto(at);
    expect(await status(`${mirror.url}/v2/models/tiny/tags/list`)).toBe(200);
    const summary = summarize(await mirror.catalog());
    expect(summary.models).toMatchObject([{ repository: 'example/tiny', files: 4 }]);
    expect(summary.providers).toEqual([
      { source: 'registry.terraform.example/acme/null', version: '3.2.4', platforms: ['linux_amd64'] },
    ]);
    expect(summary.files).toEqual([{ path: 'terraform/terraform_1.11.4.zip', bytes: 800 }]);
  });

  it('stops serving what is removed from the roots', async () => {
    const at = path.join(dir(), 'removed');
    const { store, plan } = await importInto(at);
    const { url } = await start(store);
    expect(await status(`${url}/v2/airlock/bundle/manifests/${plan.root}`)).toBe(200);
    await rm(path.join(store.dir, 'roots', `${plan.root.slice(7)}.json`));
    expect(await status(`${url}/v2/airlock/bundle/manifests/${plan.root}`)).toBe(404);
  });

  it('names a root whose manifests are damaged, and serves the others', async () => {
    const at = path.join(dir(), 'damaged');
    const { lock, store, plan } = await importInto(at);
    await importInto(at, { variant: '2' });
    await writeFile(store.blobPath(lock.derived.models[0]!.manifest.digest), 'damaged');
    const other = await importInto(at, { variant: '3', modelFiles: { 'other.txt': Buffer.from('other') } });
    const notes: string[] = [];
    const mirror = await start(store, { note: (text) => notes.push(text) });
    expect(notes).toHaveLength(2);
    expect(notes.join('\n')).toContain(`bundle ${plan.root} is not served`);
    expect((await mirror.catalog()).problems).toEqual(notes);
    expect(await status(`${mirror.url}/v2/airlock/bundle/manifests/${plan.root}`)).toBe(404);
    expect(await status(`${mirror.url}/v2/airlock/bundle/manifests/${other.plan.root}`)).toBe(200);
  });

  it('lets an upstream image claim to be a model without believing it', async () => {
    const at = path.join(dir(), 'claim');
    const { store } = await importInto(at, {
      editLock: (lock) => {
        // As if a registry had served the model's manifest under the name of an image.
        const { manifest, config } = lock.derived.models[0]!;
        const [model] = lock.models.splice(0);
        const layers = model!.files.map(({ sha256, size }) => ({
          mediaType: 'application/vnd.cncf.model.weight.v1.raw',
          digest: `sha256:${sha256}` as const,
          size,
        }));
        lock.images.push({
          name: 'liar',
          reference: 'registry.example/liar:1',
          repository: 'registry.example/liar',
          usedBy: ['images'],
          complete: false,
          manifests: [{ platform: 'linux/amd64', ...manifest, config, layers }],
        });
      },
    });
    const mirror = await start(store);
    expect(await status(`${mirror.url}/v2/registry.example/liar/manifests/1`)).toBe(200);
    expect(await status(`${mirror.url}/api/models/example/tiny`)).toBe(404);
  });

  it('closes its files when clients leave in the middle', async () => {
    const { store, plan } = await importInto(path.join(dir(), 'leave'), { modelFiles: { 'big.bin': BIG } });
    const mirror = await start(store);
    const { digest } = plan.blobs.find(({ file }) => file === 'big.bin')!;
    const openCount = async (): Promise<number> => {
      const names = await readdir('/proc/self/fd');
      const targets = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')));
      return targets.filter((target) => target === store.blobPath(digest)).length;
    };
    const bodies = await Promise.all(
      Array.from({ length: 8 }, async () => (await request(`${mirror.url}/v2/models/tiny/blobs/${digest}`)).body),
    );
    await until(async () => (await openCount()) === 8);
    bodies.forEach((body) => body.on('error', () => undefined).destroy());
    await until(async () => (await openCount()) === 0);
    expect(await status(`${mirror.url}/healthz`)).toBe(200);
  });

  it('finishes a transfer that is under way when it is closed, and takes no new one', async () => {
    const { store, plan } = await importInto(path.join(dir(), 'close'), { modelFiles: { 'big.bin': BIG } });
    const mirror = await start(store);
    const { digest } = plan.blobs.find(({ file }) => file === 'big.bin')!;
    const { body } = await request(`${mirror.url}/v2/models/tiny/blobs/${digest}`);
    const closed = mirror.close(60_000);
    expect(Buffer.from(await body.arrayBuffer()).equals(BIG)).toBe(true);
    await closed;
    await expect(request(`${mirror.url}/healthz`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('cuts a transfer that outlasts the grace', async () => {
    const { store, plan } = await importInto(path.join(dir(), 'cut'), { modelFiles: { 'big.bin': BIG } });
    const mirror = await start(store);
    const { digest } = plan.blobs.find(({ file }) => file === 'big.bin')!;
    const { body } = await request(`${mirror.url}/v2/models/tiny/blobs/${digest}`);
    await mirror.close(1);
    await expect(body.arrayBuffer()).rejects.toThrow();
  });

  it('answers a write without reading its body, however long that is', async () => {
    const { store } = await importInto(path.join(dir(), 'write'));
    const { port } = new URL((await start(store)).url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('PUT /v2/a/blobs/uploads/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\nfirst bytes');
    const parts: Buffer[] = [];
    for await (const part of socket) parts.push(part as Buffer);
    expect(Buffer.concat(parts).toString()).toMatch(/^HTTP\/1\.1 405 .*connection: close/s);
  });

  it('logs a line per request when asked', async () => {
    const { store } = await importInto(path.join(dir(), 'log'));
    const lines: string[] = [];
    const { url } = await start(store, { accessLog: (line) => lines.push(line) });
    await status(`${url}/v2/models/tiny/tags/list?n=1`);
    await until(() => lines.length === 1);
    expect(lines[0]).toMatch(/ 127\.0\.0\.1 "GET \/v2\/models\/tiny\/tags\/list\?n=1" 200 \d+ \d+ms$/);
  });

  it('says what is wrong with an address that is taken', async () => {
    const { store } = await importInto(path.join(dir(), 'taken'));
    const { url } = await start(store);
    await expect(start(store, { port: Number(new URL(url).port) })).rejects.toMatchObject({
      kind: 'environment',
      message: expect.stringContaining('EADDRINUSE') as string,
    });
  });
});

describe('readTlsFiles', () => {
  it('refuses a key of another certificate, and a file that is not there', async () => {
    const [server, key] = [path.join(TLS, 'server.crt'), path.join(TLS, 'server.key')];
    await expect(readTlsFiles(path.join(TLS, 'ca.crt'), key)).rejects.toMatchObject({ kind: 'input' });
    await expect(readTlsFiles(server, path.join(TLS, 'none.key'))).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('ENOENT') as string,
    });
  });
});

describe('parseListenAddress', () => {
  it.each([
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['localhost:8443', { host: 'localhost', port: 8443 }],
    [':8443', { host: '::', port: 8443 }],
    ['[::1]:80', { host: '::1', port: 80 }],
  ])('reads %s', (text, address) => {
    expect(parseListenAddress(text)).toEqual(address);
  });

  it.each(['8443', 'localhost', 'localhost:', 'localhost:99999', '::1:80', 'http://x:80', ''])(
    'refuses "%s"',
    (text) => {
      expect(() => parseListenAddress(text)).toThrow(/is not an address to listen on/);
    },
  );
});
