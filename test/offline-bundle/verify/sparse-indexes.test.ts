import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { digestOf, hexOf } from '../../../core/digest';
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../../core/media-types';
import { openBundle } from '../../../offline-bundle/verify/bundle-directory';
import type { Check } from '../../../offline-bundle/verify/report';
import { checkSparseIndexes } from '../../../offline-bundle/verify/sparse-indexes';
import type { LockContent, LockImage } from '../../../site/generated/lock';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'airlock-sparse-'));
  await mkdir(path.join(dir, 'blobs/sha256'), { recursive: true });
  await writeFile(path.join(dir, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(path.join(dir, 'index.json'), '{}');
});
afterEach(() => rm(dir, { recursive: true }));

const content = (mediaType: string, text: string): LockContent => ({
  mediaType,
  digest: digestOf(text),
  size: text.length,
});
const manifest = content(OCI_MANIFEST, 'the manifest for linux/amd64');
const other = content(OCI_MANIFEST, 'the manifest for linux/arm64, which is not carried');

/** Text of an index; kept in the bundle. */
async function indexOf(...manifests: LockContent[]): Promise<LockContent> {
  const text = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests });
  await writeFile(path.join(dir, 'blobs/sha256', hexOf(digestOf(text))), text);
  return content(OCI_INDEX, text);
}

async function check(...indexes: LockContent[]): Promise<Check[]> {
  const [index] = indexes;
  const image: LockImage = {
    ...{
      name: 'app',
      reference: 'r.example/app:1',
      repository: 'r.example/app',
      usedBy: ['images/app'],
      complete: false,
    },
    ...(index === undefined ? {} : { index, indexes }),
    manifests: [{ platform: 'linux/amd64', ...manifest, config: content(OCI_CONFIG, '{}'), layers: [] }],
  };
  return checkSparseIndexes(await openBundle(dir), { images: [image] });
}

it('are right where each leads to the next and the last to the image', async () => {
  const inner = await indexOf(manifest, other);
  const right = { id: 'lock', subject: 'indexes lead to the images of the lock', result: 'pass', detail: '1 image' };
  expect(await check(inner)).toEqual([right]);
  expect(await check(await indexOf(other, inner), inner)).toEqual([right]);
});

it('are not asked for in locks that carry none', async () => {
  expect(await check()).toEqual([]);
});

it.each([
  ['the image', (): Promise<LockContent[]> => Promise.all([indexOf(other)]), manifest],
  ['one another', (): Promise<LockContent[]> => Promise.all([indexOf(manifest), indexOf(other)]), undefined],
])('are refused where they do not lead to %s', async (_what, make, missing) => {
  const indexes = await make();
  const digest = (missing ?? indexes[1]!).digest;
  expect(await check(...indexes)).toMatchObject([
    {
      result: 'fail',
      fault: 'changed',
      subject: 'image app: its indexes',
      detail: `none of them names ${digest}, which the lock takes from there`,
    },
  ]);
});

it('are refused where they are no indexes', async () => {
  const text = '{"layers":[]}';
  await writeFile(path.join(dir, 'blobs/sha256', hexOf(digestOf(text))), text);
  const [found] = await check(content(OCI_INDEX, text));
  expect(found).toMatchObject({ result: 'fail', fault: 'changed' });
  expect(found?.detail).toContain('its index lists no manifests');
});

it('are left to the checks of blobs where they are missing or changed', async () => {
  const index = await indexOf(manifest);
  const file = path.join(dir, 'blobs/sha256', hexOf(index.digest));
  await writeFile(file, 'x'.repeat(index.size));
  expect(await check(index)).toEqual([]);
  await rm(file);
  expect(await check(index)).toEqual([]);
});
