import fc from 'fast-check';
import type { Descriptor, OciIndex } from '../../../core/descriptor';
import { digestOf, hexOf } from '../../../core/digest';
import { modelArtifact } from '../../../offline-bundle/layout/artifacts';
import { planBundle } from '../../../offline-bundle/layout/plan';
import { walk } from '../../../offline-bundle/layout/walk';
import { assembleKitImage } from '../../../offline-bundle/layout/kit-image';
import { madeContent } from '../../../offline-bundle/layout/artifacts';
import { sample, type Sample } from '../bundle/sample-lock';
import { seededBytes } from '../../outside-world/bytes';

/** All bytes that a plan's index must reach: those of upstream, and those that the kit makes. */
async function contentOf({ plan, upstream, lock, airlockMjs }: Sample): Promise<Map<string, Buffer>> {
  const all = new Map<string, Buffer>(upstream);
  const base = lock.images[0]!;
  const configs = new Map(base.manifests.map((one) => [one.platform, upstream.get(one.config.digest)!]));
  const kit = await assembleKitImage(
    base,
    configs,
    madeContent('text/javascript', airlockMjs),
    lock.derived.kit.version,
  );
  for (const { descriptor, bytes } of kit.contents) all.set(descriptor.digest, bytes);
  for (const { digest, source } of plan.blobs) if (source.kind === 'bytes') all.set(digest, source.bytes);
  return all;
}

async function reached(of: Sample): Promise<Map<string, number>> {
  const content = await contentOf(of);
  const root: Descriptor = {
    mediaType: 'application/vnd.oci.image.index.v1+json',
    digest: of.plan.root,
    size: of.plan.rootBytes.length,
  };
  const found = new Map<string, number>();
  for await (const blob of walk(root, ({ descriptor }) => Promise.resolve(content.get(descriptor.digest)!)))
    found.set(blob.descriptor.digest, blob.descriptor.size);
  return found;
}

describe('planBundle', () => {
  it('plans exactly the blobs that the index reaches, with their sizes', async () => {
    for (const platforms of [['linux/amd64'], ['linux/amd64', 'linux/arm64']]) {
      const made = await sample({ platforms });
      const planned = new Map(made.plan.blobs.map(({ digest, size }) => [digest as string, size]));
      expect(planned).toEqual(await reached(made));
      expect(made.plan.totalBytes).toBe([...planned.values()].reduce((sum, size) => sum + size, 0));
    }
  });

  it('carries indexes of an image that is carried in part as blobs of an artifact without a name', async () => {
    const { lock, lockBytes, airlockMjs } = await sample({ platforms: ['linux/amd64', 'linux/arm64'] });
    const [image] = lock.images;
    const inputs = { lockBytes, airlockMjs, siteBytes: Buffer.from('name: x') };
    const index = { mediaType: 'application/vnd.oci.image.index.v1+json', digest: digestOf('an index'), size: 8 };
    const part = { ...image!, index, complete: false };
    const indexes = [index];
    const plan = planBundle({ ...inputs, lock: { ...lock, images: [{ ...part, indexes }] } });
    const { manifests } = JSON.parse(plan.rootBytes.toString()) as OciIndex;
    expect(plan.blobs.find(({ digest }) => digest === index.digest)).toMatchObject({ file: 'index' });
    expect(manifests.some(({ digest }) => digest === index.digest)).toBe(false);
    const entry = manifests.find(({ annotations }) => annotations?.['vnd.airlock.kind'] === 'sparse-index');
    expect(entry?.annotations).not.toHaveProperty(['org.opencontainers.image.ref.name']);
    const old = planBundle({ ...inputs, lock: { ...lock, images: [part] } });
    expect(old.blobs.some(({ digest }) => digest === index.digest)).toBe(false);
  });

  it('reaches the same root from the same inputs, whatever the model holds', async () => {
    const file = fc.tuple(fc.stringMatching(/^[a-z]{1,8}\.(json|gguf|md)$/), fc.uint8Array({ maxLength: 50 }));
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 5 }), async (files) => {
        const modelFiles = Object.fromEntries(files.map(([name, bytes]) => [name, Buffer.from(bytes)]));
        const [one, two] = [await sample({ modelFiles }), await sample({ modelFiles })];
        expect(two.plan.root).toBe(one.plan.root);
        expect(two.plan.rootBytes).toEqual(one.plan.rootBytes);
        expect(new Set((await reached(one)).keys())).toEqual(new Set(one.plan.blobs.map(({ digest }) => digest)));
      }),
      { numRuns: 25 },
    );
  });

  it('reaches another root when any input changes', async () => {
    const made = await sample();
    const inputs = {
      lock: made.lock,
      lockBytes: made.lockBytes,
      siteBytes: made.siteBytes,
      airlockMjs: made.airlockMjs,
    };
    expect(planBundle(inputs).root).toBe(made.plan.root);
    const roots = new Set([
      made.plan.root,
      planBundle({ ...inputs, siteBytes: Buffer.from('# another comment\n') }).root,
      planBundle({ ...inputs, lockBytes: Buffer.from('{}') }).root,
      planBundle({ ...inputs, airlockMjs: Buffer.from('another program') }).root,
      (await sample({ modelFiles: { 'model.gguf': seededBytes('other', 10) } })).plan.root,
      (await sample({ platforms: ['linux/arm64'] })).plan.root,
    ]);
    expect(roots.size).toBe(6);
  });

  it('names artifact and file of every blob, and keeps each digest once', async () => {
    const { plan, lock } = await sample();
    expect(new Set(plan.blobs.map(({ digest }) => digest)).size).toBe(plan.blobs.length);
    const weights = lock.models[0]!.files.find((file) => file.path === 'model.safetensors')!;
    expect(plan.blobs.find((blob) => hexOf(blob.digest) === weights.sha256)).toMatchObject({
      artifact: 'model/tiny',
      file: 'model.safetensors',
      size: 300_000,
      source: { kind: 'hub', repository: 'example/tiny', revision: '1'.repeat(40), path: 'model.safetensors' },
    });
    expect(plan.blobs.at(-1)).toMatchObject({ digest: plan.root, artifact: 'bundle' });
  });

  it('carries a two-platform image as one entry per platform unless its index is carried whole', async () => {
    const { plan } = await sample({ platforms: ['linux/amd64', 'linux/arm64'] });
    const index = JSON.parse(plan.rootBytes.toString()) as OciIndex;
    const references = index.manifests.map((entry) => entry.annotations?.['org.opencontainers.image.ref.name']);
    expect(references).toEqual(
      expect.arrayContaining([
        'docker.io/library/busybox:1.36+linux-amd64',
        'docker.io/library/busybox:1.36+linux-arm64',
        'airlock/kit:0.1.0',
      ]),
    );
  });
});

describe('modelArtifact', () => {
  it('has one layer per file whose digest is the file, so that the Hub, OCI and plain files agree', async () => {
    const { lock, upstream } = await sample();
    const model = lock.models[0]!;
    const { manifest, layers } = modelArtifact(model);
    expect(
      layers.map(({ digest, size, mediaType, annotations }) => [
        annotations?.['org.opencontainers.image.title'],
        mediaType,
        digestOf(upstream.get(digest)!),
        size,
      ]),
    ).toEqual(
      model.files.map((file) => [
        file.path,
        {
          LICENSE: 'application/vnd.cncf.model.doc.v1.raw',
          'config.json': 'application/vnd.cncf.model.weight.config.v1.raw',
          'model.safetensors': 'application/vnd.cncf.model.weight.v1.raw',
        }[file.path],
        `sha256:${file.sha256}`,
        file.size,
      ]),
    );
    expect(lock.derived.models[0]!.manifest.digest).toBe(manifest.descriptor.digest);
  });
});
