/** Which digests a plan may name, by the lock. */
import type { Digest } from '../../core/digest';
import type { Lock } from '../../site/generated/lock';

export interface LockedImage {
  /** Name in the lock; `kit` for the derived image. */
  readonly name: string;
  readonly repository: string;
  readonly usedBy: readonly string[];
}

export interface LockedDigests {
  /** The locked image that a digest stands for in a repository. */
  image(repository: string, digest: string): LockedImage | undefined;
  /** The locked image that a digest stands for in any repository. */
  imageByDigest(digest: string): LockedImage | undefined;
  /** Every pair of repository and digest that may run. */
  references(): readonly { readonly repository: string; readonly digest: string }[];
  /** True for the repository of the kit's own image. */
  isKit(repository: string): boolean;
  /** Digest of a model's manifest. */
  model(name: string): Digest | undefined;
  /** Digest of the manifest of a serving's Ollama store. */
  ollama(serving: string): Digest | undefined;
  /** Digest of a file's manifest. */
  file(name: string): Digest | undefined;
}

const KIT = 'kit';

/** Reads the lock once; an index digest counts only where every child of the index is carried. */
export function lockedDigests(lock: Lock): LockedDigests {
  const byDigest = new Map<string, LockedImage[]>();
  const add = (image: LockedImage, digests: readonly (string | undefined)[]): void => {
    for (const digest of digests) {
      if (digest !== undefined) byDigest.set(digest, [...(byDigest.get(digest) ?? []), image]);
    }
  };
  for (const { name, repository, usedBy, index, complete, manifests } of lock.images) {
    add({ name, repository, usedBy }, [complete ? index?.digest : undefined, ...manifests.map(({ digest }) => digest)]);
  }
  const { kit, models, files = [], stores = [] } = lock.derived;
  add({ name: KIT, repository: kit.repository, usedBy: [KIT] }, [
    kit.index?.digest,
    ...kit.manifests.map(({ digest }) => digest),
  ]);
  for (const { name, image } of models) {
    if (image === undefined) continue;
    add(
      { name: `model ${name}`, repository: image.repository, usedBy: [] },
      image.manifests.map(({ digest }) => digest),
    );
  }
  const modelDigests = new Map(models.map(({ name, manifest }) => [name, manifest.digest]));
  const fileDigests = new Map(files.map(({ name, manifest }) => [name, manifest.digest]));
  return {
    image: (repository, digest) => byDigest.get(digest)?.find((image) => image.repository === repository),
    imageByDigest: (digest) => byDigest.get(digest)?.[0],
    references: () =>
      [...byDigest].flatMap(([digest, images]) => images.map(({ repository }) => ({ repository, digest }))),
    isKit: (repository) => repository === kit.repository,
    model: (name) => modelDigests.get(name),
    ollama: (name) => stores.find((store) => store.name === name)?.manifest.digest,
    file: (name) => fileDigests.get(name),
  };
}
