/**
 * Removes what earlier fills brought and no pin reaches any more: a volume has room for the contents of one plan.
 *
 * Only where fills alone have written. What an import brought came over the gap, and nobody can fetch it again.
 */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Digest, fromHex } from '../../core/digest';
import { isMissing, syncDirectory, writeFailed } from '../store/disk';
import { recordName } from '../store/root-record';
import type { Store } from '../store/store';

const BLOB = /^[0-9a-f]{64}$/;

async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (isMissing(error)) return [];
    throw writeFailed(dir, error);
  }
}

/**
 * Whether fills alone have written to a store: every record is that of a pin and can be read, and no seal is kept.
 *
 * @param pins whose records are written anew, so that they may be damaged
 */
export async function isOwnedByFills(store: Store, pins: ReadonlySet<Digest>): Promise<boolean> {
  const { records, problems } = await store.survey();
  const mended = new Set([...pins].map(recordName));
  const isUnknown = [...problems.keys()].some((name) => !mended.has(name));
  if (isUnknown || records.some(({ kind }) => kind !== 'pin')) return false;
  return (await namesIn(path.join(store.dir, 'seals'))).length === 0;
}

/**
 * Removes the records of other pins, then what nobody reaches: killed at any moment, it leaves nothing servable that is
 * not whole. Only for the holder of the writer lock.
 *
 * @param pins digests of the manifests that stay
 * @param reached everything that these reach, themselves included
 * @throws AirlockError (environment) when the disk refuses
 */
export async function evict(store: Store, pins: ReadonlySet<Digest>, reached: ReadonlySet<Digest>): Promise<void> {
  const [roots, blobs] = [path.join(store.dir, 'roots'), path.join(store.dir, 'blobs', 'sha256')];
  try {
    for (const { digest } of await store.roots())
      if (!pins.has(digest)) await rm(path.join(roots, recordName(digest)), { force: true });
    await syncDirectory(roots);
    const found = (await namesIn(blobs)).filter((name) => BLOB.test(name)).map(fromHex);
    await store.discard(...found.filter((digest) => !reached.has(digest)));
  } catch (error) {
    throw writeFailed(store.dir, error);
  }
  await store.dropStaged(reached);
}
