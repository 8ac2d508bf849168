/** Whether a bundle says of a commit what the store has been told of it. */
import type { Digest } from '../../core/digest';
import { parseLock } from '../../site/lock/lock-file';
import { type CommittedFile, CommitMeanings, committedFiles } from '../mirror/commit-meanings';
import { readRoot } from '../mirror/root-contents';
import type { RootRecord } from '../store/root-record';
import type { Store } from '../store/store';
import { type Check, fail } from '../verify/report';

/** What the files of models stand for, as a bundle's lock says. */
function filesOf(lock: Buffer): CommittedFile[] {
  return parseLock(lock.toString('utf8'), 'airlock.lock.json').models.flatMap(({ source, files }) =>
    files.map(({ path, sha256 }) => ({ repository: source.repository, commit: source.revision, path, sha256 })),
  );
}

/**
 * @param records what the store has; the bundle itself may be among them
 * @param root digest of the bundle's index
 * @param lock file in the bundle, as its index says
 * @returns a failure for each file of which a root says otherwise
 */
export async function checkCommits(
  store: Store,
  records: readonly RootRecord[],
  root: Digest,
  lock: Buffer,
): Promise<Check[]> {
  const wanted = filesOf(lock);
  const found: Check[] = [];
  for (const record of records.filter(({ digest }) => digest !== root)) {
    const meanings = new CommitMeanings();
    try {
      meanings.take(committedFiles((await readRoot(store, record, new Map())).models));
    } catch {
      continue; // It is not served, and says so where the store is read.
    }
    for (const { repository, commit, path, sha256 } of meanings.against(wanted))
      found.push(
        fail(
          'lock',
          `${repository}@${commit}: ${path}`,
          'changed',
          `SHA-256 ${sha256} here; ${record.kind} ${record.digest} of the store has other bytes for this commit`,
        ),
      );
  }
  return found;
}
