import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type Digest, digestOf } from '../../../core/digest';
import { startMirror } from '../../../offline-bundle/mirror/server';
import { deriveImages, keepImages } from '../../../offline-bundle/weights/derive-images';
import { parseLock, serializeLock } from '../../../site/lock/lock-file';
import { importInto, scratchFolder } from './store-support';

const dir = scratchFolder();

const get = async (url: string, headers: Record<string, string> = {}): Promise<{ status: number; bytes: Buffer }> => {
  const response = await fetch(url, { headers });
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
};

describe('a model as an image', () => {
  it('is served with digests that its bytes have, without a second copy, from the next request on', async () => {
    const { store, lock } = await importInto(path.join(dir(), 'served'));
    const mirror = await startMirror({ store, host: '127.0.0.1', port: 0 });
    const base = `${mirror.url}/v2/model-images/tiny`;
    try {
      expect((await get(`${base}/tags/list`)).status).toBe(404);
      const derived = await deriveImages({ lock, models: ['tiny'], from: store.dir });
      const image = derived.derived.models[0]!.image!;
      expect(image.manifests.map(({ platform }) => platform)).toEqual(lock.platforms);
      for (const { digest, config, layers } of image.manifests) {
        const manifest = await get(`${base}/manifests/${digest}`);
        expect(digestOf(manifest.bytes)).toBe(digest);
        for (const blob of [config, ...layers]) {
          const { bytes } = await get(`${base}/blobs/${blob.digest}`);
          expect([digestOf(bytes), bytes.length]).toEqual([blob.digest, blob.size]);
        }
        const { rootfs } = JSON.parse((await get(`${base}/blobs/${config.digest}`)).bytes.toString()) as {
          rootfs: { diff_ids: Digest[] };
        };
        expect(rootfs.diff_ids).toEqual(layers.map((layer) => layer.digest));
      }
    } finally {
      await mirror.close(0);
    }
  });

  it('is served in parts', async () => {
    const { store, lock } = await importInto(path.join(dir(), 'parts'));
    const [model] = (await deriveImages({ lock, models: ['tiny'], from: store.dir })).derived.models;
    const layer = model!.image!.manifests[0]!.layers.find(({ size }) => size > 5000)!;
    const mirror = await startMirror({ store, host: '127.0.0.1', port: 0 });
    const url = `${mirror.url}/v2/model-images/tiny/blobs/${layer.digest}`;
    try {
      const whole = (await get(url)).bytes;
      const ends = [0, 1, 511, 512, 513, 5511, 5512, 5513, layer.size - 1025, layer.size - 1];
      for (const first of ends) {
        for (const last of ends.filter((end) => end >= first)) {
          const part = await get(url, { range: `bytes=${first}-${last}` });
          expect(part.status).toBe(206);
          expect(part.bytes.equals(whole.subarray(first, last + 1))).toBe(true);
        }
      }
    } finally {
      await mirror.close(0);
    }
  });

  it('needs every file of the model', async () => {
    const { store, lock } = await importInto(path.join(dir(), 'lacking'));
    const file = lock.models[0]!.files.find(({ path: name }) => name === 'model.safetensors')!;
    await rm(store.blobPath(`sha256:${file.sha256}`));
    await expect(deriveImages({ lock, models: ['tiny'], from: store.dir })).rejects.toMatchObject({
      kind: 'check',
      message: expect.stringContaining('does not hold model.safetensors of model tiny') as string,
    });
  });

  it('is the same from the bundle and from the store, survives the lock file and the next lock', async () => {
    const folder = path.join(dir(), 'same');
    const { store, lock } = await importInto(folder);
    const [fromStore, fromBundle] = [
      await deriveImages({ lock, models: ['tiny'], from: store.dir }),
      await deriveImages({ lock, models: ['tiny'], from: path.join(folder, 'bundle-') }),
    ];
    expect(fromStore).toEqual(fromBundle);
    expect(parseLock(serializeLock(fromStore), 'airlock.lock.json')).toEqual(fromStore);
    expect(keepImages(lock, fromStore)).toEqual(fromStore);
    expect(keepImages({ ...lock, platforms: ['linux/amd64'] }, fromStore).derived.models[0]?.image).toBeUndefined();
  });
});
