/**
 * A volume that outlives pods and holds one content under its digest, so that the next pod finds it there:
 *
 *     <cache>/<hex of the manifest>/        exactly the manifest's files
 *     <cache>/<hex of the manifest>.json    see verified-record.ts
 */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { hexOf } from '../../core/digest';
import { AirlockError } from '../../core/errors';
import { makeFolders } from '../../core/make-folders';
import { writeFailed } from '../store/disk';
import type { ContentReference } from './content-source';
import { type FetchedWeights, type FetchOptions, fetchWeights } from './fetch';

export interface CacheOptions extends Omit<FetchOptions, 'contents' | 'into' | 'record'> {
  readonly content: ContentReference;
  /** Folder of the volume; one pod at a time uses it. */
  readonly cache: string;
}

/** Folders and records that this program makes, and records that a killed run left unfinished. */
const OURS = /^([0-9a-f]{64})(?:|\.json|\.json\.[0-9a-f]+\.tmp)$/;
/** File systems make it by themselves (mke2fs(8)). */
const LOST_AND_FOUND = 'lost+found';

/** Removes contents of other digests: a volume is as large as one of them. */
async function evictOthers(cache: string, kept: string): Promise<void> {
  const names = await readdir(cache);
  const foreign = names.filter((name) => !OURS.test(name) && name !== LOST_AND_FOUND).sort();
  if (foreign.length > 0) {
    throw new AirlockError('WEIGHTS_DIFFER', `${cache} holds what no fetch put there:`, {
      items: foreign.map((name) => `unlisted: ${name}`),
      fix: 'find out who wrote to the volume, then empty it',
    });
  }
  for (const name of names) {
    const [, hex] = OURS.exec(name) ?? [];
    if (hex !== undefined && name !== kept && name !== `${kept}.json`)
      await rm(path.join(cache, name), { recursive: true, force: true });
  }
}

/**
 * Fetches content into a cache, or finds it there. Content that was verified in this place and has not changed since is
 * not hashed again.
 *
 * @throws AirlockError as {@link fetchWeights}; (check) also when the cache holds anything that no fetch put there
 */
export async function fetchIntoCache({ content, cache, ...options }: CacheOptions): Promise<FetchedWeights> {
  const hex = hexOf(content.manifest);
  try {
    await makeFolders(cache);
    await evictOthers(cache, hex);
  } catch (error) {
    throw writeFailed(cache, error);
  }
  const into = path.join(cache, hex);
  return fetchWeights({ ...options, contents: [content], into, record: `${into}.json` });
}
