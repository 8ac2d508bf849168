/** Where damaged blobs go: out of the way of whoever serves or counts on them, and still there for a person to look at. */
import { lstat, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Digest, hexOf } from '../../core/digest';
import { makeFolders } from '../../core/make-folders';
import { stateOf } from '../mirror/blob-health';
import { isMissing, makeWay, syncDirectory, writeFailed } from '../store/disk';
import type { Store } from '../store/store';

const FOLDER = 'quarantine';

/** What a blob's file is now, to tell it from another one later. @returns undefined where there is none */
export async function fileState(store: Store, digest: Digest): Promise<string | undefined> {
  try {
    return stateOf(await lstat(store.blobPath(digest), { bigint: true }));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw writeFailed(store.blobPath(digest), error);
  }
}

/**
 * Moves a blob aside. Only for the holder of the writer lock.
 *
 * @param state of the file that was found wrong
 * @returns false when another file lies there meanwhile
 * @throws AirlockError (environment) when the disk refuses
 */
export async function moveAside(store: Store, digest: Digest, state: string): Promise<boolean> {
  if ((await fileState(store, digest)) !== state) return false;
  const folder = path.join(store.dir, FOLDER);
  const to = path.join(folder, hexOf(digest));
  try {
    await makeFolders(folder);
    await makeWay(to);
    await rename(store.blobPath(digest), to);
    await syncDirectory(folder);
    await syncDirectory(path.dirname(store.blobPath(digest)));
    return true;
  } catch (error) {
    throw writeFailed(to, error);
  }
}

/** Removes what was moved aside of a blob, once the store has it again. Only for the holder of the writer lock. */
export async function dropAside(store: Store, digest: Digest): Promise<void> {
  const file = path.join(store.dir, FOLDER, hexOf(digest));
  await rm(file, { recursive: true, force: true }).catch((error: unknown) => Promise.reject(writeFailed(file, error)));
}
