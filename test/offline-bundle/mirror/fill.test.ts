import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { request } from 'undici';
import { digestOf } from '../../../core/digest';
import { SILENT } from '../../../core/progress';
import { HttpClient } from '../../../offline-bundle/fetch/http';
import { type FillOptions, fillStore, fillUntilDone, parsePin } from '../../../offline-bundle/mirror/fill';
import { type Mirror, startMirror } from '../../../offline-bundle/mirror/server';
import { readTlsFiles } from '../../../offline-bundle/mirror/tls-files';
import { openStore, type Store } from '../../../offline-bundle/store/store';
import { type Imported, importInto, scratchFolder } from './store-support';
import { seededBytes } from '../../outside-world/bytes';

const BIG = seededBytes('big', 3 * 1024 * 1024);

const dir = scratchFolder();
let upstream: Imported & { store: Store };
let source: Mirror;
const lines: string[] = [];
let folder = 0;

beforeAll(async () => {
  upstream = await importInto(path.join(dir(), 'upstream'), { modelFiles: { 'big.bin': BIG } });
  source = await startMirror({
    store: upstream.store,
    host: '127.0.0.1',
    port: 0,
    accessLog: (line) => lines.push(line),
  });
});

afterAll(() => source.close(0));

const newStore = (): Promise<Store> => openStore(path.join(dir(), `filled-${(folder += 1)}`), { create: true });

/** A client that waits for nobody. */
const hasty = (): HttpClient =>
  new HttpClient({ version: 'test', retry: { attempts: 3, unreachableAttempts: 2 }, sleep: () => Promise.resolve() });

const modelPin = (): { repository: string; digest: `sha256:${string}` } => ({
  repository: 'models/tiny',
  digest: upstream.lock.derived.models[0]!.manifest.digest,
});

const imagePin = (): { repository: string; digest: `sha256:${string}` } => ({
  repository: 'registry.example/busybox',
  digest: upstream.lock.images.find(({ name }) => name === 'toolbox')!.index!.digest,
});

async function fill(store: Store, options: Partial<FillOptions> = {}): Promise<void> {
  const http = hasty();
  try {
    await fillStore({
      from: new URL(source.url),
      pins: [modelPin(), imagePin()],
      store,
      version: 'test',
      http,
      ...options,
    });
  } finally {
    await http.close();
  }
}

async function status(url: string): Promise<number> {
  const { statusCode, body } = await request(url);
  await body.dump();
  return statusCode;
}

/** A server in front of the source that may change or break what passes. */
async function between(
  change: (url: string, body: Buffer) => Buffer | 'break',
): Promise<{ url: URL; close: () => Promise<void> }> {
  const server: Server = createServer((incoming, outgoing) => {
    void (async () => {
      const { url = '/', headers } = incoming;
      const { range } = headers;
      const answer = await request(source.url + url, { headers: range === undefined ? {} : { range } });
      const bytes = Buffer.from(await answer.body.arrayBuffer());
      const changed = change(url, bytes);
      outgoing.writeHead(answer.statusCode, { ...answer.headers, 'content-length': bytes.length });
      if (changed === 'break') outgoing.write(bytes.subarray(0, 1_000_000), () => outgoing.destroy());
      else outgoing.end(changed);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('fillStore', () => {
  it('brings pinned manifests and what they reach, and makes them servable', async () => {
    const store = await newStore();
    await fill(store);
    const mirror = await startMirror({ store, host: '127.0.0.1', port: 0 });
    try {
      const at = (where: string): Promise<number> => status(mirror.url + where);
      expect(await at(`/v2/models/tiny/manifests/${modelPin().digest}`)).toBe(200);
      expect(await at(`/v2/models/tiny/blobs/${digestOf(BIG)}`)).toBe(200);
      expect(await at(`/v2/registry.example/busybox/manifests/${imagePin().digest}`)).toBe(200);
      expect(await at('/example/tiny/resolve/main/big.bin')).toBe(200);
      expect(await at('/v2/registry.example/node/manifests/22')).toBe(404);
    } finally {
      await mirror.close(0);
    }
    expect(await store.roots()).toMatchObject(
      [modelPin(), imagePin()].map((pin) => ({ kind: 'pin', ...pin })).sort((a, b) => (a.digest < b.digest ? -1 : 1)),
    );
  });

  it('asks the source for nothing when everything is there', async () => {
    const store = await newStore();
    await fill(store);
    lines.length = 0;
    await fill(store, { from: new URL('http://127.0.0.1:9') });
    expect(lines).toEqual([]);
  });

  it('serves what it kept after a restart, although its source is gone', async () => {
    const store = await newStore();
    await fill(store);
    const restarted = await openStore(store.dir, { create: true });
    await fill(restarted, { from: new URL('http://127.0.0.1:9') });
    const mirror = await startMirror({ store: restarted, host: '127.0.0.1', port: 0 });
    try {
      expect(await status(`${mirror.url}/v2/models/tiny/blobs/${digestOf(BIG)}`)).toBe(200);
    } finally {
      await mirror.close(0);
    }
  });

  it('fills itself from a mirror over TLS with a private authority, and from no other', async () => {
    const fixtures = path.resolve(__dirname, '../../fixtures/tls');
    const file = (name: string): string => path.join(fixtures, name);
    const tls = await readTlsFiles(file('server.crt'), file('server.key'));
    const bastion = await startMirror({ store: upstream.store, host: '127.0.0.1', port: 0, tls });
    const from = new URL(bastion.url.replace('127.0.0.1', 'localhost'));
    const authorities = [await readFile(file('ca.crt'), 'utf8')];
    const http = new HttpClient({ version: 'test', authorities, sleep: () => Promise.resolve() });
    try {
      await expect(fill(await newStore(), { from })).rejects.toMatchObject({ kind: 'environment' });
      const store = await newStore();
      await fill(store, { from, http });
      expect(await store.roots()).toHaveLength(2);
    } finally {
      await http.close();
      await bastion.close(0);
    }
  });

  it('goes on where a broken connection stopped', async () => {
    let broken = 0;
    const { url, close } = await between((at, body) =>
      at.endsWith(digestOf(BIG)) && body.length > 1_500_000 && (broken += 1) > 0 ? 'break' : body,
    );
    const store = await newStore();
    try {
      await fill(store, { from: url, pins: [modelPin()] });
    } finally {
      await close();
    }
    expect(broken).toBe(2); // 3 MiB in steps of a million bytes: the last part is short enough to pass
    expect(await store.has(digestOf(BIG), BIG.length)).toBe(true);
  });

  it('refuses wrong bytes and serves nothing of them', async () => {
    const wrong = Buffer.from(BIG).fill(0, 5, 6);
    const { url, close } = await between((at, body) => (at.endsWith(digestOf(BIG)) ? wrong : body));
    const store = await newStore();
    try {
      await expect(fill(store, { from: url, pins: [modelPin()] })).rejects.toMatchObject({
        kind: 'check',
        message: expect.stringContaining('big.bin') as string,
      });
    } finally {
      await close();
    }
    expect(await store.roots()).toEqual([]);
    expect(await store.has(digestOf(BIG), BIG.length)).toBe(false);
  });

  it('is an input error when the source does not have a pin', async () => {
    const digest = digestOf('nothing');
    await expect(fill(await newStore(), { pins: [{ repository: 'models/tiny', digest }] })).rejects.toMatchObject({
      kind: 'input',
    });
  });
});

describe('fillUntilDone', () => {
  it('waits for a source that is not there yet, until it is told to stop', async () => {
    const stop = new AbortController();
    const http = hasty();
    const notes: string[] = [];
    const progress = {
      ...SILENT,
      note: (text: string) => {
        notes.push(text);
        stop.abort();
      },
    };
    const from = new URL('http://127.0.0.1:9');
    const store = await newStore();
    const filling = fillUntilDone({
      from,
      pins: [modelPin()],
      store,
      version: 'test',
      http,
      progress,
      signal: stop.signal,
    });
    await expect(filling).rejects.toThrow(/abort/i);
    expect(notes.at(-1)).toMatch(/cannot reach 127\.0\.0\.1:9.*trying again in 1 s/);
    await http.close();
  });

  it('does not try wrong bytes again', async () => {
    const { url, close } = await between((at, body) => (at.includes('/blobs/') ? Buffer.alloc(body.length) : body));
    const http = hasty();
    const store = await newStore();
    await expect(fillUntilDone({ from: url, pins: [modelPin()], store, version: 'test', http })).rejects.toMatchObject({
      kind: 'check',
    });
    await http.close();
    await close();
  });
});

describe('parsePin', () => {
  it('reads repository and digest', () => {
    const digest = digestOf('x');
    expect(parsePin(`docker.io/library/busybox@${digest}`)).toEqual({
      repository: 'docker.io/library/busybox',
      digest,
    });
  });

  it.each(['', 'models/tiny', 'models/tiny:main', '@sha256:00', `models/../x@sha256:${'0'.repeat(64)}`, 'x@sha256:0'])(
    'refuses "%s"',
    (text) => {
      expect(() => parsePin(text)).toThrow(/is not a pin/);
    },
  );
});
