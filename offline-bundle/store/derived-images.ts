/**
 * Image forms of models that the store's blobs give: `derived/<hex of the model's manifest>.json`. They hold digests only;
 * whoever pulls checks them, so a wrong record serves nothing wrong.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { reviewJson } from '../../core/canonical-json';
import { type Digest, fromHex, hexOf, isDigest } from '../../core/digest';
import { makeFolders } from '../../core/make-folders';
import type { LockModelImage } from '../../site/generated/lock';
import { makeWay, readStored, writeDurably, writeFailed } from './disk';

const FORMAT = 1;

interface DerivedRecord {
  readonly format: typeof FORMAT;
  readonly image: LockModelImage;
}

const folderOf = (dir: string): string => path.join(dir, 'derived');

/** The image form that a record holds. @returns undefined for what is no record */
export function parseDerivedImage(text: string): LockModelImage | undefined {
  try {
    const record = JSON.parse(text) as Partial<DerivedRecord> | null;
    const isWhole =
      record?.format === FORMAT &&
      typeof record.image?.repository === 'string' &&
      record.image.manifests.every(
        ({ platform, digest, layers }) =>
          typeof platform === 'string' && isDigest(digest) && layers.every((layer) => isDigest(layer.digest)),
      );
    return isWhole ? record.image : undefined;
  } catch {
    return undefined;
  }
}

/** The text of a record. */
export function derivedText(image: LockModelImage): string {
  const record: DerivedRecord = { format: FORMAT, image };
  return reviewJson(record);
}

/** Image forms by the digest of the model's manifest; what is no record counts as none. */
export async function derivedImages(dir: string): Promise<Map<Digest, LockModelImage>> {
  const found = new Map<Digest, LockModelImage>();
  for (const name of (await readdir(folderOf(dir)).catch((): string[] => [])).sort()) {
    const [, hex] = /^([0-9a-f]{64})\.json$/.exec(name) ?? [];
    const image =
      hex === undefined
        ? undefined
        : parseDerivedImage(await readStored(path.join(folderOf(dir), name)).catch(() => ''));
    if (hex !== undefined && image !== undefined) found.set(fromHex(hex), image);
  }
  return found;
}

/** Keeps the image form of a model. @throws AirlockError (environment) when the disk refuses */
export async function keepDerivedImage(dir: string, model: Digest, image: LockModelImage): Promise<void> {
  const folder = folderOf(dir);
  await makeFolders(folder).catch((error: unknown) => Promise.reject(writeFailed(folder, error)));
  const file = path.join(folder, `${hexOf(model)}.json`);
  await makeWay(file);
  await writeDurably(file, derivedText(image), folder);
}
