/** Digests of a lock: which there are, and which mean the same image. */
import type { Lock } from '../../site/generated/lock';

/**
 * Digests under which runtimes report an image: containerd the one that was pulled, of an index or of a platform's manifest;
 * others the configuration's (kubernetes cri-api, ImageStatus; cri-o, ContainerStatus).
 */
export class LockedDigests {
  private readonly groups = new Map<string, ReadonlySet<string>>();
  private readonly all: ReadonlySet<string>;

  public constructor(lock: Lock) {
    const { kit, models } = lock.derived;
    const images = [...lock.images, kit, ...models.flatMap(({ image }) => image ?? [])] as readonly {
      readonly index?: { readonly digest: string };
      readonly manifests: readonly { readonly digest: string; readonly config?: { readonly digest: string } }[];
    }[];
    for (const { index, manifests } of images) {
      const group = new Set([
        ...(index === undefined ? [] : [index.digest]),
        ...manifests.flatMap(({ digest, config }) => [digest, ...(config === undefined ? [] : [config.digest])]),
      ]);
      for (const digest of group) this.groups.set(digest, group);
    }
    this.all = new Set(JSON.stringify(lock).match(/sha256:[0-9a-f]{64}/g));
  }

  /** Whether the lock names the digest anywhere. */
  public has(digest: string): boolean {
    return this.all.has(digest);
  }

  /** Whether two digests stand for one locked image. */
  public same(one: string, other: string): boolean {
    return one === other || (this.groups.get(one)?.has(other) ?? false);
  }
}
