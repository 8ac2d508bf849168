import { ProviderRegistry } from '../../../offline-bundle/terraform/provider-registry';
import { sha256Hex } from '../../outside-world/bytes';
import { makeProvider, type MadeProvider } from '../../outside-world/providers';
import { startProviderRegistry, type ProviderRegistry as Outside } from '../../outside-world/provider-registry';
import { type Answer, jsonAnswer, type OutsideServer, startServer } from '../../outside-world/server';
import { bytesOf, httpClient, rejection } from '../fetch/clients';

const WANTED = { source: 'registry.example/acme/demo', version: '1.2.3', platform: 'linux/amd64' };
const started: { close(): Promise<void> }[] = [];
let provider: MadeProvider;
beforeAll(async () => {
  provider = await makeProvider('acme/demo', '1.2.3', ['linux/amd64', 'linux/arm64']);
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()));
});

const outside = async (): Promise<Outside> => {
  const server = await startProviderRegistry({ providers: [provider] });
  started.push(server);
  return server;
};
const serve = async (answers: Readonly<Record<string, Answer>>): Promise<OutsideServer> => {
  const server = await startServer(({ url }) => answers[url.pathname] ?? jsonAnswer(404, {}));
  started.push(server);
  return server;
};
const client = (server: OutsideServer): ProviderRegistry =>
  new ProviderRegistry(httpClient().http, new Map([['registry.example', new URL(server.url)]]));

const discovery = jsonAnswer(200, { 'providers.v1': '/p' });
const versions = jsonAnswer(200, {
  versions: [
    { version: '1.2.2', platforms: [] },
    { version: '1.2.3', platforms: [{ os: 'linux', arch: 'amd64' }] },
  ],
});
const FILENAME = 'terraform-provider-demo_1.2.3_linux_amd64.zip';
const download = (more: object): Answer =>
  jsonAnswer(200, { filename: FILENAME, download_url: 'pkg/demo.zip', shasum: 'a'.repeat(64), ...more });
const answers = (more: object = {}): Record<string, Answer> => ({
  '/.well-known/terraform.json': discovery,
  '/p/acme/demo/versions': versions,
  '/p/acme/demo/1.2.3/download/linux/amd64': download(more),
});

describe('a provider package', () => {
  it('is found by discovery, with its address and hash', async () => {
    const server = await outside();
    const one = client(server);
    const found = await one.find(WANTED);
    const [pack] = provider.packages;
    expect(found).toMatchObject({ filename: FILENAME, sha256: sha256Hex(pack!.zip) });
    const { body } = await one.open(found.url, 0);
    expect((await bytesOf(body)).equals(pack!.zip)).toBe(true);
    const tail = await one.open(found.url, 150_000);
    expect(tail.start).toBe(150_000);
    expect((await bytesOf(tail.body)).equals(pack!.zip.subarray(150_000))).toBe(true);
  });

  it('has an address by the name of its registry, whatever upstream leads there', async () => {
    const server = await serve(answers());
    const { url } = await client(server).find(WANTED);
    expect(url.href).toBe('https://registry.example/p/acme/demo/1.2.3/download/linux/pkg/demo.zip');
  });

  it('needs one discovery for several packages', async () => {
    const server = await outside();
    const one = client(server);
    await Promise.all([one.find(WANTED), one.find({ ...WANTED, platform: 'linux/arm64' })]);
    expect(server.requests.filter(({ url }) => url.startsWith('/.well-known'))).toHaveLength(1);
  });

  it.each([
    [{ source: 'registry.example/acme/other' }, 'has no provider registry.example/acme/other', 'check its namespace'],
    [{ version: '9.9.9' }, 'has no version 9.9.9', 'versions there: 1.2.3'],
    [{ platform: 'linux/s390x' }, 'has no package for linux/s390x', 'platforms there: linux/amd64, linux/arm64'],
  ])('that does not exist is broken input, and what exists is listed: %j', async (other, message, fix) => {
    const error = await rejection(client(await outside()).find({ ...WANTED, ...other }));
    expect(error).toMatchObject({ kind: 'input', message: expect.stringContaining(message) as string });
    expect(error.fix).toContain(fix);
  });

  it.each([
    [{ filename: '../x.zip' }, 'is called "../x.zip"'],
    [{ shasum: 'abc' }, 'no shasum'],
    [{ shasum: undefined }, 'no shasum'],
    [{ download_url: 'http://' }, 'no download_url'],
    [{ download_url: 7 }, 'no download_url'],
  ])('is refused when its registry answers in another form: %j', async (more, message) => {
    const error = await rejection(client(await serve(answers(more))).find(WANTED));
    expect(error).toMatchObject({ kind: 'environment', message: expect.stringContaining(message) as string });
  });

  it('is not looked for at a host that offers no providers', async () => {
    const nothing = await rejection(client(await serve({})).find(WANTED));
    expect(nothing).toMatchObject({ kind: 'input', message: expect.stringContaining('is not a registry') as string });
    const modules = { '/.well-known/terraform.json': jsonAnswer(200, { 'modules.v1': '/m/' }) };
    const other = await rejection(client(await serve(modules)).find(WANTED));
    expect(other.message).toContain('no providers.v1');
  });

  it('is not asked for without TLS where the registry has it', async () => {
    const plain = { '/.well-known/terraform.json': jsonAnswer(200, { 'providers.v1': 'http://other.example/' }) };
    const error = await rejection(client(await serve(plain)).find(WANTED));
    expect(error.message).toContain('without TLS');
  });

  it.each([
    [{ source: 'acme/demo' }, 'is not a provider'],
    [{ source: 'registry.example/acme/../demo' }, 'is not a provider'],
    [{ source: 'registry.example/../demo' }, 'is not a provider'],
    [{ version: '../1.2.3' }, 'is not a version'],
  ])('has a well-formed name: %j is refused before any request', async (other, message) => {
    const server = await outside();
    const error = await rejection(client(server).find({ ...WANTED, ...other }));
    expect(error).toMatchObject({ kind: 'input', message: expect.stringContaining(message) as string });
    expect(server.requests).toEqual([]);
  });
});
