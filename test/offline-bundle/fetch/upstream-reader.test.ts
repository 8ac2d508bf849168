import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { digestOf } from '../../../core/digest';
import { createSourceReader } from '../../../offline-bundle/fetch/upstream-reader';
import type { SourceReader } from '../../../offline-bundle/fetch/source-reader';
import type { BlobSource, PlannedBlob } from '../../../offline-bundle/layout/plan';
import { seededBytes } from '../../outside-world/bytes';
import { makeImage, type MadeImage } from '../../outside-world/images';
import { makeProvider, type MadeProvider } from '../../outside-world/providers';
import { startWorld, type World } from '../../outside-world/world';
import { bytesOf, rejection, worldClients } from './clients';

const WEIGHTS = seededBytes('weights', 100_000);
const TOOL = seededBytes('tool', 50_000);
const MODEL = 'outside-example/model';
const REFERENCE = 'docker.io/library/busybox:1.36';
const URL_OF_TOOL = 'https://downloads.example/tool.bin';

let world: World;
let image: MadeImage;
let provider: MadeProvider;
let reader: SourceReader;
beforeEach(async () => {
  image = await makeImage({ layers: [{ 'bin/busybox': 'x' }] });
  provider = await makeProvider('acme/demo', '1.2.3', ['linux/amd64']);
  world = await startWorld({
    hub: { repositories: [{ id: MODEL, files: { 'model.safetensors': WEIGHTS } }], token: 'hf_secret' },
    registries: {
      'docker.io': { images: { 'library/busybox:1.36': image }, auth: { kind: 'token' }, redirectBlobs: true },
    },
    providerRegistries: { 'registry.example': { providers: [provider] } },
    files: { 'downloads.example': { files: { '/tool.bin': TOOL } } },
  });
  reader = createSourceReader(worldClients({ ...world.environment, HF_TOKEN: 'hf_secret' }).clients);
});
afterEach(() => world.close());

const planned = (bytes: Buffer, source: BlobSource): PlannedBlob => ({
  digest: digestOf(bytes),
  size: bytes.length,
  artifact: 'kind/name',
  file: 'some file',
  source,
});
const hubBlob = (file = 'model.safetensors'): PlannedBlob =>
  planned(WEIGHTS, { kind: 'hub', repository: MODEL, revision: world.hub!.revisionOf(MODEL), path: file });
const providerSource = {
  kind: 'provider',
  source: 'registry.example/acme/demo',
  version: '1.2.3',
  platform: 'linux/amd64',
} as const;
const providerBlob = (url?: string): PlannedBlob => {
  const { zip, filename } = provider.packages[0]!;
  return planned(zip, { ...providerSource, filename, ...(url === undefined ? {} : { url }) });
};
const registryBlob = (bytes: Buffer, content: 'manifest' | 'blob'): PlannedBlob =>
  planned(bytes, { kind: 'registry', reference: REFERENCE, content });

async function expectBytes(blob: PlannedBlob, bytes: Buffer, from: SourceReader = reader): Promise<void> {
  for (const offset of [0, 10, bytes.length - 1]) {
    const { body, start } = await from.open(blob, offset);
    expect(start).toBe(offset);
    expect((await bytesOf(body)).equals(bytes.subarray(offset))).toBe(true);
  }
}

describe('a planned blob is read from any offset', () => {
  it('of an image: manifest, config and layers', async () => {
    await expectBytes(registryBlob(image.root.bytes, 'manifest'), image.root.bytes);
    for (const blob of image.blobs) {
      const bytes = await bytesOf(blob.read(0, blob.size));
      await expectBytes(registryBlob(bytes, 'blob'), bytes);
    }
  });

  it('of a model, and the token goes to the Hub alone', async () => {
    await expectBytes(hubBlob(), WEIGHTS);
    const seen = world.requests().filter(({ headers }) => JSON.stringify(headers).includes('hf_secret'));
    expect(seen).toHaveLength(3);
    expect(seen.every((request) => world.hub!.requests.includes(request))).toBe(true);
  });

  it('of a file, by way of its upstream', async () => {
    await expectBytes(planned(TOOL, { kind: 'url', url: URL_OF_TOOL }), TOOL);
  });

  it('of a provider: from its address, or from a mirror directory', async () => {
    const { zip, filename } = provider.packages[0]!;
    const { releases } = world.providerRegistries['registry.example']!;
    await expectBytes(providerBlob(`${releases.url}/acme/demo/1.2.3/${filename}`), zip);
    const folder = await mkdtemp(path.join(tmpdir(), 'airlock-reader-'));
    try {
      await mkdir(path.join(folder, 'registry.example/acme/demo'), { recursive: true });
      await writeFile(path.join(folder, 'registry.example/acme/demo', filename), zip);
      const { clients } = worldClients(world.environment, { providerMirror: folder });
      await expectBytes(providerBlob(), zip, createSourceReader(clients));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('and asks nobody when nothing is left', async () => {
    const { body, start } = await reader.open(hubBlob(), WEIGHTS.length);
    expect([start, (await bytesOf(body)).length]).toEqual([WEIGHTS.length, 0]);
    expect(world.requests()).toEqual([]);
  });
});

describe('a planned blob that cannot be read', () => {
  it.each<[string, () => PlannedBlob]>([
    ['an image', () => planned(WEIGHTS, { kind: 'registry', reference: 'docker.io/library/gone', content: 'blob' })],
    ['a manifest', () => registryBlob(WEIGHTS, 'manifest')],
    ['a layer', () => registryBlob(WEIGHTS, 'blob')],
    [
      'a model',
      () => planned(WEIGHTS, { kind: 'hub', repository: 'outside-example/gone', revision: 'a'.repeat(40), path: 'x' }),
    ],
    ['a commit', () => planned(WEIGHTS, { kind: 'hub', repository: MODEL, revision: 'a'.repeat(40), path: 'x' })],
    ['a file of a model', () => hubBlob('gone.bin')],
    ['a file', () => planned(TOOL, { kind: 'url', url: 'https://downloads.example/gone' })],
  ])('because upstream lost %s fails the check, or says how to get in, and names the artifact', async (what, blob) => {
    const error = await rejection(reader.open(blob(), 0));
    // A registry with tokens hides repositories that do not exist behind 401.
    expect(error.kind).toBe(what === 'an image' ? 'environment' : 'check');
    expect(error.message).toMatch(/^kind\/name, some file: /);
  });

  it('because its mirror directory is not named any more is broken input', async () => {
    const error = await rejection(reader.open(providerBlob(), 0));
    expect(error).toMatchObject({ kind: 'input', fix: expect.stringContaining('--provider-mirror') as string });
  });

  it('because it is made, not fetched, is a fault of the kit', async () => {
    const error = await rejection(reader.open(planned(TOOL, { kind: 'kit-image' }), 0));
    expect(error).toMatchObject({ code: 'INTERNAL', message: expect.stringContaining('has no upstream') as string });
  });
});
