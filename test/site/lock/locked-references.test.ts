import { lockedReferences } from '../../../site/lock/locked-references';
import { lockFor, site } from '../fixtures';

describe('lockedReferences', () => {
  const lock = lockFor(site());
  const references = lockedReferences(lock, 'registry.site:5443');

  it('names every platform of every image and of the kit, on the registry of the enclave', () => {
    const digests = [...lock.images.flatMap(({ manifests }) => manifests), ...lock.derived.kit.manifests];
    expect(digests.length).toBeGreaterThan(1);
    for (const { digest } of digests) expect(references.join('\n')).toContain(`@${digest}`);
    for (const reference of references) expect(reference).toMatch(/^registry\.site:5443\/[^@:]+@sha256:[0-9a-f]{64}$/);
  });

  it('names an index only where every child of it is carried', () => {
    const content = {
      mediaType: 'application/vnd.oci.image.index.v1+json',
      digest: `sha256:${'1'.repeat(64)}`,
      size: 1,
    } as const;
    const [image] = lock.images;
    const withIndex = (complete: boolean) =>
      lockedReferences({ ...lock, images: [{ ...image!, index: content, complete }] }, 'r').join('\n');
    expect(withIndex(true)).toContain(content.digest);
    expect(withIndex(false)).not.toContain(content.digest);
  });

  it('is sorted, each once', () => {
    expect(references).toEqual([...new Set(references)].sort());
  });
});
