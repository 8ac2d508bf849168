/** Adds to a lock what only the bytes of the weights can tell: the digests of models as images. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { fromHex, hexOf } from '../../core/digest';
import { checkFailed } from '../../core/errors';
import { type Progress, SILENT } from '../../core/progress';
import { modelImageRepository } from '../../site/enclave-names';
import type { Lock, LockModel, LockModelImage } from '../../site/generated/lock';
import { keepDerivedImage } from '../store/derived-images';
import { deriveImage } from './image-form';
import type { ModelFile } from './model-files';

export interface DeriveOptions {
  readonly lock: Lock;
  /** Names of models of the lock. */
  readonly models: readonly string[];
  /** Folder of a bundle or a store; a store also keeps the digests, so that its mirror serves the images. */
  readonly from: string;
  readonly progress?: Progress;
}

const filesOf = ({ files }: LockModel): ModelFile[] =>
  files.map(({ path: name, sha256, size }) => ({ path: name, digest: fromHex(sha256), size }));

async function demandBlobs(from: string, { name, files }: LockModel): Promise<void> {
  for (const file of files) {
    const blob = path.join(from, 'blobs', 'sha256', hexOf(fromHex(file.sha256)));
    const size = await stat(blob).then(
      (found) => found.size,
      () => undefined,
    );
    if (size === file.size) continue;
    throw checkFailed(
      'CONTENT_MISSING',
      `${from} does not hold ${file.path} of model ${name} (${size ?? 'no'} bytes, not ${file.size})`,
      'name the bundle or store of this lock',
    );
  }
}

/**
 * Computes the image form of models; the rest of the lock stays as it is.
 *
 * @throws AirlockError (check) when the folder lacks a file; (environment) when a disk fails
 */
export async function deriveImages({ lock, models, from, progress = SILENT }: DeriveOptions): Promise<Lock> {
  const images = new Map<string, LockModelImage>();
  const isStore = existsSync(path.join(from, 'store.json'));
  for (const model of lock.models.filter(({ name }) => models.includes(name))) {
    await demandBlobs(from, model);
    const { image } = await deriveImage(from, model.name, filesOf(model), lock.platforms, progress);
    images.set(model.name, image);
    const manifest = lock.derived.models.find(({ name }) => name === model.name)?.manifest;
    if (isStore && manifest !== undefined) await keepDerivedImage(from, manifest.digest, image);
  }
  const derived = lock.derived.models.map((model) => {
    const image = images.get(model.name) ?? model.image;
    return image === undefined ? model : { ...model, image };
  });
  return { ...lock, derived: { ...lock.derived, models: derived } };
}

/** A lock with the images that an earlier one of the site has of the same models, since they cannot be others. */
export function keepImages(lock: Lock, before: Lock | undefined): Lock {
  if (before === undefined || before.platforms.join() !== lock.platforms.join()) return lock;
  const known = new Map(before.derived.models.map(({ manifest, image }) => [manifest.digest, image]));
  const models = lock.derived.models.map((model) => {
    const image = known.get(model.manifest.digest);
    return image === undefined || image.repository !== modelImageRepository(model.name) ? model : { ...model, image };
  });
  return { ...lock, derived: { ...lock.derived, models } };
}
