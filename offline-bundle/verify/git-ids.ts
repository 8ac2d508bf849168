/**
 * Whether the files of models are those that their commits name. A lock states a git id beside each SHA-256; who wrote a lock by
 * hand could name a well-known commit and other bytes.
 */
import { digestOf, fromHex } from '../../core/digest';
import type { Lock, LockModelFile } from '../../site/generated/lock';
import { gitBlobId, lfsPointerOid } from '../hub/git-objects';
import { blobFile, checkPresence } from './blob-check';
import { type BundleDirectory, readBundleFile } from './bundle-directory';
import { type Check, fail, pass, skipped } from './report';

/** What is not in LFS is small: the Hub takes up to 10 MB. Bytes. */
const MAX_PLAIN_BYTES = 64 * 1024 * 1024;

/** Git's id of a file; undefined where its blob is missing or damaged, which its own check says. */
async function idOf(bundle: BundleDirectory, { sha256, size, sha256From }: LockModelFile): Promise<string | undefined> {
  if (sha256From === 'hub') return lfsPointerOid(sha256, size);
  const digest = fromHex(sha256);
  if (checkPresence(bundle, { digest, size, name: '' }) !== undefined) return undefined;
  const bytes = await readBundleFile(bundle, blobFile(digest), size);
  return bytes === undefined || digestOf(bytes) !== digest ? undefined : gitBlobId(bytes);
}

async function checkFile(
  bundle: BundleDirectory,
  where: string,
  file: LockModelFile,
): Promise<Check | 'right' | 'unread'> {
  const subject = `${where}: ${file.path}`;
  if (file.sha256From === 'fetched' && file.size > MAX_PLAIN_BYTES)
    return skipped(
      'lock',
      subject,
      `git id ${file.gitOid}: not compared, since it has ${file.size} bytes outside of LFS`,
    );
  const id = await idOf(bundle, file);
  if (id === undefined) return 'unread';
  if (id === file.gitOid) return 'right';
  return fail('lock', subject, 'changed', `the commit names git id ${file.gitOid}, these bytes have ${id}`);
}

/**
 * @param lock as hashed by the index
 * @returns a check for each file that is another than the lock says, and one for the rest
 * @throws AirlockError (environment) when the medium fails
 */
export async function checkGitIds(bundle: BundleDirectory, { models }: Pick<Lock, 'models'>): Promise<Check[]> {
  const found: Check[] = [];
  let right = 0;
  for (const { source, files } of models)
    for (const file of files) {
      const check = await checkFile(bundle, `${source.repository}@${source.revision}`, file);
      if (check === 'right') right += 1;
      else if (check !== 'unread') found.push(check);
    }
  return right === 0
    ? found
    : [
        ...found,
        pass('lock', 'files of models have the git ids of the lock', right === 1 ? '1 file' : `${right} files`),
      ];
}
