/** The lock that `airlock lock` would have written for a changed site, with content that is made up. */
import { digestOf } from '../../core/digest';
import { parseOciReference } from '../../core/oci-reference';
import { imageRepository } from '../../site/enclave-names';
import type { Lock } from '../../site/generated/lock';
import type { Site } from '../../site/generated/site';
import { lockRequests } from '../../site/requests/requests';

const first = <T>(items: readonly T[]): T => {
  const [found] = items;
  if (found === undefined) throw new Error('the lock has nothing to copy');
  return found;
};

/** An image of the same form, with digests of its own. */
function copied(image: Lock['images'][number], reference: string): Lock['images'][number] {
  const copy = structuredClone({ ...image, complete: false });
  delete copy.index;
  for (const manifest of copy.manifests) manifest.digest = digestOf(reference + manifest.platform);
  return copy;
}

/** Keeps what fits, copies what is new. */
export function relock(site: Site, lock: Lock): Lock {
  const requests = lockRequests(site);
  return {
    ...lock,
    site: site.name,
    images: requests.images.map(({ name, reference, usedBy }) => ({
      ...(lock.images.find((image) => image.reference === reference) ?? copied(first(lock.images), reference)),
      name,
      reference,
      repository: imageRepository(parseOciReference(reference)),
      usedBy: [...usedBy],
    })),
    models: requests.models.map(({ name, repository, revision, include, exclude, expectedLicense }) => {
      const model = lock.models.find((candidate) => candidate.name === name) ?? first(lock.models);
      const source = { repository, revision, include: [...include], exclude: [...exclude] };
      return {
        ...model,
        name,
        source,
        license: { ...model.license, expected: expectedLicense, declared: expectedLicense },
      };
    }),
    files: requests.files.flatMap(({ name, usedBy = [] }) =>
      lock.files.filter((file) => file.name === name).map((file) => ({ ...file, usedBy: [...usedBy] })),
    ),
    charts: requests.charts.map((chart) => ({
      ...chart,
      size: 1,
      sha256: 'c4'.repeat(32),
      sha256From: 'fetched' as const,
    })),
    derived: {
      ...lock.derived,
      stores: requests.stores.map(({ name, servedName, model }) => ({
        ...first(lock.derived.stores ?? []),
        name,
        servedName,
        model,
      })),
    },
  };
}
