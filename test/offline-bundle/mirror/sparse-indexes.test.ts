import { request } from 'undici';
import type { Digest } from '../../../core/digest';
import { DOCKER_INDEX } from '../../../core/media-types';
import { type Mirror, startMirror } from '../../../offline-bundle/mirror/server';
import type { LockImage } from '../../../site/generated/lock';
import { importInto, type Imported, scratchFolder } from './store-support';

const dir = scratchFolder();
let mirror: Mirror;
let imported: Imported;
let left: Digest;

const PATH = '/v2/registry.example/busybox/manifests';
const image = (): LockImage => imported.lock.images.find(({ name }) => name === 'toolbox')!;

/** The image as it is locked for the first of its platforms alone. */
function carryOne({ images }: Imported['lock']): void {
  const found = images.find(({ name }) => name === 'toolbox')!;
  found.complete = false;
  found.indexes = [found.index!];
  left = found.manifests.pop()!.digest;
}

async function ask(reference: string): Promise<{ status: number; digest: unknown; type: unknown; text: string }> {
  const { statusCode, headers, body } = await request(`${mirror.url}${PATH}/${reference}`);
  const text = await body.text();
  return { status: statusCode, digest: headers['docker-content-digest'], type: headers['content-type'], text };
}

describe('an image of which one platform is carried', () => {
  beforeAll(async () => {
    const { store, ...rest } = await importInto(dir(), { editLock: carryOne });
    imported = rest;
    mirror = await startMirror({ store, host: '127.0.0.1', port: 0 });
  });
  afterAll(() => mirror.close(0));

  it('is served by the digest of its index, of its manifest, and by its tag, which is that platform', async () => {
    const [manifest] = image().manifests;
    const { mediaType, digest } = image().index!;
    expect(await ask(digest)).toMatchObject({ status: 200, digest, type: mediaType });
    for (const reference of [manifest!.digest, '1.36'])
      expect(await ask(reference)).toMatchObject({ status: 200, digest: manifest!.digest });
  });

  it('lacks the other platform, and says why', async () => {
    const { status, text } = await ask(left);
    expect(status).toBe(404);
    expect(JSON.parse(text)).toMatchObject({
      errors: [
        {
          code: 'MANIFEST_UNKNOWN',
          message: `repository registry.example/busybox has no ${left}: it is the image for linux/arm64, which no bundle carries; add the platform to platforms of the site, and bring a new bundle`,
        },
      ],
    });
  });

  it('is listed by no name of a plain layout, and by nothing that looks like an image', async () => {
    const artifact = imported.plan.blobs.find((blob) => blob.artifact === 'sparse-index/toolbox')!;
    expect((await ask(artifact.digest)).status).toBe(404);
    const { body } = await request(`${mirror.url}/v2/registry.example/busybox/tags/list`);
    expect(await body.json()).toMatchObject({ tags: ['1.36'] });
  });
});

describe('an image in the form of Docker, of which two of three platforms are carried', () => {
  it('is served by its tag, too, and each platform by one of its own', async () => {
    const { store, lock } = await importInto(`${dir()}/two`, {
      editLock: ({ images }) => {
        const found = images.find(({ name }) => name === 'toolbox')!;
        found.complete = false;
        found.indexes = [{ ...found.index!, mediaType: DOCKER_INDEX }];
      },
    });
    const { index, manifests } = lock.images.find(({ name }) => name === 'toolbox')!;
    const two = await startMirror({ store, host: '127.0.0.1', port: 0 });
    try {
      for (const reference of ['1.36', index!.digest]) {
        const { statusCode, headers, body } = await request(`${two.url}${PATH}/${reference}`);
        await body.dump();
        expect([statusCode, headers['content-type'], headers['docker-content-digest']]).toEqual([
          ...[200, DOCKER_INDEX, index!.digest],
        ]);
      }
      const tag = await request(`${two.url}${PATH}/1.36-linux-arm64`);
      await tag.body.dump();
      expect(tag.headers['docker-content-digest']).toBe(manifests[1]!.digest);
    } finally {
      await two.close(0);
    }
  });
});
