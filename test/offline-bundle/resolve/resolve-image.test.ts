import { digestOf } from '../../../core/digest';
import { resolveImage } from '../../../offline-bundle/resolve/resolve-image';
import type { LockImage } from '../../../site/generated/lock';
import { makeImage, makeMultiPlatformImage, type MadeImage } from '../../outside-world/images';
import { type Registry, type RegistryOptions, startRegistry } from '../../outside-world/registry';
import { rejection, worldClients } from '../fetch/clients';

const BOTH = ['linux/amd64', 'linux/arm64'];
const LAYERS = [{ 'bin/app': 'app' }];
let registry: Registry | undefined;
afterEach(() => registry?.close());

async function resolve(
  image: MadeImage,
  platforms: readonly string[],
  options: Partial<RegistryOptions> = {},
  suffix = ':1',
): Promise<LockImage> {
  registry = await startRegistry({ images: { 'team/app:1': image }, ...options });
  const { clients } = worldClients({ AIRLOCK_UPSTREAMS: `registry.example=${registry.url}` });
  return resolveImage(clients, {
    name: 'app',
    reference: `registry.example/team/app${suffix}`,
    platforms,
    usedBy: ['images/app'],
  });
}

/** An index whose only child is another one. */
function indexOver(image: MadeImage, platform?: string): MadeImage {
  const { mediaType, digest, bytes } = image.root;
  const [os, architecture] = platform?.split('/') ?? [];
  const child = {
    mediaType,
    digest,
    size: bytes.length,
    ...(platform === undefined ? {} : { platform: { os, architecture } }),
  };
  const made = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests: [child] }));
  const root = { mediaType, digest: digestOf(made), bytes: made };
  return { root, manifests: [root, ...image.manifests], blobs: image.blobs };
}

describe('an image with an index', () => {
  it('is locked by index, manifests, configs and layers', async () => {
    const made = await makeMultiPlatformImage({ platforms: BOTH, layers: LAYERS });
    const locked = await resolve(made, BOTH);
    const [root, amd64] = made.manifests;
    expect(locked).toMatchObject({
      name: 'app',
      reference: 'registry.example/team/app:1',
      repository: 'registry.example/team/app',
      usedBy: ['images/app'],
      index: { mediaType: root!.mediaType, digest: root!.digest, size: root!.bytes.length },
      complete: true,
    });
    expect(locked.manifests.map(({ platform }) => platform)).toEqual(BOTH);
    const body = JSON.parse(amd64!.bytes.toString()) as { config: object; layers: object[] };
    expect(locked.manifests[0]).toEqual({
      platform: 'linux/amd64',
      mediaType: amd64!.mediaType,
      digest: amd64!.digest,
      size: amd64!.bytes.length,
      config: body.config,
      layers: body.layers,
    });
  });

  it('is complete in the Docker form too', async () => {
    const made = await makeMultiPlatformImage({ platforms: BOTH, layers: LAYERS, format: 'docker' });
    expect((await resolve(made, BOTH)).complete).toBe(true);
  });

  it.each([
    ['a platform stays behind', { platforms: [...BOTH, 'linux/s390x'] }],
    ['attestations stay behind', { platforms: BOTH, attestations: true }],
  ])('is not complete when %s', async (_, options) => {
    const locked = await resolve(await makeMultiPlatformImage({ layers: LAYERS, ...options }), BOTH);
    expect(locked.complete).toBe(false);
    expect(locked.index).toBeDefined();
    expect(locked.indexes).toEqual([locked.index]);
    expect(locked.manifests).toHaveLength(2);
  });

  it('asks for nothing that the platforms do not need: attestations may be gone', async () => {
    const made = await makeMultiPlatformImage({ platforms: BOTH, layers: LAYERS, attestations: true });
    const [root, amd64] = made.manifests;
    const locked = await resolve({ root: root!, manifests: [root!, amd64!], blobs: [] }, ['linux/amd64']);
    expect(locked.manifests.map(({ digest }) => digest)).toEqual([amd64!.digest]);
  });

  it.each(['oci', 'docker'] as const)('within others is carried with all that lead to it: %s', async (format) => {
    const inner = await makeMultiPlatformImage({ platforms: BOTH, layers: LAYERS, format });
    const middle = indexOver(inner, 'linux/amd64');
    const outer = indexOver(middle);
    const locked = await resolve(outer, ['linux/amd64']);
    expect(locked).toMatchObject({ complete: false, index: { digest: outer.root.digest } });
    expect(locked.indexes?.map(({ digest }) => digest)).toEqual([outer, middle, inner].map(({ root }) => root.digest));
    expect(locked.manifests.map(({ digest }) => digest)).toEqual([inner.manifests[1]!.digest]);
  });

  it('serves arm64 by its base variant, and carries the name that the site uses', async () => {
    const made = await makeMultiPlatformImage({ platforms: ['linux/arm/v7', 'linux/arm64/v8'], layers: LAYERS });
    const locked = await resolve(made, ['linux/arm64']);
    expect(locked.manifests.map(({ platform, digest }) => [platform, digest])).toEqual([
      ['linux/arm64', made.manifests[2]!.digest],
    ]);
  });

  it('does not take a variant that not every machine runs', async () => {
    const made = await makeMultiPlatformImage({ platforms: ['linux/amd64/v3'], layers: LAYERS });
    expect((await rejection(resolve(made, ['linux/amd64']))).message).toContain('has nothing for linux/amd64');
  });

  it('without a platform is broken input, and what exists is listed without attestations', async () => {
    const made = await makeMultiPlatformImage({
      platforms: ['linux/s390x', 'linux/amd64'],
      layers: LAYERS,
      attestations: true,
    });
    const error = await rejection(resolve(made, BOTH));
    expect(error).toMatchObject({
      kind: 'input',
      message: 'image registry.example/team/app:1 has nothing for linux/arm64',
    });
    expect(error.fix).toContain('platforms there: linux/amd64, linux/s390x;');
  });

  it('is resolved by digest when the reference has one', async () => {
    const made = await makeMultiPlatformImage({ platforms: BOTH, layers: LAYERS });
    const locked = await resolve(made, BOTH, {}, `@${made.root.digest}`);
    expect(locked.index?.digest).toBe(made.root.digest);
  });
});

describe('an image that is one manifest', () => {
  it('has the platform that its config states, and no index', async () => {
    const made = await makeImage({ layers: LAYERS, platform: 'linux/arm64' });
    const locked = await resolve(made, ['linux/arm64']);
    expect(locked).not.toHaveProperty('index');
    expect(locked).toMatchObject({
      complete: false,
      manifests: [{ platform: 'linux/arm64', digest: made.root.digest }],
    });
  });

  it('for another platform is broken input', async () => {
    const error = await rejection(resolve(await makeImage({ layers: LAYERS, platform: 'linux/arm64' }), BOTH));
    expect(error).toMatchObject({
      kind: 'input',
      message: expect.stringContaining('has nothing for linux/amd64') as string,
    });
    expect(error.fix).toContain('platforms there: linux/arm64;');
  });

  it.each(['wrong-bytes', 'truncated'] as const)('whose config comes wrong fails the check: %s', async (kind) => {
    const fault = { kind, missing: 5 } as never;
    const made = await makeImage({ layers: LAYERS });
    const error = await rejection(resolve(made, ['linux/amd64'], { faults: [{ path: /\/blobs\//, fault }] }));
    expect(error).toMatchObject({
      kind: 'check',
      message: expect.stringContaining('is not what its manifest names') as string,
    });
  });

  it('whose config breaks off is read on', async () => {
    const faults = [{ path: /\/blobs\//, nth: [1], fault: { kind: 'short-body', missing: 20 } as const }];
    expect((await resolve(await makeImage({ layers: LAYERS }), ['linux/amd64'], { faults })).manifests).toHaveLength(1);
    expect(registry?.requests.filter(({ range }) => range !== undefined)).toHaveLength(1);
  });
});
