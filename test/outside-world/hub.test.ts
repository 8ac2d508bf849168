import { seededBytes, sha256Hex } from './bytes';
import { type Hub, startHub } from './hub';

const WEIGHTS = seededBytes('weights', 150_000);
const FILES = {
  'config.json': '{}\n',
  'model.safetensors': WEIGHTS,
  'nested/a.txt': 'a\n',
  'nested/deep/b.txt': 'b\n',
};
/** What git says of these files with the safetensors as LFS pointer (`git write-tree`, `git commit-tree`). */
const COMMIT = '590d47b62a0fb15a89df4f04e4644a051794ef8a';

let hub: Hub;
beforeAll(async () => {
  hub = await startHub({
    repositories: [
      { id: 'acme/open', files: FILES, license: 'mit' },
      { id: 'acme/gated', files: FILES, gated: true },
      { id: 'acme/private', files: FILES, private: true },
    ],
    token: 'hf_granted',
    tokenWithoutAccess: 'hf_other',
    pageSize: 2,
  });
});
afterAll(() => hub.close());
afterEach(() => {
  hub.requests.length = 0;
  hub.cdn.requests.length = 0;
});

const get = (
  path: string,
  options: { token?: string; headers?: Record<string, string>; follow?: boolean } = {},
): Promise<Response> =>
  fetch(`${hub.url}${path}`, {
    redirect: options.follow === true ? 'follow' : 'manual',
    headers: {
      ...options.headers,
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    },
  });

const refusal = async (path: string, token?: string): Promise<[number, string | null]> => {
  const response = await get(path, token === undefined ? {} : { token });
  await response.arrayBuffer();
  return [response.status, response.headers.get('x-error-code')];
};

test('the revision is the commit that git computes over the files', () => {
  expect(hub.revisionOf('acme/open')).toBe(COMMIT);
});

test('model info names commit, license and files, with hashes on request', async () => {
  const plain = (await (await get('/api/models/acme/open')).json()) as { sha: string; siblings: object[] };
  expect(plain).toMatchObject({ id: 'acme/open', sha: COMMIT, cardData: { license: 'mit' } });
  expect(plain.siblings).toContainEqual({ rfilename: 'config.json' });
  const full = (await (await get(`/api/models/acme/open/revision/${COMMIT}?blobs=true`)).json()) as {
    siblings: object[];
  };
  expect(full.siblings).toContainEqual({
    rfilename: 'config.json',
    size: 3,
    blobId: '0967ef424bce6791893e9a57bb952f80fd536e93', // `git hash-object` of "{}\n"
  });
  expect(full.siblings).toContainEqual(
    expect.objectContaining({
      rfilename: 'model.safetensors',
      lfs: { sha256: sha256Hex(WEIGHTS), size: 150_000, pointerSize: 131 },
      xetHash: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    }),
  );
});

test('the tree comes in pages that link absolutely to the next', async () => {
  const paths: string[] = [];
  let pages = 0;
  let next: string | undefined = `${hub.url}/api/models/acme/open/tree/main?recursive=true`;
  while (next !== undefined) {
    const response: Response = await fetch(next);
    paths.push(
      ...((await response.json()) as { type: string; path: string }[]).map((entry) => `${entry.type} ${entry.path}`),
    );
    next = /^<(http[^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
    pages += 1;
  }
  expect(pages).toBe(3);
  expect(paths.sort()).toEqual([
    'directory nested',
    'directory nested/deep',
    'file config.json',
    'file model.safetensors',
    'file nested/a.txt',
    'file nested/deep/b.txt',
  ]);
});

test('a tree without recursion lists one directory', async () => {
  const entries = (await (await get('/api/models/acme/open/tree/main/nested')).json()) as { path: string }[];
  expect(entries.map((entry) => entry.path)).toEqual(['nested/deep', 'nested/a.txt']);
});

test('a small file comes directly, under its git oid', async () => {
  const response = await get('/acme/open/resolve/main/nested/a.txt');
  expect(await response.text()).toBe('a\n');
  expect(response.headers.get('etag')).toBe('"78981922613b2afb6025042ff6bd878ac1994e85"'); // `git hash-object` of "a\n"
  expect(response.headers.get('x-repo-commit')).toBe(COMMIT);
  expect(response.headers.get('ratelimit')).toMatch(/^"resolvers";r=\d+;t=300$/);
});

test('an LFS file redirects to another host, where a signature opens it and a token is refused', async () => {
  const head = await get('/acme/open/resolve/main/model.safetensors', { token: 'hf_granted' });
  expect(head.status).toBe(302);
  expect(head.headers.get('x-linked-etag')).toBe(`"${sha256Hex(WEIGHTS)}"`);
  expect(head.headers.get('x-linked-size')).toBe('150000');
  expect(head.headers.get('link')).toContain('rel="xet-auth"');
  const location = new URL(head.headers.get('location') ?? '');
  expect(location.hostname).not.toBe(new URL(hub.url).hostname);
  expect((await fetch(location, { headers: { authorization: 'Bearer hf_granted' } })).status).toBe(400);
  expect((await fetch(`${location.origin}${location.pathname}`)).status).toBe(403);
  const part = await fetch(location, { headers: { range: 'bytes=100000-' } });
  expect(part.status).toBe(206);
  expect(Buffer.from(await part.arrayBuffer()).equals(WEIGHTS.subarray(100_000))).toBe(true);
  expect(hub.cdn.requests.map((request) => request.headers.authorization)).toEqual([
    'Bearer hf_granted',
    undefined,
    undefined,
  ]);
});

test('refusals carry the Hub’s codes', async () => {
  expect(await refusal('/api/models/acme/nothing')).toEqual([401, 'RepoNotFound']);
  expect(await refusal('/api/models/acme/nothing', 'hf_other')).toEqual([404, 'RepoNotFound']);
  expect(await refusal('/api/models/acme/open/revision/v9')).toEqual([404, 'RevisionNotFound']);
  expect(await refusal('/acme/open/resolve/main/nothing.txt')).toEqual([404, 'EntryNotFound']);
  expect(await refusal('/api/models/acme/open/tree/main/nothing')).toEqual([404, 'EntryNotFound']);
  expect(await refusal('/api/models/acme/open', 'hf_wrong')).toEqual([401, null]);
});

test('gated and private repositories open to the granted token alone', async () => {
  const gated = '/acme/gated/resolve/main/config.json';
  expect(await refusal(gated)).toEqual([401, 'GatedRepo']);
  expect(await refusal(gated, 'hf_other')).toEqual([403, 'GatedRepo']);
  expect(await refusal(gated, 'hf_granted')).toEqual([200, null]);
  expect(await refusal('/api/models/acme/gated')).toEqual([200, null]);
  expect(await refusal('/api/models/acme/private')).toEqual([401, 'RepoNotFound']);
  expect(await refusal('/api/models/acme/private', 'hf_granted')).toEqual([200, null]);
});

test('with the resolve cache a small file redirects relatively first', async () => {
  const cached = await startHub({ repositories: [{ id: 'acme/open', files: FILES }], resolveCache: true });
  try {
    const path = '/acme/open/resolve/main/nested/deep/b.txt';
    const first = await fetch(`${cached.url}${path}`, { redirect: 'manual' });
    expect([first.status, first.headers.get('location')?.startsWith('/api/resolve-cache/models/acme/open/')]).toEqual([
      307,
      true,
    ]);
    expect(await (await fetch(`${cached.url}${path}`)).text()).toBe('b\n');
  } finally {
    await cached.close();
  }
});
