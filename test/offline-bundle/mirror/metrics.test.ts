import { X509Certificate } from 'node:crypto';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Agent, type Dispatcher, request } from 'undici';
import { type Mirror, type MirrorOptions, startMirror } from '../../../offline-bundle/mirror/server';
import { readTlsFiles } from '../../../offline-bundle/mirror/tls-files';
import type { Store } from '../../../offline-bundle/store/store';
import { importInto, scratchFolder } from './store-support';
import { seededBytes } from '../../outside-world/bytes';

const TLS = path.resolve(__dirname, '../../fixtures/tls');
const BIG = seededBytes('big', 24 * 1024 * 1024);
const dir = scratchFolder();
const running: Mirror[] = [];

afterEach(async () => {
  for (const mirror of running.splice(0)) await mirror.close(0);
});

async function start(store: Store, options: Partial<MirrorOptions> = {}): Promise<string> {
  const mirror = await startMirror({ store, host: '127.0.0.1', port: 0, ...options });
  running.push(mirror);
  return mirror.url;
}

async function text(url: string, dispatcher?: Dispatcher): Promise<string> {
  const { body } = await request(url, dispatcher === undefined ? {} : { dispatcher });
  return body.text();
}

/** Value of a series as a scraper reads it; undefined where there is none. */
async function value(url: string, series: string, dispatcher?: Dispatcher): Promise<number | undefined> {
  const line = (await text(`${url}/metrics`, dispatcher)).split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not happen in ten seconds');
}

describe('GET /metrics of the mirror', () => {
  it('counts requests by protocol and status, and the bytes that went out', async () => {
    const { store, plan } = await importInto(path.join(dir(), 'count'), { modelFiles: { 'big.bin': BIG } });
    const { digest } = plan.blobs.find(({ file }) => file === 'big.bin')!;
    const url = await start(store);
    await text(`${url}/v2/models/tiny/blobs/${digest}`);
    await text(`${url}/v2/models/none/tags/list`);
    await text(`${url}/example/tiny/resolve/main/big.bin`);
    await text(`${url}/files/none?x=/v2/`);
    const requests = (protocol: string, code: number): Promise<number | undefined> =>
      value(url, `airlock_mirror_requests_total{protocol="${protocol}",code="${code}"}`);
    await until(async () => (await requests('files', 404)) === 1);
    expect([await requests('oci', 200), await requests('oci', 404), await requests('hub', 200)]).toEqual([1, 1, 1]);
    const sent = (await value(url, 'airlock_mirror_sent_bytes_total{protocol="oci"}')) ?? 0;
    expect(sent).toBeGreaterThan(BIG.length);
    expect(sent).toBeLessThan(BIG.length + 2000);
  });

  it('counts what went out of a transfer that broke off, and that it did', async () => {
    const { store, plan } = await importInto(path.join(dir(), 'abort'), { modelFiles: { 'big.bin': BIG } });
    const { digest } = plan.blobs.find(({ file }) => file === 'big.bin')!;
    const url = await start(store);
    const { body } = await request(`${url}/v2/models/tiny/blobs/${digest}`);
    await new Promise((resolve) => body.once('readable', resolve));
    body.on('error', () => undefined).destroy();
    await until(async () => (await value(url, 'airlock_mirror_aborted_total{protocol="oci"}')) === 1);
    const sent = await value(url, 'airlock_mirror_sent_bytes_total{protocol="oci"}');
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(BIG.length);
  });

  it('makes no series of what clients ask for', async () => {
    const { store } = await importInto(path.join(dir(), 'series'));
    const url = await start(store);
    for (let n = 0; n < 20; n += 1) await text(`${url}/no-such-thing-${n}`);
    const body = await text(`${url}/metrics`);
    expect(body.match(/^airlock_mirror_requests_total\{/gm)?.length).toBeLessThan(5);
    expect(body).not.toContain('no-such-thing');
  });

  it('answers while the store is being filled, and says so', async () => {
    const { store } = await importInto(path.join(dir(), 'filling'));
    let filled = false;
    const url = await start(store, { isReady: () => filled });
    expect(await value(url, 'airlock_mirror_ready')).toBe(0);
    filled = true;
    expect(await value(url, 'airlock_mirror_ready')).toBe(1);
  });

  it('counts what it does not serve because it is damaged', async () => {
    const { lock, store, plan } = await importInto(path.join(dir(), 'damaged'), { modelFiles: { 'big.bin': BIG } });
    const url = await start(store);
    expect(await value(url, 'airlock_mirror_unserved_roots')).toBe(0);
    const { digest } = plan.blobs.find(({ file }) => file === 'big.bin')!;
    await truncate(store.blobPath(digest), 5);
    await text(`${url}/v2/models/tiny/blobs/${digest}`);
    await until(async () => (await value(url, 'airlock_mirror_requests_total{protocol="oci",code="500"}')) === 1);
    await writeFile(store.blobPath(lock.derived.models[0]!.manifest.digest), 'damaged');
    const again = await start(store);
    expect(await value(again, 'airlock_mirror_unserved_roots')).toBe(1);
  });

  it('tells when its certificate expires, and nothing of one where there is none', async () => {
    const { store } = await importInto(path.join(dir(), 'tls'));
    const tls = await readTlsFiles(path.join(TLS, 'server.crt'), path.join(TLS, 'server.key'));
    const dispatcher = new Agent({ connect: { ca: await readFile(path.join(TLS, 'ca.crt'), 'utf8') } });
    const name = 'airlock_mirror_certificate_expiry_timestamp_seconds';
    const expires = Date.parse(new X509Certificate(tls.cert).validTo) / 1000;
    expect(await value(await start(store, { tls }), name, dispatcher)).toBe(expires);
    await dispatcher.close();
    expect(await value(await start(store), name)).toBeUndefined();
  });
});
