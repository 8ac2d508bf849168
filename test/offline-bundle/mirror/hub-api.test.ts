import { request } from 'undici';
import { digestOf, hexOf } from '../../../core/digest';
import { gitBlobId, gitTreeId, lfsPointerOid } from '../../../offline-bundle/hub/git-objects';
import { type Mirror, startMirror } from '../../../offline-bundle/mirror/server';
import { importInto, scratchFolder } from './store-support';
import { seededBytes } from '../../outside-world/bytes';

const COMMIT = '6cee5e81ee83917806bbde320786a8fb61efebee';
const OLDER = '1110a243fdf4706b3f48f1d95db1a4f5529b4d41';
const README = Buffer.from('---\nlicense: apache-2.0\npipeline_tag: text-generation\n---\n# tiny\n');
const WEIGHTS = seededBytes('weights', 5000);
const TEMPLATE = Buffer.from('{{ x }}');

const dir = scratchFolder();
let mirror: Mirror;

/** Text files are not in LFS: their hash was computed by `airlock lock`, their entity tag is the git id. */
const TEXTS: Record<string, Buffer> = {
  'README.md': README,
  'config.json': Buffer.from('{"model_type":"tiny"}'),
  'chat templates/ü&%.jinja': TEMPLATE,
};

beforeAll(async () => {
  const modelFiles = { 'README.md': README, 'chat templates/ü&%.jinja': TEMPLATE, 'model.safetensors': WEIGHTS };
  const { store } = await importInto(dir(), {
    modelFiles: { 'old.safetensors': seededBytes('old', 10) },
    site: 'elder',
    editLock: (lock) => (lock.models[0]!.source.revision = OLDER),
  });
  await importInto(dir(), {
    modelFiles,
    editLock: (lock) => {
      for (const file of lock.models[0]!.files) {
        const bytes = TEXTS[file.path];
        if (bytes !== undefined) Object.assign(file, { sha256From: 'fetched', gitOid: gitBlobId(bytes) });
      }
    },
  });
  mirror = await startMirror({ store, host: '127.0.0.1', port: 0 });
});

afterAll(() => mirror.close(0));

type Headers = Record<string, string | undefined>;

async function ask(
  path: string,
  options: { method?: 'GET' | 'HEAD' | 'POST'; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; headers: Headers; bytes: Buffer; json: () => unknown }> {
  const { statusCode, headers, body } = await request(`${mirror.url}${path}`, options);
  const bytes = Buffer.from(await body.arrayBuffer());
  return {
    status: statusCode,
    headers: headers as Headers,
    bytes,
    json: () => JSON.parse(bytes.toString()) as unknown,
  };
}

const lfs = (key: 'oid' | 'sha256', bytes: Buffer): object => ({
  [key]: digestOf(bytes).slice(7),
  size: bytes.length,
  pointerSize: `version https://git-lfs.github.com/spec/v1\noid ${digestOf(bytes)}\nsize ${bytes.length}\n`.length,
});

describe('model info', () => {
  it.each([
    ['/api/models/example/tiny', COMMIT],
    ['/api/models/example/tiny/revision/main', COMMIT],
    [`/api/models/example/tiny/revision/${COMMIT}`, COMMIT],
    [`/api/models/example/tiny/revision/${OLDER}`, OLDER],
  ])('at %s names commit %s; main is what was imported last', async (path, sha) => {
    const { status, json } = await ask(path);
    expect(status).toBe(200);
    expect(json()).toMatchObject({ id: 'example/tiny', modelId: 'example/tiny', sha, private: false, gated: false });
  });

  it('carries tags and card data, which some clients cannot do without', async () => {
    expect((await ask('/api/models/example/tiny')).json()).toMatchObject({
      tags: ['text-generation', 'license:apache-2.0'],
      pipeline_tag: 'text-generation',
      cardData: { license: 'apache-2.0' },
    });
    expect((await ask(`/api/models/example/tiny/revision/${OLDER}`)).json()).toMatchObject({ tags: [], cardData: {} });
  });

  it('lists files, with sizes and hashes when asked', async () => {
    const names = ['README.md', 'chat templates/ü&%.jinja', 'config.json', 'empty.txt', 'model.safetensors'];
    const plain = (await ask('/api/models/example/tiny')).json() as { siblings: object[] };
    expect(plain.siblings).toEqual(names.map((rfilename) => ({ rfilename })));
    const blobs = (await ask('/api/models/example/tiny?blobs=true')).json() as { siblings: object[] };
    expect(blobs.siblings).toContainEqual({ rfilename: 'README.md', size: README.length, blobId: gitBlobId(README) });
    expect(blobs.siblings).toContainEqual({
      rfilename: 'model.safetensors',
      size: WEIGHTS.length,
      blobId: lfsPointerOid(hexOf(digestOf(WEIGHTS)), WEIGHTS.length),
      lfs: lfs('sha256', WEIGHTS),
    });
  });
});

describe('the tree', () => {
  it('lists one level, or all of them', async () => {
    const { status, headers, json } = await ask('/api/models/example/tiny/tree/main');
    expect([status, headers['link']]).toEqual([200, undefined]);
    const paths = (items: unknown): string[] => (items as { path: string }[]).map((item) => item.path);
    expect(paths(json())).toEqual(['chat templates', 'README.md', 'config.json', 'empty.txt', 'model.safetensors']);
    const all = await ask(`/api/models/example/tiny/tree/${COMMIT}?recursive=True&expand=False`);
    expect(paths(all.json())).toContain('chat templates/ü&%.jinja');
  });

  it('states git ids and LFS hashes under the names of this call', async () => {
    const items = (await ask('/api/models/example/tiny/tree/main')).json();
    expect(items).toContainEqual({
      type: 'file',
      path: 'model.safetensors',
      size: WEIGHTS.length,
      oid: lfsPointerOid(hexOf(digestOf(WEIGHTS)), WEIGHTS.length),
      lfs: lfs('oid', WEIGHTS),
    });
    expect(items).toContainEqual({
      type: 'directory',
      path: 'chat templates',
      size: 0,
      oid: gitTreeId([{ name: 'ü&%.jinja', kind: 'file', oid: gitBlobId(TEMPLATE) }]),
    });
  });

  it('lists a directory whose name is encoded', async () => {
    const { json } = await ask('/api/models/example/tiny/tree/main/chat%20templates');
    expect(json()).toEqual([
      { type: 'file', path: 'chat templates/ü&%.jinja', size: TEMPLATE.length, oid: gitBlobId(TEMPLATE) },
    ]);
  });

  it('says that a directory does not exist in the way that clients remember', async () => {
    const { status, headers } = await ask(`/api/models/example/tiny/tree/${COMMIT}/additional_chat_templates`);
    expect([status, headers['x-error-code'], headers['x-repo-commit']]).toEqual([404, 'EntryNotFound', COMMIT]);
  });
});

describe('paths-info', () => {
  const path = '/api/models/example/tiny/paths-info/main';

  it.each([
    ['application/x-www-form-urlencoded', 'paths=README.md&paths=chat+templates&paths=nothing&expand=False'],
    ['application/json', JSON.stringify({ paths: ['README.md', 'chat templates', 'nothing'], expand: false })],
  ])('takes %s and leaves out what does not exist', async (type, body) => {
    const { status, json } = await ask(path, { method: 'POST', headers: { 'content-type': type }, body });
    expect(status).toBe(200);
    expect(json()).toMatchObject([
      { type: 'file', path: 'README.md', oid: gitBlobId(README) },
      { type: 'directory', path: 'chat templates' },
    ]);
  });

  it('refuses a body that is not what it says', async () => {
    const headers = { 'content-type': 'application/json' };
    expect((await ask(path, { method: 'POST', headers, body: '{' })).status).toBe(400);
  });

  it('is the only thing that may be posted', async () => {
    const headers = { 'content-type': 'application/json' };
    expect((await ask('/api/models/example/tiny', { method: 'POST', headers, body: '{}' })).status).toBe(405);
  });
});

describe('resolve', () => {
  it.each(['main', COMMIT])('describes a file in LFS at %s without a redirect', async (revision) => {
    const { status, headers, bytes } = await ask(`/example/tiny/resolve/${revision}/model.safetensors`, {
      method: 'HEAD',
      headers: { 'accept-encoding': 'gzip' },
    });
    const sha256 = digestOf(WEIGHTS).slice(7);
    expect([status, bytes.length]).toEqual([200, 0]);
    expect(headers).toMatchObject({
      'x-repo-commit': COMMIT,
      etag: `"${sha256}"`,
      'x-linked-etag': `"${sha256}"`,
      'x-linked-size': '5000',
      'content-length': '5000',
      'accept-ranges': 'bytes',
    });
    expect(headers['content-encoding']).toBeUndefined();
    expect(Object.keys(headers).filter((name) => name.includes('xet') || name === 'location')).toEqual([]);
  });

  it('gives the bytes, whole and in parts', async () => {
    const path = '/example/tiny/resolve/main/model.safetensors';
    expect((await ask(path)).bytes).toEqual(WEIGHTS);
    const part = await ask(path, { headers: { range: 'bytes=4000-4099' } });
    expect([part.status, part.headers['content-range']]).toEqual([206, 'bytes 4000-4099/5000']);
    expect(part.bytes).toEqual(WEIGHTS.subarray(4000, 4100));
  });

  it('names a file outside LFS by its git id', async () => {
    const { headers, bytes } = await ask('/example/tiny/resolve/main/config.json');
    expect(headers['etag']).toBe(`"${gitBlobId(bytes)}"`);
    expect(headers['x-linked-etag']).toBeUndefined();
  });

  it('finds a file with an awkward name', async () => {
    const name = encodeURIComponent('ü&%.jinja');
    expect((await ask(`/example/tiny/resolve/main/chat%20templates/${name}`)).bytes).toEqual(TEMPLATE);
    expect((await ask(`/example/tiny/resolve/main/chat%20templates%2F${name}`)).bytes).toEqual(TEMPLATE);
  });

  it('keeps commits apart', async () => {
    expect((await ask(`/example/tiny/resolve/${OLDER}/old.safetensors`)).status).toBe(200);
    expect((await ask('/example/tiny/resolve/main/old.safetensors')).status).toBe(404);
  });

  it.each([
    ['/example/none/resolve/main/config.json', 'RepoNotFound'],
    ['/api/models/example/none', 'RepoNotFound'],
    ['/api/datasets/example/tiny', undefined],
    ['/example/tiny/resolve/v1.0/config.json', 'RevisionNotFound'],
    ['/api/models/example/tiny/revision/v1.0', 'RevisionNotFound'],
    ['/example/tiny/resolve/main/nothing.json', 'EntryNotFound'],
    ['/example/tiny/resolve/main/../config.json', undefined],
    ['/api/models/example/tiny/xet-read-token/main', undefined],
    ['/api/models/example/tiny/discussions', undefined],
    ['/api/models/example/none/commits/main', 'RepoNotFound'],
    ['/api/models/example/none/auth-check', 'RepoNotFound'],
    ['/api/models/example/none/discussions', 'RepoNotFound'],
  ])('refuses %s with %s', async (path, code) => {
    const { status, headers } = await ask(path);
    expect([status, headers['x-error-code']]).toEqual([404, code]);
    expect(headers['x-error-message'] === undefined).toBe(code === undefined);
  });

  it('says who may read a model that is here: whoever asks', async () => {
    expect((await ask('/api/models/example/tiny/auth-check')).status).toBe(200);
  });

  it('knows one commit of each revision', async () => {
    const [first, ...others] = (await ask('/api/models/example/tiny/commits/main')).json() as { id: string }[];
    expect([first?.id, others]).toEqual([COMMIT, []]);
  });

  it('lists the models that are here, by author and by name', async () => {
    const ids = async (query: string): Promise<string[]> =>
      ((await ask(`/api/models${query}`)).json() as { id: string }[]).map(({ id }) => id);
    const all = await ids('');
    expect(all).toContain('example/tiny');
    expect(await ids('?author=example')).toEqual(all.filter((id) => id.startsWith('example/')));
    expect(await ids('?author=nobody')).toEqual([]);
    expect(await ids('?search=TIN')).toEqual(['example/tiny']);
    expect(await ids('?limit=1')).toHaveLength(1);
  });

  it('names the last commit of an item where a client wants it expanded', async () => {
    const [item] = (await ask('/api/models/example/tiny/tree/main?expand=true')).json() as {
      lastCommit?: { id: string };
    }[];
    expect(item?.lastCommit?.id).toBe(COMMIT);
  });

  it('lists main as the only branch', async () => {
    expect((await ask('/api/models/example/tiny/refs')).json()).toEqual({
      branches: [{ name: 'main', ref: 'refs/heads/main', targetCommit: COMMIT }],
      converts: [],
      tags: [],
    });
  });
});

describe('a name that no header could hold', () => {
  const ODD = [
    '%E6%A8%A1.json',
    'a%0d%0ax-evil:%201',
    '%1b%5b2J',
    '%E2%80%A8',
    '%00',
    '%C2%9B',
    '%F0%9F%98%80',
    '%C3%BC',
  ];
  const [OWNER, NAME] = ['example', 'tiny'];

  it.each(ODD)('%s is absent like any other, and the answer says of what kind', async (odd) => {
    const known = `${OWNER}/${NAME}`;
    const asked: [string, string][] = [
      [`/${known}/resolve/main/${odd}`, 'EntryNotFound'],
      [`/${known}/resolve/${odd}/config.json`, 'RevisionNotFound'],
      [`/${OWNER}/${odd}/resolve/main/config.json`, 'RepoNotFound'],
      [`/api/models/${known}/revision/${odd}`, 'RevisionNotFound'],
      [`/api/models/${OWNER}/${odd}`, 'RepoNotFound'],
      [`/api/models/${known}/tree/main/${odd}`, 'EntryNotFound'],
    ];
    for (const [path, code] of asked) {
      const { status, headers } = await ask(path);
      expect([path, status, headers['x-error-code']]).toEqual([path, 404, code]);
      expect(headers['x-error-message']).toMatch(/^[ -~]+$/);
      expect(headers['x-evil']).toBeUndefined();
    }
  });
});
