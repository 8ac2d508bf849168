/** How large what a plan names is, as far as the lock tells. */
import type { Lock } from '../../site/generated/lock';

const sum = (sizes: readonly { readonly size: number }[]): number => sizes.reduce((all, { size }) => all + size, 0);

/** Bytes by digest: of images the layers of one platform, of models and files what is in them. */
export function contentSizes(lock: Lock): ReadonlyMap<string, number> {
  const { kit, models, files = [] } = lock.derived;
  const images = [...lock.images, kit].flatMap(({ index, manifests }) => {
    const largest = Math.max(...manifests.map(({ layers }) => sum(layers)));
    return [
      ...(index === undefined ? [] : [[index.digest, largest] as const]),
      ...manifests.map(({ digest, layers }) => [digest, sum(layers)] as const),
    ];
  });
  const weights = models.flatMap(({ name, manifest }) => {
    const model = lock.models.find((one) => one.name === name);
    return model === undefined ? [] : [[manifest.digest, sum(model.files)] as const];
  });
  const single = files.flatMap(({ name, manifest }) => {
    const file = lock.files.find((one) => one.name === name);
    return file === undefined ? [] : [[manifest.digest, file.size] as const];
  });
  return new Map<string, number>([...images, ...weights, ...single]);
}
