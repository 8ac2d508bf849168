import type { OciIndex } from '../../../core/descriptor';
import { layoutIndexBytes, OCI_LAYOUT_BYTES, parseRoot } from '../../../offline-bundle/layout/layout-index';
import { sample } from '../bundle/sample-lock';

describe('index.json', () => {
  it('begins with the bundle itself and names every image, model and the kit by reference', async () => {
    const { plan } = await sample();
    const index = JSON.parse(layoutIndexBytes(plan.rootBytes).toString()) as OciIndex;
    expect(index.manifests[0]).toEqual({
      mediaType: 'application/vnd.oci.image.index.v1+json',
      artifactType: 'application/vnd.airlock.bundle.v1+json',
      digest: plan.root,
      size: plan.rootBytes.length,
    });
    expect(index.manifests.slice(1).map((entry) => entry.annotations)).toEqual([
      { 'org.opencontainers.image.ref.name': 'docker.io/library/node:22' },
      { 'org.opencontainers.image.ref.name': 'docker.io/library/busybox:1.36' },
      { 'org.opencontainers.image.ref.name': `models/tiny:${'1'.repeat(40)}` },
      { 'org.opencontainers.image.ref.name': 'airlock/kit:0.1.0' },
    ]);
  });

  it('is a pure function of the index', async () => {
    const [one, two] = [await sample(), await sample()];
    expect(layoutIndexBytes(one.plan.rootBytes)).toEqual(layoutIndexBytes(two.plan.rootBytes));
    expect(OCI_LAYOUT_BYTES.toString()).toBe('{"imageLayoutVersion":"1.0.0"}');
  });

  it('is refused for bytes that are not a bundle index', () => {
    for (const bad of ['', 'null', '[]', '{}', '{"artifactType":"application/vnd.airlock.bundle.v1+json"}', '{'])
      expect(() => parseRoot(Buffer.from(bad))).toThrow(/not that of a bundle/);
  });
});
