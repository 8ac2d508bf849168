/**
 * Where blobs of a new bundle may be at hand: older bundles, stores, unfinished bundles. All of them hold a blob as
 * `blobs/sha256/<its digits>`. Names and sizes are looked at here; nothing is believed before it was hashed (reuse-blob.ts).
 */
import type { Stats } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import { type Digest, hexOf } from '../../core/digest';
import { badInput, environmentFailed } from '../../core/errors';
import { systemCode } from '../../core/system-errors';
import type { PlannedBlob } from '../layout/plan';
import { isMissing } from '../store/disk';
import type { SealedBundle } from './ledger';

/** A folder that blobs are taken from. */
export interface ReuseSource {
  /** As it was named. */
  readonly dir: string;
  /** Where its blobs lie, absolute. */
  readonly blobs: string;
}

/** A file that has the name and the size of a planned blob. */
export interface AtHand {
  readonly source: ReuseSource;
  readonly file: string;
  /** Its file system (stat(2), `st_dev`). */
  readonly device: number;
  /** Whether a hard link to it is as good as a copy: see {@link isOursAlone}. */
  readonly isOursAlone: boolean;
}

/** Files of each blob that has any, in the order of the sources. */
export type BlobsAtHand = ReadonlyMap<Digest, readonly AtHand[]>;

/**
 * Whether nobody but this user can write to a file, so that a hard link to it stays as it was hashed. Where an access control list
 * is set, the bits of the group are its mask, which bounds every entry of it (acl(5), "Correspondence between ACL entries and
 * file permission bits").
 */
export const isOursAlone = ({ uid, mode }: Pick<Stats, 'uid' | 'mode'>): boolean =>
  uid === process.geteuid?.() && (mode & 0o022) === 0;

/** @returns undefined where there is nothing */
async function statOf(file: string): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw environmentFailed(
      'FILE_UNREADABLE',
      `cannot read ${file}: ${systemCode(error) ?? String(error)}`,
      'check the disk and the permissions',
      error,
    );
  }
}

/**
 * Looks whether a folder is one that blobs can be taken from. The folder may be a link; nothing in it is followed.
 *
 * @throws AirlockError (input) when there is no such folder, or it is no bundle and no store; (environment) when it cannot be read
 */
export async function reuseSource(dir: string): Promise<ReuseSource> {
  const at = await realpath(dir).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
    throw badInput('BUNDLE_MISSING', `there is no directory ${dir}`, 'name the folder of a bundle or a store');
  });
  const blobs = path.join(at, 'blobs', 'sha256');
  for (const folder of [at, path.dirname(blobs), blobs]) {
    if ((await statOf(folder))?.isDirectory() === true) continue;
    throw badInput(
      'BUNDLE_MISSING',
      `${dir} is neither a bundle nor a store: it holds no directory blobs/sha256`,
      'name the folder of a bundle, of an unfinished one or of a store',
    );
  }
  return { dir, blobs };
}

/** The last bundle of a site, where it still lies where it was sealed. */
export async function lastBundle(last: SealedBundle | undefined): Promise<ReuseSource | undefined> {
  return last?.folder === undefined ? undefined : reuseSource(last.folder).catch(() => undefined);
}

/** What upstream would be asked for: the rest is made here. */
const isFetched = ({ source }: PlannedBlob): boolean => source.kind !== 'bytes' && source.kind !== 'kit-image';

/**
 * Looks which blobs are at hand, by name and size; reads no byte of them. What is no plain file does not count.
 *
 * @throws AirlockError (environment) when a folder cannot be read
 */
export async function findAtHand(
  blobs: readonly PlannedBlob[],
  sources: readonly ReuseSource[],
): Promise<Map<Digest, readonly AtHand[]>> {
  const found = new Map<Digest, AtHand[]>();
  for (const { digest, size } of blobs.filter(isFetched)) {
    for (const source of sources) {
      const file = path.join(source.blobs, hexOf(digest));
      const stats = await statOf(file);
      if (stats?.isFile() !== true || stats.size !== size) continue;
      const one: AtHand = { source, file, device: stats.dev, isOursAlone: isOursAlone(stats) };
      found.set(digest, [...(found.get(digest) ?? []), one]);
    }
  }
  return found;
}
