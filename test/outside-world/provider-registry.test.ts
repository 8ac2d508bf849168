import { fromBufferPromise } from 'yauzl';
import { sha256Hex } from './bytes';
import { type ProviderRegistry, startProviderRegistry } from './provider-registry';
import { makeProvider } from './providers';

let registry: ProviderRegistry;
beforeAll(async () => {
  registry = await startProviderRegistry({
    providers: [await makeProvider('acme/cloud', '1.2.3', ['linux/amd64', 'linux/arm64'])],
  });
});
afterAll(() => registry.close());

const json = async (path: string): Promise<Record<string, unknown>> =>
  (await (await fetch(`${registry.url}${path}`)).json()) as Record<string, unknown>;

test('discovery, versions and download lead to a zip with the stated hash on another host', async () => {
  const base = String((await json('/.well-known/terraform.json'))['providers.v1']);
  expect(await json(`${base}acme/cloud/versions`)).toMatchObject({
    versions: [
      {
        version: '1.2.3',
        platforms: [
          { os: 'linux', arch: 'amd64' },
          { os: 'linux', arch: 'arm64' },
        ],
      },
    ],
  });
  const found = await json(`${base}acme/cloud/1.2.3/download/linux/arm64`);
  expect(found['filename']).toBe('terraform-provider-cloud_1.2.3_linux_arm64.zip');
  const url = new URL(String(found['download_url']));
  expect(url.hostname).toBe('localhost');
  const zip = Buffer.from(await (await fetch(url)).arrayBuffer());
  expect(sha256Hex(zip)).toBe(found['shasum']);
  expect(await (await fetch(String(found['shasums_url']))).text()).toContain(
    `${sha256Hex(zip)}  ${String(found['filename'])}\n`,
  );
});

test('what nobody published is not found', async () => {
  for (const path of [
    'acme/none/versions',
    'acme/cloud/9.9.9/download/linux/amd64',
    'acme/cloud/1.2.3/download/plan9/mips',
  ]) {
    expect((await fetch(`${registry.url}/v1/providers/${path}`)).status).toBe(404);
  }
});

test('a package is a zip with the executable that Terraform looks for, the same on every run', async () => {
  const [first, again] = [
    await makeProvider('acme/cloud', '1.2.3', ['linux/amd64']),
    await makeProvider('acme/cloud', '1.2.3', ['linux/amd64']),
  ];
  // Hashes: Jest compares buffers byte by byte.
  const hashesOf = ({ packages, ...provider }: typeof first): object => ({
    ...provider,
    packages: packages.map(({ zip: bytes, ...described }) => ({ ...described, sha256: sha256Hex(bytes) })),
  });
  expect(hashesOf(first)).toEqual(hashesOf(again));
  const zip = await fromBufferPromise(first.packages[0]!.zip);
  const names: string[] = [];
  for await (const entry of zip.eachEntry()) names.push(entry.fileName);
  expect(names).toEqual(['LICENSE.txt', 'terraform-provider-cloud_v1.2.3_x5']);
});
