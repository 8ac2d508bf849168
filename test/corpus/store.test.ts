/** Stores that releases filled, opened and served by the kit of today. */
import path from 'node:path';
import { request } from 'undici';
import { type Digest, digestOf, hexOf } from '../../core/digest';
import { readMark } from '../../offline-bundle/import/sequence-mark';
import { summarize } from '../../offline-bundle/mirror/catalog';
import { type Mirror, startMirror } from '../../offline-bundle/mirror/server';
import { derivedImages } from '../../offline-bundle/store/derived-images';
import { openStore } from '../../offline-bundle/store/store';
import type { Lock } from '../../site/generated/lock';
import { storeRepository } from '../../site/enclave-names';
import { releases } from '../../tools/corpus/places';
import { layOutStore, lockOf, scratchFolder } from './left';

const scratch = scratchFolder();

/** Address on the mirror, and the SHA-256 of what must come from there. */
type Served = readonly (readonly [address: string, sha256: string])[];

const manifests = (of: readonly { readonly repository: string; readonly digests: readonly Digest[] }[]): Served =>
  of.flatMap(({ repository, digests }) =>
    digests.map((digest) => [`/v2/${repository}/manifests/${digest}`, hexOf(digest)] as const),
  );

/** Everything that a lock says of content, where the protocols serve it. */
function servedOf({ images, models, providers, files, derived }: Lock): Served {
  return [
    ...manifests(images.map((one) => ({ ...one, digests: one.manifests.map(({ digest }) => digest) }))),
    ...manifests(derived.models.map((one) => ({ ...one, digests: [one.manifest.digest] }))),
    ...manifests((derived.files ?? []).map((one) => ({ ...one, digests: [one.manifest.digest] }))),
    ...manifests(
      (derived.stores ?? []).map(({ name, manifest }) => ({
        ...{ repository: storeRepository(name), digests: [manifest.digest] },
      })),
    ),
    ...models.flatMap(({ source, files: of }) =>
      of.map((file) => [`/${source.repository}/resolve/${source.revision}/${file.path}`, file.sha256] as const),
    ),
    ...providers.flatMap(({ source, packages }) =>
      packages.map((one) => [`/terraform/${source}/${one.filename}`, one.sha256] as const),
    ),
    ...files.map(({ name, url, sha256 }) => [`/files/${name}/${path.posix.basename(url)}`, sha256] as const),
  ];
}

describe.each(releases())('the store of %s', (release) => {
  let mirror: Mirror;
  const dir = (): string => path.join(scratch(), release);

  beforeAll(async () => {
    layOutStore(release, dir());
    mirror = await startMirror({ store: await openStore(dir()), host: '127.0.0.1', port: 0 });
  });
  afterAll(() => mirror.close(0));

  async function sha256At(address: string): Promise<string> {
    const { statusCode, body } = await request(new URL(address, mirror.url));
    const bytes = Buffer.from(await body.arrayBuffer());
    return statusCode === 200 ? hexOf(digestOf(bytes)) : `status ${statusCode}`;
  }

  it('opens without a problem, trusted by the keys of its signers', async () => {
    const { records, problems } = await (await openStore(dir())).survey();
    expect([...problems]).toEqual([]);
    expect(records).toMatchObject([{ kind: 'bundle', site: 'corpus', trust: { threshold: 2 } }]);
    expect(summarize(await mirror.catalog()).problems).toEqual([]);
    expect(await sha256At('/readyz')).not.toMatch(/^status/);
  });

  it('remembers how far its site has come', async () => {
    const [root] = await (await openStore(dir())).roots();
    expect(await readMark(dir(), 'corpus')).toEqual({ sequence: 1, root: root?.digest });
  });

  it('serves all that its lock names, under the digests of the lock', async () => {
    const wanted = servedOf(await lockOf(release));
    expect(wanted.length).toBeGreaterThan(20);
    const got = await Promise.all(wanted.map(async ([address]) => [address, await sha256At(address)]));
    expect(got).toEqual(wanted.map(([address, sha256]) => [address, sha256]));
  });

  it('serves models as the images that were derived', async () => {
    const images = [...(await derivedImages(dir())).values()];
    expect(images).toHaveLength((await lockOf(release)).models.length);
    for (const { repository, manifests: derived } of images) {
      for (const { digest, layers } of derived) {
        expect(await sha256At(`/v2/${repository}/manifests/${digest}`)).toBe(hexOf(digest));
        for (const layer of layers)
          expect(await sha256At(`/v2/${repository}/blobs/${layer.digest}`)).toBe(hexOf(layer.digest));
      }
    }
  });
});
