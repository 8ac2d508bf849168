import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { type Content, sha256Hex } from './bytes';
import { makeImage, makeMultiPlatformImage } from './images';

const bytesOf = async (content: Content): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content.read(0, content.size)) chunks.push(chunk);
  return Buffer.concat(chunks);
};

interface Manifest {
  readonly config: { readonly digest: string; readonly size: number };
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

test.each(['oci', 'docker'] as const)('an image in %s form holds together by its digests', async (format) => {
  const image = await makeImage({ format, layers: [{ 'usr/bin/one': '1' }, { '/two': '2' }] });
  expect(image.root.digest).toBe(`sha256:${sha256Hex(image.root.bytes)}`);
  const manifest = JSON.parse(image.root.bytes.toString()) as Manifest;
  const digests = image.blobs.map((blob) => ({ digest: `sha256:${blob.sha256}`, size: blob.size }));
  expect([manifest.config, ...manifest.layers]).toMatchObject(digests);
  const [config, ...layers] = await Promise.all(image.blobs.map(bytesOf));
  const { rootfs } = JSON.parse(config!.toString()) as { rootfs: { diff_ids: string[] } };
  expect(rootfs.diff_ids).toEqual(layers.map((layer) => `sha256:${sha256Hex(gunzipSync(layer))}`));
});

test('a layer is a tar with its directories before its files', async () => {
  const image = await makeImage({ layers: [{ 'usr/bin/one': '1', 'usr/bin/two': '22' }] });
  const names: string[] = [];
  const reader = extract();
  reader.end(gunzipSync(await bytesOf(image.blobs[1]!)));
  for await (const entry of reader) {
    names.push(entry.header.name);
    entry.resume();
  }
  expect(names).toEqual(['usr/', 'usr/bin/', 'usr/bin/one', 'usr/bin/two']);
});

test('an index lists each platform and, on request, attestations for platform unknown', async () => {
  const options = { platforms: ['linux/amd64', 'linux/arm/v7'], layers: [{ a: 'a' }], attestations: true };
  const image = await makeMultiPlatformImage(options);
  const index = JSON.parse(image.root.bytes.toString()) as { manifests: { digest: string; platform: object }[] };
  expect(index.manifests.map((entry) => entry.platform)).toEqual([
    { architecture: 'amd64', os: 'linux' },
    { architecture: 'arm', os: 'linux', variant: 'v7' },
    { architecture: 'unknown', os: 'unknown' },
    { architecture: 'unknown', os: 'unknown' },
  ]);
  expect(new Set(image.manifests.map((manifest) => manifest.digest)).size).toBe(5);
  expect((await makeMultiPlatformImage(options)).root.digest).toBe(image.root.digest);
});
