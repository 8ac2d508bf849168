import { mkdir, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { canonicalJson } from '../../../core/canonical-json';
import { digestOf } from '../../../core/digest';
import { SILENT } from '../../../core/progress';
import { type FetchedWeights, type FetchOptions, fetchWeights } from '../../../offline-bundle/weights/fetch';
import { startMirror } from '../../../offline-bundle/mirror/server';
import { readTlsFiles } from '../../../offline-bundle/mirror/tls-files';
import { importInto, scratchFolder } from '../mirror/store-support';
import { seededBytes } from '../../outside-world/bytes';

const BIG = seededBytes('big', 4 * 1024 * 1024);
const FILES: Record<string, Buffer> = {
  'config.json': Buffer.from('{}'),
  'copy of config.json': Buffer.from('{}'),
  'empty.txt': Buffer.alloc(0),
  'model.safetensors': BIG,
  'sub/deep/tokenizer.json': Buffer.from('{"a":1}'),
};
const TOTAL = Object.values(FILES).reduce((sum, bytes) => sum + bytes.length, 0);
const MANIFEST = canonicalJson({
  schemaVersion: 2,
  layers: Object.entries(FILES).map(([title, bytes]) => ({
    mediaType: 'application/octet-stream',
    digest: digestOf(bytes),
    size: bytes.length,
    annotations: { 'org.opencontainers.image.title': title },
  })),
});
const BLOBS = new Map(Object.values(FILES).map((bytes) => [`/v2/models/tiny/blobs/${digestOf(bytes)}`, bytes]));

/** A small registry of the test's own, whose answers a test may change. */
type Behavior = (request: IncomingMessage, response: ServerResponse, bytes: Buffer) => boolean;

const dir = scratchFolder();
let server: Server;
let mirror: URL;
let requests: string[] = [];
let behave: Behavior = () => false;
let into: string;
let folder = 0;

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { url = '', headers } = request;
  requests.push(`${url.split('/').at(-2) ?? ''} ${headers.range ?? ''}`.trim());
  const bytes = url === `/v2/models/tiny/manifests/${digestOf(MANIFEST)}` ? MANIFEST : BLOBS.get(url);
  if (bytes === undefined) {
    response.writeHead(404).end();
    return;
  }
  if (behave(request, response, bytes)) return;
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  if (headers.range === undefined) response.writeHead(200, { 'content-length': bytes.length });
  else
    response.writeHead(206, {
      'content-length': bytes.length - from,
      'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}`,
    });
  response.end(bytes.subarray(from));
}

beforeAll(async () => {
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  mirror = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
  behave = () => false;
  requests = [];
  into = path.join(dir(), `model-${(folder += 1)}`);
});

const fetch = (options: Partial<FetchOptions> = {}): Promise<FetchedWeights> =>
  fetchWeights({
    mirror,
    contents: [{ kind: 'model', name: 'tiny', manifest: digestOf(MANIFEST) }],
    into,
    version: 'test',
    retry: { attempts: 3, unreachableAttempts: 2, baseDelayMs: 1, maxDelayMs: 1 },
    ...options,
  });

const contents = async (): Promise<string[]> =>
  (await readdir(into, { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(into, path.join(entry.parentPath, entry.name)))
    .sort();

describe('fetchWeights', () => {
  it('brings exactly the files of the manifest and reports every byte once', async () => {
    let moved = 0;
    const progress = { ...SILENT, advance: (bytes: number) => (moved += bytes) };
    expect(await fetch({ progress })).toEqual({ files: 5, bytes: TOTAL, fetched: 5, hashed: 0 });
    expect(await contents()).toEqual(Object.keys(FILES).sort());
    for (const [name, bytes] of Object.entries(FILES))
      expect((await readFile(path.join(into, name))).equals(bytes)).toBe(true);
    expect(await readdir(into)).not.toContain('.airlock-partial');
    expect(moved).toBe(TOTAL);
    expect((await stat(path.join(into, 'config.json'))).mode & 0o111).toBe(0);
  });

  it('hashes what is there and fetches only what is not', async () => {
    await fetch();
    await rm(path.join(into, 'config.json'));
    requests = [];
    expect(await fetch()).toMatchObject({ fetched: 1 });
    expect(requests).toEqual(['manifests', 'blobs']);
    requests = [];
    expect(await fetch()).toMatchObject({ fetched: 0 });
    expect(requests).toEqual(['manifests']);
  });

  it('shows changed and unlisted files before it fetches anything, and mends nothing', async () => {
    await mkdir(into);
    const changed = Buffer.from(BIG).fill(1, 7, 8);
    await writeFile(path.join(into, 'model.safetensors'), changed);
    await writeFile(path.join(into, 'evil.py'), 'x');
    await expect(fetch()).rejects.toMatchObject({
      kind: 'check',
      message: expect.stringMatching(/changed: model\.safetensors hashes to .*\n {2}unlisted: evil\.py$/) as string,
    });
    expect(requests).toEqual(['manifests']);
    expect((await readFile(path.join(into, 'model.safetensors'))).equals(changed)).toBe(true);
  });

  it('writes through no link', async () => {
    const outside = path.join(dir(), 'outside');
    await mkdir(outside, { recursive: true });
    await mkdir(into);
    await symlink(outside, path.join(into, 'sub'));
    await expect(fetch()).rejects.toMatchObject({ message: expect.stringContaining('sub (symbolic link)') as string });
    await rm(path.join(into, 'sub'));
    await symlink(outside, path.join(into, '.airlock-partial'));
    await expect(fetch()).rejects.toMatchObject({ kind: 'check' });
    expect(await readdir(outside)).toEqual([]);
  });

  it('goes on where a broken connection stopped', async () => {
    let moved = 0;
    const progress = { ...SILENT, advance: (bytes: number) => (moved += bytes) };
    let left = 2;
    behave = (request, response, bytes) => {
      if (bytes !== BIG || left-- <= 0) return false;
      const from = Number(/\d+/.exec(request.headers.range ?? '0')?.[0] ?? 0);
      response.writeHead(from === 0 ? 200 : 206, {
        'content-length': BIG.length - from,
        ...(from === 0 ? {} : { 'content-range': `bytes ${from}-${BIG.length - 1}/${BIG.length}` }),
      });
      response.write(BIG.subarray(from, from + 1_000_000), () => response.destroy());
      return true;
    };
    expect(await fetch({ progress })).toMatchObject({ fetched: 5 });
    const parts = requests.filter((line) => line.includes('bytes='));
    expect(parts).toHaveLength(2);
    expect((await readFile(path.join(into, 'model.safetensors'))).equals(BIG)).toBe(true);
    expect(moved).toBe(TOTAL);
  });

  it('goes on after a restart with what an earlier run left, and does not trust it', async () => {
    const at = Object.keys(FILES).indexOf('model.safetensors');
    const staged = path.join(into, '.airlock-partial', `${digestOf(BIG).slice(7)}-${at}`);
    await mkdir(path.dirname(staged), { recursive: true });
    await writeFile(staged, BIG.subarray(0, 3_000_000));
    await writeFile(path.join(path.dirname(staged), 'of another model'), 'x');
    expect(await fetch()).toMatchObject({ fetched: 5 });
    expect(requests).toContain('blobs bytes=3000000-');
    expect(await readdir(into)).not.toContain('.airlock-partial');

    await rm(path.join(into, 'model.safetensors'));
    await mkdir(path.dirname(staged), { recursive: true });
    await writeFile(staged, Buffer.alloc(3_000_000));
    requests = [];
    expect(await fetch()).toMatchObject({ fetched: 1 });
    expect(requests).toEqual(['manifests', 'blobs bytes=3000000-', 'blobs']);
    expect((await readFile(path.join(into, 'model.safetensors'))).equals(BIG)).toBe(true);
  });

  it('removes what an earlier run left when there is nothing to fetch', async () => {
    await fetch();
    await mkdir(path.join(into, '.airlock-partial'));
    await writeFile(path.join(into, '.airlock-partial', 'x'), 'x');
    expect(await fetch()).toMatchObject({ fetched: 0 });
    expect(await readdir(into)).not.toContain('.airlock-partial');
  });

  it('refuses wrong bytes, names the file and leaves nothing under its name', async () => {
    behave = (_request, response, bytes) => {
      if (bytes !== BIG) return false;
      response.writeHead(200, { 'content-length': BIG.length }).end(Buffer.alloc(BIG.length));
      return true;
    };
    await expect(fetch()).rejects.toMatchObject({
      kind: 'check',
      message: expect.stringContaining('model.safetensors') as string,
    });
    expect(await contents()).not.toContain('model.safetensors');
  });

  it('refuses another manifest than the one that was asked for', async () => {
    behave = (_request, response, bytes) => {
      if (bytes !== MANIFEST) return false;
      response.writeHead(200).end('{"layers":[]}');
      return true;
    };
    await expect(fetch()).rejects.toMatchObject({ kind: 'check', exitCode: 1 });
  });

  it('tries again while the mirror answers 503, and gives up in the end', async () => {
    let busy = 2;
    behave = (_request, response) => {
      if (busy-- <= 0) return false;
      response.writeHead(503).end();
      return true;
    };
    expect(await fetch()).toMatchObject({ fetched: 5 });
    busy = 99;
    await expect(fetch()).rejects.toMatchObject({ kind: 'environment', exitCode: 3 });
  });

  it('says that the mirror does not serve the model', async () => {
    await expect(
      fetch({ contents: [{ kind: 'model', name: 'tiny', manifest: digestOf('another') }] }),
    ).rejects.toMatchObject({
      kind: 'environment',
      message: expect.stringContaining('does not serve') as string,
    });
  });

  it('fetches files of the lock beside each other, and refuses two of one name', async () => {
    const { store, lock } = await importInto(path.join(dir(), 'files'));
    const real = await startMirror({ store, host: '127.0.0.1', port: 0 });
    const { name, manifest } = lock.derived.files![0]!;
    const file = { kind: 'file', name, manifest: manifest.digest } as const;
    const from = { mirror: new URL(real.url) };
    try {
      expect(await fetch({ ...from, contents: [file] })).toMatchObject({ files: 1, fetched: 1 });
      expect(await contents()).toEqual(['terraform_1.11.4.zip']);
      await expect(fetch({ ...from, contents: [file, file] })).rejects.toThrow(
        /terraform_1\.11\.4\.zip is named twice/,
      );
    } finally {
      await real.close(0);
    }
  });

  it('fetches from the mirror over TLS with a private authority', async () => {
    const fixtures = path.resolve(__dirname, '../../fixtures/tls');
    const { store, lock } = await importInto(path.join(dir(), 'tls'));
    const tls = await readTlsFiles(path.join(fixtures, 'server.crt'), path.join(fixtures, 'server.key'));
    const real = await startMirror({ store, host: '127.0.0.1', port: 0, tls });
    const options = {
      mirror: new URL(real.url.replace('127.0.0.1', 'localhost')),
      contents: [{ kind: 'model', name: 'tiny', manifest: lock.derived.models[0]!.manifest.digest }],
    } as const;
    try {
      await expect(fetch(options)).rejects.toMatchObject({
        kind: 'environment',
        fix: expect.stringContaining('--ca') as string,
      });
      const authorities = [await readFile(path.join(fixtures, 'ca.crt'), 'utf8')];
      expect(await fetch({ ...options, authorities })).toMatchObject({ files: 4, fetched: 4 });
    } finally {
      await real.close(0);
    }
  });
});
