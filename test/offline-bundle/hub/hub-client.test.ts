import { HubClient, type HubRevision } from '../../../offline-bundle/hub/hub-client';
import { seededBytes, sha256Hex } from '../../outside-world/bytes';
import { type Hub, type HubOptions, startHub } from '../../outside-world/hub';
import { type Answer, jsonAnswer, type OutsideServer, type Responder, startServer } from '../../outside-world/server';
import { bytesOf, httpClient, rejection } from '../fetch/clients';

const ID = 'outside-example/model';
const TOKEN = 'hf_secret';
const WEIGHTS = seededBytes('weights', 200_000);
const FILES = { 'config.json': '{}\n', LICENSE: 'text\n', 'sub/a b#.txt': 'x', 'model.safetensors': WEIGHTS };
const REVISION = 'a'.repeat(40);
const started: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()));
});

const hubOf = async (options: Partial<HubOptions> = {}): Promise<{ hub: Hub; model: HubRevision }> => {
  const hub = await startHub({ repositories: [{ id: ID, files: FILES, license: 'apache-2.0' }], ...options });
  started.push(hub);
  return { hub, model: { repository: ID, revision: hub.revisionOf(ID) } };
};
const serve = async (respond: Responder, hostname: '127.0.0.1' | 'localhost' = '127.0.0.1'): Promise<OutsideServer> => {
  const server = await startServer(respond, { hostname });
  started.push(server);
  return server;
};
const client = (server: OutsideServer, token?: string, path = ''): HubClient =>
  new HubClient(httpClient().http, new URL(`${server.url}${path}`), token);
const MODEL = { repository: ID, revision: REVISION };
const entry = (path: string, more: object = {}): object => ({
  type: 'file',
  path,
  size: 1,
  oid: 'b'.repeat(40),
  ...more,
});

describe('the files of a commit', () => {
  it.each([1, 2, 1000])('are all listed, sorted, from pages of %i', async (pageSize) => {
    const { hub, model } = await hubOf({ pageSize });
    const { files, others } = await client(hub).tree(model);
    expect(others.size).toBe(0);
    expect(files.map(({ path }) => path)).toEqual(['LICENSE', 'config.json', 'model.safetensors', 'sub/a b#.txt']);
    expect(files.map(({ sha256 }) => sha256)).toEqual([undefined, undefined, sha256Hex(WEIGHTS), undefined]);
    expect(files[2]).not.toHaveProperty('xetHash');
  });

  it('are followed to another host without the token', async () => {
    const other = await serve(() => jsonAnswer(200, [entry('b')]), 'localhost');
    const first = await serve(() => jsonAnswer(200, [entry('a')], { Link: `<${other.url}/page2>; rel="next"` }));
    const { files } = await client(first, TOKEN).tree(MODEL);
    expect(files.map(({ path }) => path)).toEqual(['a', 'b']);
    expect(first.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it('must end: a page that leads back is refused', async () => {
    const server = await serve(({ url }) => jsonAnswer(200, [], { Link: `<${url.href}>; rel="next"` }));
    expect((await rejection(client(server).tree(MODEL))).message).toContain('its listing does not end');
    expect(server.requests).toHaveLength(1);
  });

  it('are refused when the stated SHA-256 is not the one that the commit names', async () => {
    const lfs = { oid: sha256Hex('other'), size: 1, pointerSize: 130 };
    const server = await serve(() => jsonAnswer(200, [entry('model.safetensors', { lfs })]));
    const error = await rejection(client(server).tree(MODEL));
    expect(error).toMatchObject({
      kind: 'check',
      message: expect.stringContaining('is not what the commit names') as string,
    });
  });

  it.each(['unknown', 'submodule', 'commit'])('are kept apart from what is no file: %s', async (type) => {
    const server = await serve(() =>
      jsonAnswer(200, [{ type, path: 'third_party', oid: 'a'.repeat(40) }, entry('ok')]),
    );
    const { files, others } = await client(server).tree(MODEL);
    expect([files.map(({ path }) => path), [...others]]).toEqual([['ok'], [['third_party', type]]]);
  });

  it('of a renamed model come from its new name, which is told', async () => {
    const server = await serve(({ url }) =>
      url.pathname.includes(ID)
        ? { status: 307, headers: { Location: url.pathname.replace(ID, 'new/name') } }
        : jsonAnswer(200, [entry('a')]),
    );
    const hub = client(server);
    expect((await hub.tree(MODEL)).files).toHaveLength(1);
    expect([hub.newName(ID), hub.newName('some/other')]).toEqual(['new/name', undefined]);
  });

  it.each([
    [{ entries: [] }, 'the tree is not a list'],
    [['x'], 'not an object'],
    [[entry('a', { size: -1 })], 'lacks path, size or oid'],
    [[entry('a', { size: '1' })], 'lacks path, size or oid'],
    [[entry('a', { oid: 'main' })], 'lacks path, size or oid'],
    [[{ ...entry('a'), path: undefined }], 'lacks path, size or oid'],
    [[entry('a', { lfs: { oid: 'short', size: 1 } })], 'lacks a SHA-256'],
    [[entry('a', { lfs: { oid: 'c'.repeat(64), size: 2 } })], 'its size differs'],
  ])('are refused in another form: %j', async (body, message) => {
    const server = await serve(() => jsonAnswer(200, body));
    expect(await rejection(client(server).tree(MODEL))).toMatchObject({
      kind: 'environment',
      message: expect.stringContaining(message) as string,
    });
  });

  it('lie below the path of the endpoint', async () => {
    const server = await serve(() => jsonAnswer(200, []));
    await client(server, undefined, '/hub/').tree(MODEL);
    expect(server.requests[0]?.url).toBe(`/hub/api/models/${ID}/tree/${REVISION}?recursive=true`);
  });
});

describe('a revision', () => {
  it.each(['main', 'v1.0', 'a'.repeat(39), 'A'.repeat(40), `${'a'.repeat(40)}/x`])(
    'that is no full commit is refused before any request: %s',
    async (revision) => {
      const server = await serve(() => jsonAnswer(200, []));
      const hub = client(server);
      const model = { repository: ID, revision };
      for (const attempt of [() => hub.tree(model), () => hub.license(model), () => hub.open(model, 'a', 0)]) {
        const error = await rejection(attempt());
        expect(error).toMatchObject({ kind: 'input', message: expect.stringContaining('is not a commit') as string });
      }
      expect(server.requests).toEqual([]);
    },
  );

  it.each(['model', '../x', 'owner/../x', 'owner/name/more', 'owner/na me', 'owner/..'])(
    'of something that is no repository is refused: %s',
    async (repository) => {
      const server = await serve(() => jsonAnswer(200, []));
      expect(await rejection(client(server).tree({ repository, revision: REVISION }))).toMatchObject({
        kind: 'input',
      });
      expect(server.requests).toEqual([]);
    },
  );

  it('is refused when the Hub answers with another commit', async () => {
    const server = await serve(() => jsonAnswer(200, { sha: 'd'.repeat(40), cardData: { license: 'mit' } }));
    expect(await rejection(client(server).license(MODEL))).toMatchObject({ kind: 'check' });
  });
});

describe('the license', () => {
  it.each([
    [{ cardData: { license: 'mit' } }, { id: 'mit', name: undefined }],
    [{ cardData: { license: ['mit', 'apache-2.0'] } }, { id: 'mit', name: undefined }],
    [{ cardData: { license: 'other', license_name: 'own-terms' } }, { id: 'other', name: 'own-terms' }],
    [{ tags: ['x', 'license:gemma'] }, { id: 'gemma', name: undefined }],
    [
      { cardData: null, tags: null },
      { id: undefined, name: undefined },
    ],
  ])('is what the card declares: %j', async (info, license) => {
    const server = await serve(() => jsonAnswer(200, { sha: REVISION, ...info }));
    expect(await client(server).license(MODEL)).toEqual(license);
  });
});

describe('a file', () => {
  it.each([true, false])(
    'comes from where the Hub redirects to (small files too: %s), the token stays',
    async (resolveCache) => {
      const { hub, model } = await hubOf({ token: TOKEN, resolveCache });
      const one = client(hub, TOKEN);
      for (const [path, content] of Object.entries(FILES)) {
        const { body, start } = await one.open(model, path, 0);
        expect(start).toBe(0);
        expect((await bytesOf(body)).equals(Buffer.from(content))).toBe(true);
      }
      expect(hub.requests.every(({ headers }) => headers.authorization === `Bearer ${TOKEN}`)).toBe(true);
      expect(hub.cdn.requests).toHaveLength(1);
      expect(JSON.stringify(hub.cdn.requests)).not.toContain(TOKEN);
    },
  );

  it('goes on at an offset', async () => {
    const { hub, model } = await hubOf();
    const { body, start } = await client(hub).open(model, 'model.safetensors', 150_000);
    expect(start).toBe(150_000);
    expect((await bytesOf(body)).equals(WEIGHTS.subarray(150_000))).toBe(true);
    expect(hub.cdn.requests[0]).toMatchObject({ range: 'bytes=150000-', status: 206 });
  });

  it('of another commit, or of none, is refused', async () => {
    for (const headers of [{ 'X-Repo-Commit': 'd'.repeat(40) }, {}]) {
      const server = await serve((): Answer => jsonAnswer(200, {}, headers));
      expect(await rejection(client(server).open(MODEL, 'config.json', 0))).toMatchObject({ kind: 'check' });
    }
  });

  it.each([
    ['the new name of the model', 307, '127.0.0.1'],
    ['the Hub, from a mirror before it', 308, 'localhost'],
  ] as const)('may be named by a later answer: %s', async (_what, status, host) => {
    const last = await serve((): Answer => jsonAnswer(200, {}, { 'X-Repo-Commit': REVISION }), host);
    const first = await serve((): Answer => ({ status, headers: { Location: `${last.url}/new/place` } }));
    const { body } = await client(first).open(MODEL, 'config.json', 0);
    expect((await bytesOf(body)).toString()).toBe('{}');
  });

  it('is refused when two answers name two commits', async () => {
    const last = await serve((): Answer => jsonAnswer(200, {}, { 'X-Repo-Commit': REVISION }));
    const first = await serve((): Answer => ({
      status: 307,
      headers: { Location: `${last.url}/x`, 'X-Repo-Commit': 'd'.repeat(40) },
    }));
    expect(await rejection(client(first).open(MODEL, 'config.json', 0))).toMatchObject({ kind: 'check' });
  });

  it('that is gone fails the check', async () => {
    const { hub, model } = await hubOf();
    const error = await rejection(client(hub).open(model, 'other.json', 0));
    expect(error).toMatchObject({
      kind: 'check',
      message: expect.stringContaining('has no file other.json') as string,
    });
  });
});

describe('a refusal', () => {
  it('of a gated model says where its terms are and what the token needs', async () => {
    const repositories = [{ id: ID, files: FILES, gated: true }];
    const { hub, model } = await hubOf({ repositories, token: TOKEN, tokenWithoutAccess: 'hf_other' });
    const without = await rejection(client(hub).open(model, 'config.json', 0));
    expect(without).toMatchObject({ kind: 'environment', message: expect.stringContaining('is gated') as string });
    expect(without.fix).toBe(`accept its terms at ${hub.url}/${ID}, then set HF_TOKEN`);
    const other = await rejection(client(hub, 'hf_other').open(model, 'config.json', 0));
    expect(other.fix).toContain('check that HF_TOKEN belongs to an account');
    expect(other.message + String(other.fix)).not.toContain('hf_other');
  });

  it('for a model that does not exist, or is private, is broken input', async () => {
    const { hub, model } = await hubOf({ repositories: [{ id: ID, files: FILES, private: true }], token: TOKEN });
    const error = await rejection(client(hub).tree(model));
    expect(error).toMatchObject({ kind: 'input', message: `${hub.authority} knows no model ${ID}` });
    expect(error.fix).toContain('set HF_TOKEN');
    expect((await client(hub, TOKEN).tree(model)).files.length).toBe(4);
  });

  it('for a commit that does not exist is broken input', async () => {
    const { hub } = await hubOf();
    expect(await rejection(client(hub).tree(MODEL))).toMatchObject({
      kind: 'input',
      message: `${ID} has no commit ${REVISION}`,
    });
  });

  it('of a wrong token is a matter of the environment', async () => {
    const { hub, model } = await hubOf({ token: TOKEN });
    const error = await rejection(client(hub, 'hf_wrong').tree(model));
    expect(error).toMatchObject({ kind: 'environment', fix: expect.stringContaining('HF_TOKEN') as string });
  });
});
