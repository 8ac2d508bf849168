/** By which names a pod may run content of the lock. */
import type { Lock } from '../generated/lock';

/**
 * Every `<registry>/<repository>@<digest>` that the lock allows, sorted: the manifest of each platform, and the index
 * where every child of it is carried; of images, of the kit, and of models that are image volumes.
 */
export function lockedReferences(lock: Lock, registry: string): string[] {
  const { kit, models } = lock.derived;
  const contents = [
    ...lock.images.map(({ repository, complete, index, manifests }) => ({
      repository,
      digests: [...(complete && index !== undefined ? [index] : []), ...manifests],
    })),
    { repository: kit.repository, digests: [...(kit.index === undefined ? [] : [kit.index]), ...kit.manifests] },
    ...models.flatMap(({ image }) =>
      image === undefined ? [] : [{ repository: image.repository, digests: image.manifests }],
    ),
  ];
  const references = contents.flatMap(({ repository, digests }) =>
    digests.map(({ digest }) => `${registry}/${repository}@${digest}`),
  );
  return [...new Set(references)].sort();
}
