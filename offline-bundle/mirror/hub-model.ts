/** A model as the Hub shows it: one commit, its files and directories with the ids that clients compare. */
import type { LockModel } from '../../site/generated/lock';
import type { Content } from './content';
import { gitBlobId, gitTreeId, lfsPointer, type TreeEntry } from '../hub/git-objects';

export interface HubFile {
  readonly path: string;
  readonly content: Content;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** Id in the repository's tree: of the pointer for a file in LFS, else of the file. */
  readonly oid: string;
  /** Size of the pointer in bytes, for a file in LFS. */
  readonly pointerSize?: number;
  /** Without quotes: SHA-256 for a file in LFS, git id for others, as the Hub does. */
  readonly etag: string;
}

export interface HubDirectory {
  readonly path: string;
  /** Id of the git tree of the files that are carried; the upstream one where nothing was excluded. */
  readonly oid: string;
}

export interface HubRevision {
  /** `owner/name`. */
  readonly repository: string;
  /** 40 hexadecimal digits. */
  readonly commit: string;
  readonly license?: string;
  readonly files: ReadonlyMap<string, HubFile>;
}

/**
 * One file of a model.
 *
 * @param locked what the lock knows of it; without a lock (a pinned manifest) the file counts as one in LFS, since
 *   only its SHA-256 is known
 */
export function hubFile(path: string, content: Content, locked: LockModel['files'][number] | undefined): HubFile {
  const sha256 = content.digest.slice('sha256:'.length);
  if (locked?.sha256From === 'fetched') return { path, content, sha256, oid: locked.gitOid, etag: locked.gitOid };
  const pointer = lfsPointer(sha256, content.size);
  return {
    path,
    content,
    sha256,
    oid: locked?.gitOid ?? gitBlobId(pointer),
    pointerSize: pointer.length,
    etag: sha256,
  };
}

interface Branch {
  readonly files: HubFile[];
  readonly directories: Map<string, Branch>;
}

const newBranch = (): Branch => ({ files: [], directories: new Map() });

function treeOf(files: Iterable<HubFile>): Branch {
  const root = newBranch();
  for (const file of files) {
    let branch = root;
    for (const name of file.path.split('/').slice(0, -1)) {
      let next = branch.directories.get(name);
      if (next === undefined) {
        next = newBranch();
        branch.directories.set(name, next);
      }
      branch = next;
    }
    branch.files.push(file);
  }
  return root;
}

const lastName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

function collect(branch: Branch, at: string, into: Map<string, HubDirectory>): string {
  const entries: TreeEntry[] = branch.files.map(({ path, oid }) => ({ name: lastName(path), kind: 'file', oid }));
  for (const [name, child] of branch.directories) {
    const path = at === '' ? name : `${at}/${name}`;
    const oid = collect(child, path, into);
    into.set(path, { path, oid });
    entries.push({ name, kind: 'directory', oid });
  }
  return gitTreeId(entries);
}

/** Every directory of a revision by path, without the root. */
export function directoriesOf({ files }: HubRevision): Map<string, HubDirectory> {
  const directories = new Map<string, HubDirectory>();
  collect(treeOf(files.values()), '', directories);
  return directories;
}
