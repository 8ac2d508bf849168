/** A commit names its files for ever: two roots that disagree about the bytes of one cannot both be right. */
import { checkFailed } from '../../core/errors';
import type { HubRevision } from './hub-model';

/** A file of a commit, and the bytes that it stands for. */
export interface CommittedFile {
  /** `owner/name`. */
  readonly repository: string;
  /** 40 hexadecimal digits. */
  readonly commit: string;
  readonly path: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

export const committedFiles = (revisions: readonly HubRevision[]): CommittedFile[] =>
  revisions.flatMap(({ repository, commit, files }) =>
    [...files.values()].map(({ path, sha256 }) => ({ repository, commit, path, sha256 })),
  );

/** What the commits of several roots stand for, as far as they were told. */
export class CommitMeanings {
  private readonly known = new Map<string, string>();

  /** The Hub does not tell names of repositories apart by their case. */
  private static key({ repository, commit, path }: CommittedFile): string {
    return JSON.stringify([repository.toLowerCase(), commit, path]);
  }

  /** Those that stand for other bytes than was told before. */
  public against(files: readonly CommittedFile[]): CommittedFile[] {
    return files.filter((file) => (this.known.get(CommitMeanings.key(file)) ?? file.sha256) !== file.sha256);
  }

  /** Takes the word of one more root. @throws AirlockError (check) where it contradicts an earlier one, and nothing of it is taken */
  public take(files: readonly CommittedFile[]): void {
    const [odd] = this.against(files);
    if (odd !== undefined)
      throw checkFailed(
        'COMMIT_HAS_OTHER_BYTES',
        `${odd.repository}@${odd.commit}: ${odd.path} has SHA-256 ${odd.sha256}, an earlier root of the store has other bytes for it`,
        'find out which of the two is right, and remove the other from the store',
      );
    for (const file of files) this.known.set(CommitMeanings.key(file), file.sha256);
  }
}
