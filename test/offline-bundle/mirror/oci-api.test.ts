import { get } from 'node:http';
import { request } from 'undici';
import { digestOf, type Digest } from '../../../core/digest';
import type { Descriptor } from '../../../core/descriptor';
import { OCI_EMPTY, OCI_INDEX, OCI_MANIFEST } from '../../../core/media-types';
import { page } from '../../../offline-bundle/mirror/oci-api';
import { tagOf } from '../../../offline-bundle/mirror/root-contents';
import { type Mirror, startMirror } from '../../../offline-bundle/mirror/server';
import { type Imported, importInto, scratchFolder } from './store-support';

const dir = scratchFolder();
let mirror: Mirror;
let imported: Imported;
let unreached: Digest;
let signature: Digest;

async function* chunks(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}

beforeAll(async () => {
  const { store, ...rest } = await importInto(dir());
  imported = rest;
  const stray = Buffer.from('in the store, but no root reaches it');
  unreached = digestOf(stray);
  await store.writeBlob({ digest: unreached, size: stray.length }, chunks(stray));
  // A pinned manifest that refers to the toolbox image, as a signature or an SBOM does.
  const empty = Buffer.from('{}');
  const config = { mediaType: OCI_EMPTY, digest: digestOf(empty), size: empty.length };
  const { index } = image('toolbox');
  const referrer = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: 'application/vnd.example.sbom',
      config,
      layers: [config],
      subject: index,
      annotations: { note: 'x' },
    }),
  );
  signature = digestOf(referrer);
  await store.writeBlob(config, chunks(empty));
  await store.writeBlob({ digest: signature, size: referrer.length }, chunks(referrer));
  await store.addRoot({
    format: 1,
    kind: 'pin',
    digest: signature,
    mediaType: OCI_MANIFEST,
    repository: 'registry.example/busybox',
    site: '',
    trust: { unsigned: true, acceptedBy: 'this test' },
  });
  mirror = await startMirror({ store, host: '127.0.0.1', port: 0 });
});

afterAll(() => mirror.close(0));

function image(name: string): { index: Descriptor; manifest: Digest; layer: Descriptor } {
  const found = imported.lock.images.find((one) => one.name === name)!;
  const [manifest] = found.manifests;
  return { index: found.index!, manifest: manifest!.digest, layer: manifest!.layers[0]! };
}

interface Answer {
  status: number;
  headers: Record<string, string | undefined>;
  bytes: Buffer;
  json: () => { errors: { code: string }[] } & Record<string, unknown>;
}

async function ask(
  path: string,
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE' = 'GET',
  headers = {},
): Promise<Answer> {
  const { statusCode, headers: got, body } = await request(`${mirror.url}${path}`, { method, headers });
  const bytes = Buffer.from(await body.arrayBuffer());
  return {
    status: statusCode,
    headers: got as Answer['headers'],
    bytes,
    json: () => JSON.parse(bytes.toString()) as ReturnType<Answer['json']>,
  };
}

describe('the OCI API', () => {
  it('says that it is there', async () => {
    for (const path of ['/v2', '/v2/']) {
      const { status, headers } = await ask(path);
      expect([status, headers['docker-distribution-api-version']]).toEqual([200, 'registry/2.0']);
    }
  });

  it('gives an index by tag and by digest, byte for byte, with its media type', async () => {
    const { index } = image('toolbox');
    for (const reference of ['1.36', index.digest]) {
      const { status, headers, bytes } = await ask(`/v2/registry.example/busybox/manifests/${reference}`);
      expect(status).toBe(200);
      expect(digestOf(bytes)).toBe(index.digest);
      expect(headers).toMatchObject({
        'content-type': OCI_INDEX,
        'docker-content-digest': index.digest,
        'content-length': String(index.size),
        etag: `"${index.digest}"`,
      });
    }
  });

  it('answers HEAD with the headers of GET and no body', async () => {
    const { index } = image('toolbox');
    const { status, headers, bytes } = await ask('/v2/registry.example/busybox/manifests/1.36', 'HEAD');
    expect([status, bytes.length]).toEqual([200, 0]);
    expect(headers).toMatchObject({
      'content-type': OCI_INDEX,
      'docker-content-digest': index.digest,
      'content-length': String(index.size),
    });
  });

  it('gives blobs whole and in parts', async () => {
    const { layer } = image('toolbox');
    const path = `/v2/registry.example/busybox/blobs/${layer.digest}`;
    const whole = await ask(path);
    expect([whole.status, whole.headers['accept-ranges'], digestOf(whole.bytes)]).toEqual([200, 'bytes', layer.digest]);
    const part = await ask(path, 'GET', { range: 'bytes=100-' });
    expect([part.status, part.headers['content-range'], part.headers['content-length']]).toEqual([
      206,
      'bytes 100-699/700',
      '600',
    ]);
    expect(part.bytes).toEqual(whole.bytes.subarray(100));
    const outside = await ask(path, 'GET', { range: 'bytes=700-' });
    expect([outside.status, outside.headers['content-range']]).toEqual([416, 'bytes */700']);
    const head = await ask(path, 'HEAD', { range: 'bytes=100-' });
    expect([head.status, head.headers['content-length']]).toEqual([200, '700']);
    const known = await ask(path, 'GET', { 'if-none-match': String(whole.headers['etag']) });
    expect([known.status, known.bytes.length]).toEqual([304, 0]);
    const other = await ask(path, 'GET', { range: 'bytes=0-0', 'if-range': '"something else"' });
    expect([other.status, other.bytes.length]).toEqual([200, 700]);
  });

  it('gives an empty blob', async () => {
    const digest = digestOf('');
    const { status, headers, bytes } = await ask(`/v2/models/tiny/blobs/${digest}`);
    expect([status, headers['content-length'], bytes.length]).toEqual([200, '0', 0]);
  });

  it('does not give a blob of the store that no root reaches', async () => {
    for (const repository of ['registry.example/busybox', 'models/tiny', 'airlock/bundle']) {
      const { status, json } = await ask(`/v2/${repository}/blobs/${unreached}`);
      expect([status, json().errors[0]?.code]).toEqual([404, 'BLOB_UNKNOWN']);
    }
  });

  it('does not give a blob by way of a repository that does not reach it', async () => {
    const { layer } = image('toolbox');
    expect((await ask(`/v2/models/tiny/blobs/${layer.digest}`)).status).toBe(404);
    expect((await ask(`/v2/airlock/bundle/blobs/${layer.digest}`)).status).toBe(200);
  });

  it('does not take a layer for a manifest', async () => {
    const { layer } = image('toolbox');
    const { status, json } = await ask(`/v2/registry.example/busybox/manifests/${layer.digest}`);
    expect([status, json().errors[0]?.code]).toEqual([404, 'MANIFEST_UNKNOWN']);
  });

  it.each([
    ['/v2/registry.example/nothing/manifests/1', 'NAME_UNKNOWN'],
    ['/v2/registry.example/busybox/manifests/nothing', 'MANIFEST_UNKNOWN'],
    [`/v2/registry.example/busybox/blobs/sha256:${'0'.repeat(64)}`, 'BLOB_UNKNOWN'],
    ['/v2/registry.example/busybox/blobs/latest', 'BLOB_UNKNOWN'],
    ['/v2/registry.example/busybox/blobs/..%2F..%2F..%2Fstore.json', 'NAME_UNKNOWN'],
    ['/v2/x', 'NAME_UNKNOWN'],
  ])('says %s is not there', async (path, code) => {
    const { status, json } = await ask(path);
    expect([status, json().errors[0]?.code]).toEqual([404, code]);
  });

  it.each([
    '/v2/../../../../etc/passwd',
    '/v2/airlock/bundle/blobs/../../store.json',
    '/files/../store.json',
    '//etc/passwd',
    '/..%2f..%2fstore.json',
    '/v2/%2e%2e/%2e%2e/manifests/x',
  ])('reads no file for %s', async (path) => {
    const { hostname, port } = new URL(mirror.url);
    // Sent as it stands: other clients resolve the dots themselves.
    const status = await new Promise((resolve, reject) => {
      get({ hostname, port, path }, (response) => resolve(response.resume().statusCode)).on('error', reject);
    });
    expect(status).toBe(404);
  });

  it('understands encoded slashes in a repository', async () => {
    expect((await ask('/v2/registry.example%2Fbusybox/manifests/1.36')).status).toBe(200);
  });

  it('finds an upstream image by the namespace that containerd sends', async () => {
    expect((await ask('/v2/busybox/manifests/1.36?ns=registry.example')).status).toBe(200);
    expect((await ask('/v2/busybox/manifests/1.36?ns=docker.io')).status).toBe(404);
    expect((await ask('/v2/busybox/manifests/1.36')).status).toBe(404);
    expect((await ask('/v2/registry.example/busybox/manifests/1.36?ns=mirror.internal:5443')).status).toBe(200);
  });

  it('serves the kit image by its version and the bundle by its site', async () => {
    const kit = await ask('/v2/airlock/kit/manifests/0.1.0');
    expect(digestOf(kit.bytes)).toBe(imported.lock.derived.kit.index?.digest);
    const bundle = await ask('/v2/airlock/bundle/manifests/nordlicht');
    expect(digestOf(bundle.bytes)).toBe(imported.plan.root);
  });

  it('lists tags in pages', async () => {
    const all = await ask('/v2/models/tiny/tags/list');
    expect(all.json()).toEqual({ name: 'models/tiny', tags: ['6cee5e81ee83917806bbde320786a8fb61efebee', 'main'] });
    const first = await ask('/v2/models/tiny/tags/list?n=1');
    expect(first.json()['tags']).toEqual(['6cee5e81ee83917806bbde320786a8fb61efebee']);
    expect(first.headers['link']).toBe(
      '</v2/models/tiny/tags/list?n=1&last=6cee5e81ee83917806bbde320786a8fb61efebee>; rel="next"',
    );
    const [, next = ''] = /<(.*)>/.exec(String(first.headers['link'])) ?? [];
    const second = await ask(next);
    expect([second.json()['tags'], second.headers['link']]).toEqual([['main'], undefined]);
  });

  it('lists repositories', async () => {
    expect((await ask('/v2/_catalog')).json()['repositories']).toEqual(
      expect.arrayContaining(['airlock/bundle', 'airlock/kit', 'models/tiny', 'registry.example/busybox']),
    );
  });

  it('lists what refers to a manifest, filtered by type when asked', async () => {
    const { index, manifest } = image('toolbox');
    const path = `/v2/registry.example/busybox/referrers/${index.digest}`;
    const all = await ask(path);
    expect([all.status, all.headers['content-type']]).toEqual([200, OCI_INDEX]);
    const [referrer] = all.json()['manifests'] as Descriptor[];
    expect(referrer).toMatchObject({
      digest: signature,
      mediaType: OCI_MANIFEST,
      artifactType: 'application/vnd.example.sbom',
      annotations: { note: 'x' },
    });
    expect(all.headers['oci-filters-applied']).toBeUndefined();
    const other = await ask(`${path}?artifactType=application/vnd.example.other`);
    expect([other.headers['oci-filters-applied'], other.json()['manifests']]).toEqual(['artifactType', []]);
    const same = await ask(`${path}?artifactType=application%2Fvnd.example.sbom`);
    expect(same.json()['manifests']).toHaveLength(1);
    const none = await ask(`/v2/registry.example/busybox/referrers/${manifest}`);
    expect([none.status, none.json()['manifests']]).toEqual([200, []]);
  });

  it.each([
    ['POST', '/v2/registry.example/busybox/blobs/uploads/'],
    ['PUT', '/v2/registry.example/busybox/manifests/1.36'],
    ['DELETE', '/v2/registry.example/busybox/manifests/1.36'],
  ] as const)('refuses %s %s', async (method, path) => {
    const { status, headers, json } = await ask(path, method);
    expect([status, headers['allow'], json().errors[0]?.code]).toEqual([405, 'GET, HEAD', 'UNSUPPORTED']);
  });
});

describe('page', () => {
  it('gives nothing for n=0 and everything for a malformed n', () => {
    expect(page(['b', 'a'], new URLSearchParams('n=0'))).toEqual({ names: [] });
    expect(page(['b', 'a'], new URLSearchParams('n=x'))).toEqual({ names: ['a', 'b'] });
    expect(page(['b', 'a'], new URLSearchParams('last=a'))).toEqual({ names: ['b'] });
    expect(page(['b', 'a'], new URLSearchParams('n=2'))).toEqual({ names: ['a', 'b'] });
  });
});

describe('tagOf', () => {
  it.each([
    ['docker.io/library/busybox:1.36', '1.36'],
    ['docker.io/library/busybox:1.36+linux-arm64', '1.36-linux-arm64'],
    [`docker.io/library/busybox:1.36@sha256:${'0'.repeat(64)}`, '1.36'],
    [`docker.io/library/busybox@sha256:${'0'.repeat(64)}`, undefined],
    ['localhost:5000/x', undefined],
    ['', undefined],
  ])('finds the tag in %s', (reference, tag) => {
    expect(tagOf(reference)).toBe(tag);
  });
});
