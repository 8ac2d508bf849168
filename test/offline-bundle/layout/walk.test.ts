import fc from 'fast-check';
import { canonicalJson } from '../../../core/canonical-json';
import type { Descriptor } from '../../../core/descriptor';
import { digestOf } from '../../../core/digest';
import { AirlockError } from '../../../core/errors';
import { type ReachedBlob, walk } from '../../../offline-bundle/layout/walk';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const held = new Map<string, Buffer>();

function hold(mediaType: string, bytes: Buffer): Descriptor {
  const digest = digestOf(bytes);
  held.set(digest, bytes);
  return { mediaType, digest, size: bytes.length };
}

async function all(root: Descriptor): Promise<ReachedBlob[]> {
  const found: ReachedBlob[] = [];
  for await (const blob of walk(root, ({ descriptor }) => Promise.resolve(held.get(descriptor.digest)!)))
    found.push(blob);
  return found;
}

const layer = {
  ...hold('text/plain', Buffer.from('layer')),
  annotations: { 'org.opencontainers.image.title': 'a.txt' },
};
const config = hold('application/json', Buffer.from('{}'));

describe('walk', () => {
  it('names each blob by artifact and file, each digest once', async () => {
    const manifest = hold(MANIFEST, canonicalJson({ schemaVersion: 2, config, layers: [layer, config, layer] }));
    const entry = { ...manifest, annotations: { 'vnd.airlock.kind': 'model', 'vnd.airlock.name': 'tiny' } };
    const root = hold(INDEX, canonicalJson({ manifests: [entry, manifest] }));
    expect((await all(root)).map(({ artifact, file }) => `${artifact}: ${file}`)).toEqual([
      'bundle: index',
      'model/tiny: manifest',
      'model/tiny: config',
      'model/tiny: a.txt',
    ]);
  });

  it('refuses a digest that is named with two sizes', async () => {
    const root = hold(MANIFEST, canonicalJson({ config, layers: [layer, { ...layer, size: 4 }] }));
    await expect(all(root)).rejects.toThrow(/is named with two sizes/);
  });

  it('refuses manifests above 4 MiB before reading them', async () => {
    await expect(all({ ...hold(INDEX, Buffer.from('{}')), size: 4 * 1024 * 1024 + 1 })).rejects.toThrow(/larger than/);
  });

  it('refuses whatever is not a manifest as a failed check, never by crashing', async () => {
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.record({ manifests: fc.jsonValue() }),
      fc.record({ layers: fc.jsonValue(), config: fc.jsonValue() }),
      fc.record({
        manifests: fc.array(
          fc.record({
            mediaType: fc.constant(INDEX),
            digest: fc.constant(digestOf('x')),
            size: fc.jsonValue(),
            platform: fc.jsonValue(),
            annotations: fc.jsonValue(),
          }),
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(odd, async (value) => {
        held.set(digestOf('x'), Buffer.from('{}'));
        try {
          await all(hold(INDEX, Buffer.from(JSON.stringify(value))));
        } catch (error) {
          expect(error).toBeInstanceOf(AirlockError);
          expect(error).toMatchObject({ kind: 'check' });
        }
      }),
      { numRuns: 500 },
    );
    await expect(all(hold(INDEX, Buffer.from('{')))).rejects.toThrow(/is not JSON/);
  });
});
