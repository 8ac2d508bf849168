import { makeImage, type MadeImage, makeMultiPlatformImage } from './images';
import { type Registry, type RegistryAuth, startRegistry } from './registry';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const CREDENTIALS = { username: 'robot', password: 's3cret' };
const BASIC = `Basic ${Buffer.from('robot:s3cret').toString('base64')}`;

let multi: MadeImage;
let single: MadeImage;
beforeAll(async () => {
  const layers = [{ 'bin/tool': 'tool\n' }];
  multi = await makeMultiPlatformImage({ platforms: ['linux/amd64', 'linux/arm64'], layers, attestations: true });
  single = await makeImage({ layers, format: 'docker' });
});

const open: Registry[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((registry) => registry.close()));
});
async function start(auth?: RegistryAuth, redirectBlobs = false): Promise<Registry> {
  const images = { 'library/tool:1': multi, 'library/tool:docker': single };
  const registry = await startRegistry({ images, redirectBlobs, ...(auth === undefined ? {} : { auth }) });
  open.push(registry);
  return registry;
}

const get = (
  registry: Registry,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Response> => fetch(`${registry.url}/v2/${path}`, { method, headers, redirect: 'manual' });

const challengeOf = (response: Response): { realm: string; service: string; scope: string } => {
  const header = response.headers.get('www-authenticate') ?? '';
  const part = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(header)?.[1] ?? '';
  return { realm: part('realm'), service: part('service'), scope: part('scope') };
};

async function tokenFor(response: Response, headers: Record<string, string> = {}): Promise<string> {
  const { realm, service, scope } = challengeOf(response);
  const answer = await fetch(`${realm}?${new URLSearchParams({ service, scope }).toString()}`, { headers });
  return `Bearer ${((await answer.json()) as { token: string }).token}`;
}

test('manifests come by tag and by digest, byte for byte', async () => {
  const registry = await start();
  const byTag = await get(registry, 'library/tool/manifests/1', { accept: `${INDEX}, ${MANIFEST}` });
  expect(byTag.headers.get('docker-content-digest')).toBe(multi.root.digest);
  expect(byTag.headers.get('content-type')).toBe(INDEX);
  expect(Buffer.from(await byTag.arrayBuffer()).equals(multi.root.bytes)).toBe(true);
  const head = await get(registry, `library/tool/manifests/${multi.root.digest}`, { accept: INDEX }, 'HEAD');
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(multi.root.bytes.length)]);
  const docker = await get(registry, 'library/tool/manifests/docker', { accept: DOCKER_MANIFEST });
  expect(docker.headers.get('docker-content-digest')).toBe(single.root.digest);
});

test('a manifest of a type that the client does not accept is unknown', async () => {
  const registry = await start();
  expect((await get(registry, 'library/tool/manifests/1', { accept: '*/*' })).status).toBe(404);
});

test('blobs come by digest, in whole and by Range', async () => {
  const registry = await start();
  const layer = single.blobs[1]!;
  const path = `library/tool/blobs/sha256:${layer.sha256}`;
  expect((await (await get(registry, path)).arrayBuffer()).byteLength).toBe(layer.size);
  const part = await get(registry, path, { range: 'bytes=10-' });
  expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, layer.size - 10]);
  expect((await get(registry, 'library/tool/blobs/sha256:00')).status).toBe(404);
  expect((await get(registry, 'library/nothing/manifests/1')).status).toBe(404);
});

test('a redirected blob lies on another host that takes no token', async () => {
  const registry = await start({ kind: 'anonymous' }, true);
  const layer = single.blobs[1]!;
  const answer = await get(registry, `library/tool/blobs/sha256:${layer.sha256}`);
  const location = new URL(answer.headers.get('location') ?? '');
  expect([answer.status, location.hostname]).toEqual([307, 'localhost']);
  expect((await (await fetch(location)).arrayBuffer()).byteLength).toBe(layer.size);
  expect((await fetch(location, { headers: { authorization: 'Bearer x' } })).status).toBe(400);
});

test('anyone gets a token for one repository, and it opens that one alone', async () => {
  const registry = await start({ kind: 'token' });
  const refused = await get(registry, 'library/tool/manifests/1', { accept: INDEX });
  expect([refused.status, challengeOf(refused).scope]).toEqual([401, 'repository:library/tool:pull']);
  const authorization = await tokenFor(refused);
  expect((await get(registry, 'library/tool/manifests/1', { accept: INDEX, authorization })).status).toBe(200);
  const other = await get(registry, 'library/other/manifests/1', { accept: INDEX, authorization });
  expect([other.status, other.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringContaining('insufficient_scope'),
  ]);
});

test('with credentials set, a stranger’s token opens nothing', async () => {
  const registry = await start({ kind: 'token', credentials: CREDENTIALS });
  const refused = await get(registry, 'library/tool/manifests/1', { accept: INDEX });
  const stranger = await tokenFor(refused);
  expect((await get(registry, 'library/tool/manifests/1', { accept: INDEX, authorization: stranger })).status).toBe(
    401,
  );
  const known = await tokenFor(refused, { authorization: BASIC });
  expect((await get(registry, 'library/tool/manifests/1', { accept: INDEX, authorization: known })).status).toBe(200);
  const { realm } = challengeOf(refused);
  expect((await fetch(realm, { headers: { authorization: 'Basic eDp5' } })).status).toBe(401);
});

test('a token expires after its uses', async () => {
  const registry = await start({ kind: 'token', uses: 2 });
  const authorization = await tokenFor(await get(registry, 'library/tool/manifests/1'));
  const statuses: number[] = [];
  for (let at = 0; at < 3; at += 1) {
    statuses.push((await get(registry, 'library/tool/manifests/1', { accept: INDEX, authorization })).status);
  }
  expect(statuses).toEqual([200, 200, 401]);
});

test('basic authentication takes the one user', async () => {
  const registry = await start({ kind: 'basic', credentials: CREDENTIALS });
  expect((await get(registry, '')).headers.get('www-authenticate')).toMatch(/^Basic /);
  expect((await get(registry, '', { authorization: BASIC })).status).toBe(200);
});
