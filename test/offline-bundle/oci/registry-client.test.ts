import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Digest, digestOf } from '../../../core/digest';
import { parseOciReference } from '../../../core/oci-reference';
import type { Credentials, CredentialSource } from '../../../offline-bundle/oci/docker-credentials';
import { RegistryClient, registryBase } from '../../../offline-bundle/oci/registry-client';
import { seededBytes } from '../../outside-world/bytes';
import { makeImage, makeMultiPlatformImage, type MadeImage } from '../../outside-world/images';
import { type Registry, type RegistryOptions, startRegistry } from '../../outside-world/registry';
import { type OutsideServer, startServer, jsonAnswer, type Answer } from '../../outside-world/server';
import { bytesOf, httpClient, rejection } from '../fetch/clients';

const fixture = (name: string): string => readFileSync(path.join(__dirname, '../../fixtures/tls', name), 'utf8');
const LAYER = seededBytes('layer', 300_000);
const PASSWORD: Credentials = { kind: 'basic', username: 'me', password: 'secret' };
const open: { close(): Promise<void> }[] = [];
let image: MadeImage;
beforeAll(async () => {
  image = await makeImage({ layers: [{ 'opt/data': LAYER }] });
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

const start = async (options: Partial<RegistryOptions> = {}): Promise<Registry> => {
  const registry = await startRegistry({ images: { 'team/app:1': image }, ...options });
  open.push(registry);
  return registry;
};
const client = (
  credentials: CredentialSource = () => Promise.resolve(undefined),
  upstreams = new Map<string, URL>(),
): RegistryClient => new RegistryClient(httpClient().http, upstreams, credentials);
const asked: string[] = [];
const having =
  (credentials: Credentials): CredentialSource =>
  (host) => {
    asked.push(host);
    return Promise.resolve(credentials);
  };
const layerOf = (made: MadeImage): Digest => `sha256:${made.blobs[1]!.sha256}`;

describe('addresses', () => {
  it.each([
    ['docker.io', 'https://registry-1.docker.io/'],
    ['ghcr.io', 'https://ghcr.io/'],
    ['registry.example:5000', 'https://registry.example:5000/'],
    ['localhost:5000', 'http://localhost:5000/'],
    ['127.0.0.1:5000', 'http://127.0.0.1:5000/'],
    ['quay.io', 'https://mirror.example/quay'],
  ])('of %s is %s', (host, expected) => {
    expect(registryBase(host, new Map([['quay.io', new URL('https://mirror.example/quay')]])).href).toBe(expected);
  });

  it('lie below an upstream, whose own /v2 is a prefix of repositories', async () => {
    const urls: string[] = [];
    const server = await startServer(({ url }): Answer => {
      urls.push(url.pathname);
      return jsonAnswer(404, { errors: [{ code: 'MANIFEST_UNKNOWN' }] });
    });
    open.push(server);
    for (const base of ['', '/docker', '/v2/hub-cache']) {
      const upstreams = new Map([['docker.io', new URL(`${server.url}${base}`)]]);
      await rejection(client(undefined, upstreams).getManifest(parseOciReference('busybox:1.36')));
    }
    expect(urls).toEqual([
      '/v2/library/busybox/manifests/1.36',
      '/docker/v2/library/busybox/manifests/1.36',
      '/v2/hub-cache/library/busybox/manifests/1.36',
    ]);
  });
});

describe('a manifest', () => {
  it.each(['oci', 'docker'] as const)('comes by tag with its bytes as pushed (%s)', async (format) => {
    const made = await makeMultiPlatformImage({ platforms: ['linux/amd64', 'linux/arm64'], layers: [], format });
    const registry = await start({ images: { 'team/app:1': made } });
    const found = await client().getManifest(parseOciReference(`${registry.authority}/team/app:1`));
    expect(found).toEqual({ mediaType: made.root.mediaType, digest: made.root.digest, bytes: made.root.bytes });
  });

  it('comes by digest, whatever the tag says', async () => {
    const registry = await start();
    const found = await client().getManifest(
      parseOciReference(`${registry.authority}/team/app:2@${image.root.digest}`),
    );
    expect(found.digest).toBe(image.root.digest);
  });

  it('with other bytes than its digest is refused', async () => {
    const registry = await start({ faults: [{ path: /manifests/, fault: { kind: 'wrong-bytes' } }] });
    const byDigest = client().getManifest(parseOciReference(`${registry.authority}/team/app@${image.root.digest}`));
    expect(await rejection(byDigest)).toMatchObject({
      kind: 'check',
      message: expect.stringContaining(`not ${image.root.digest}`) as string,
    });
    const byTag = client().getManifest(parseOciReference(`${registry.authority}/team/app:1`));
    expect(await rejection(byTag)).toMatchObject({ kind: 'check' });
  });

  it.each(['team/app:2', 'team/other:1'])('that does not exist is broken input: %s', async (name) => {
    const registry = await start();
    const error = await rejection(client().getManifest(parseOciReference(`${registry.authority}/${name}`)));
    expect(error).toMatchObject({ kind: 'input' });
    expect(error.message).toContain(`image ${registry.authority}/${name} does not exist (404: `);
  });

  it('longer than four megabytes is refused', async () => {
    const server = await startServer(() => jsonAnswer(200, { schemaVersion: 2, padding: 'x'.repeat(5_000_000) }));
    open.push(server);
    const error = await rejection(client().getManifest(parseOciReference(`${server.authority}/team/app:1`)));
    expect(error.message).toContain('more than 4194304 bytes');
  });

  it.each([
    [{ schemaVersion: 1, signatures: [] }, 'not an image of a known kind'],
    [{ schemaVersion: 2, mediaType: 'application/vnd.other+json', layers: [] }, 'application/vnd.other+json'],
    [{ schemaVersion: 2, manifests: [], layers: [] }, 'has another form'],
    [{ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', layers: [] }, 'has another form'],
  ])('of a kind that two clients could read differently is refused: %j', async (body, message) => {
    const server = await startServer(() => jsonAnswer(200, body));
    open.push(server);
    const error = await rejection(client().getManifest(parseOciReference(`${server.authority}/team/app:1`)));
    expect(error).toMatchObject({ kind: 'input', message: expect.stringContaining(message) as string });
  });
});

describe('a blob', () => {
  it('comes from an offset, by way of another host that sees no authorization', async () => {
    const registry = await start({
      auth: { kind: 'token', credentials: { username: 'me', password: 'secret' } },
      redirectBlobs: true,
    });
    const reference = parseOciReference(`${registry.authority}/team/app:1`);
    const whole = await bytesOf((await client(having(PASSWORD)).openBlob(reference, layerOf(image), 0)).body);
    expect(digestOf(whole)).toBe(layerOf(image));
    const part = await client(having(PASSWORD)).openBlob(reference, layerOf(image), 1000);
    expect(part.start).toBe(1000);
    expect((await bytesOf(part.body)).equals(whole.subarray(1000))).toBe(true);
    const blobs = registry.elsewhere.requests.filter(({ url }) => url.startsWith('/blobs/'));
    expect(blobs.map(({ headers, status }) => [headers.authorization, status])).toEqual([
      [undefined, 200],
      [undefined, 206],
    ]);
  });

  it('that is gone fails the check', async () => {
    const registry = await start();
    const reference = parseOciReference(`${registry.authority}/team/app:1`);
    const error = await rejection(client().openBlob(reference, digestOf('gone'), 0));
    expect(error).toMatchObject({ kind: 'check', message: expect.stringContaining('has no blob') as string });
  });
});

describe('getting in', () => {
  const pull = (registry: OutsideServer, credentials?: CredentialSource): Promise<unknown> =>
    client(credentials).getManifest(parseOciReference(`${registry.authority}/team/app:1`));

  it('needs nothing where nothing is asked, and then reads no credentials', async () => {
    asked.length = 0;
    await pull(await start(), having(PASSWORD));
    expect(asked).toEqual([]);
  });

  it('takes an anonymous token', async () => {
    const registry = await start({ auth: { kind: 'token' } });
    await pull(registry);
    expect(registry.elsewhere.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it('shows the password to the token service alone', async () => {
    const registry = await start({ auth: { kind: 'token', credentials: { username: 'me', password: 'secret' } } });
    await pull(registry, having(PASSWORD));
    expect(registry.elsewhere.requests[0]?.headers.authorization).toMatch(/^Basic /);
    for (const { headers } of registry.requests) expect(headers.authorization ?? 'Bearer').toMatch(/^Bearer/);
  });

  it('shows the password to a registry that asks for it itself', async () => {
    const registry = await start({ auth: { kind: 'basic', credentials: { username: 'me', password: 'secret' } } });
    await pull(registry, having(PASSWORD));
    expect(registry.requests.map(({ status }) => status)).toEqual([401, 200]);
  });

  it('exchanges an identity token by POST, to the token service alone', async () => {
    const posted: string[] = [];
    const tokens = await startServer(({ method, url, headers }) => {
      posted.push(`${method} ${url.pathname} ${headers['content-type'] ?? ''} ${headers.authorization ?? 'no header'}`);
      return jsonAnswer(200, { access_token: 'granted' });
    });
    const registry = await startServer(({ headers }): Answer =>
      headers.authorization === 'Bearer granted'
        ? { ...jsonAnswer(200, { schemaVersion: 2, config: {}, layers: [] }) }
        : jsonAnswer(401, {}, { 'WWW-Authenticate': `Bearer realm="${tokens.url}/token",service="s"` }),
    );
    open.push(tokens, registry);
    await pull(registry, having({ kind: 'identity', token: 'refresh' }));
    expect(posted).toEqual(['POST /token application/x-www-form-urlencoded no header']);
  });

  it('keeps a token for the whole repository, and takes one exchange for parallel requests', async () => {
    const registry = await start({ auth: { kind: 'token' } });
    const one = client();
    const reference = parseOciReference(`${registry.authority}/team/app:1`);
    await one.getManifest(reference);
    await Promise.all(
      image.blobs.map(async ({ sha256 }) => bytesOf((await one.openBlob(reference, `sha256:${sha256}`, 0)).body)),
    );
    expect(registry.elsewhere.requests).toHaveLength(1);
  });

  it('renews a token that runs out in the middle', async () => {
    const registry = await start({ auth: { kind: 'token', uses: 1 } });
    const one = client();
    const reference = parseOciReference(`${registry.authority}/team/app:1`);
    for (let round = 0; round < 3; round += 1) await one.getManifest(reference);
    expect(registry.elsewhere.requests).toHaveLength(3);
  });

  it.each([
    ['no credentials', undefined],
    ['wrong credentials', having({ ...PASSWORD, password: 'wrong' })],
  ])('fails with %s as a matter of the environment, and says how to log in', async (_, credentials) => {
    for (const kind of ['token', 'basic'] as const) {
      const registry = await start({ auth: { kind, credentials: { username: 'me', password: 'secret' } } });
      const error = await rejection(pull(registry, credentials));
      expect(error).toMatchObject({ kind: 'environment' });
      expect(error.message).toContain('401');
      expect(error.fix).toContain(`docker login ${registry.authority}`);
      expect(error.message).not.toContain('secret');
      expect(registry.requests.length).toBeLessThanOrEqual(2);
    }
  });

  it('uses the credentials of the host that is really talked to', async () => {
    asked.length = 0;
    const registry = await start({ auth: { kind: 'basic', credentials: { username: 'me', password: 'secret' } } });
    const upstreams = new Map([['docker.io', new URL(registry.url)]]);
    await client(having(PASSWORD), upstreams).getManifest(parseOciReference('team/app:1'));
    expect(asked).toEqual([registry.authority]);
    const error = await rejection(client(undefined, upstreams).getManifest(parseOciReference('team/app:1')));
    expect(error.fix).toContain(`docker login ${registry.authority};`);
  });

  it('shows no password to a token service without TLS when the registry has TLS', async () => {
    const tokens = await startServer(() => jsonAnswer(200, { token: 'granted' }));
    const challenge = { 'WWW-Authenticate': `Bearer realm="${tokens.url}/token"` };
    const registry = await startServer(() => jsonAnswer(401, {}, challenge), {
      tls: { key: fixture('server.key'), cert: fixture('server.crt') },
    });
    open.push(tokens, registry);
    const { http } = httpClient({ authorities: [fixture('ca.crt')] });
    const upstreams = new Map([['registry.example', new URL(registry.url)]]);
    const one = new RegistryClient(http, upstreams, having(PASSWORD));
    const error = await rejection(one.getManifest(parseOciReference('registry.example/team/app:1')));
    expect(error).toMatchObject({ kind: 'environment', message: expect.stringContaining('without TLS') as string });
    expect(tokens.requests).toEqual([]);
  });

  it('sends no credentials in plain http to another machine, though the registry itself is asked without TLS', async () => {
    const realm = 'http://tokens.example:81/token';
    const registry = await startServer(() => jsonAnswer(401, {}, { 'WWW-Authenticate': `Bearer realm="${realm}"` }));
    open.push(registry);
    const error = await rejection(pull(registry, having(PASSWORD)));
    expect(error).toMatchObject({ code: 'UPSTREAM_INSECURE' });
  });

  it.each(['', 'nowhere', 'file:///token'])('refuses a token service that is no address: "%s"', async (realm) => {
    const registry = await startServer(() => jsonAnswer(401, {}, { 'WWW-Authenticate': `Bearer realm="${realm}"` }));
    open.push(registry);
    expect((await rejection(pull(registry, having(PASSWORD)))).message).toContain('names no token server');
  });
});
