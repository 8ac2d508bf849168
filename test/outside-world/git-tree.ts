/** The git side of a Hub repository: pointers, trees and the commit, so that revisions are real commit ids. */
import { type Content, contentOf, gitObjectId, lfsPointer } from './bytes';

export interface RepositoryFile {
  readonly path: string;
  readonly content: Content;
  /** Large files lie in LFS: git holds a pointer, and the Hub states their SHA-256. */
  readonly lfs: boolean;
  /** Id of the blob in the tree: of the content, or of the LFS pointer. */
  readonly oid: string;
}

/** The patterns of the `.gitattributes` that the Hub writes into new repositories. */
const LFS_FILES = /\.(bin|gguf|onnx|pt|pth|safetensors|zip)$/;

/** Decides as the Hub does which files go to LFS. */
export const repositoryFiles = (files: Readonly<Record<string, Content | Uint8Array | string>>): RepositoryFile[] =>
  Object.entries(files)
    .map(([path, input]) => {
      const content = contentOf(input);
      const lfs = LFS_FILES.test(path);
      const oid = lfs ? gitObjectId('blob', lfsPointer(content.sha256, content.size)) : content.gitOid;
      return { path, content, lfs, oid };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));

/** Ids of every directory of a tree; the root is `''`. */
export function treeIds(files: readonly RepositoryFile[]): Map<string, string> {
  const ids = new Map<string, string>();
  const visit = (directory: string): string => {
    const prefix = directory === '' ? '' : `${directory}/`;
    const names = new Map<string, { mode: string; id: string }>();
    for (const file of files) {
      if (!file.path.startsWith(prefix)) continue;
      const [name = '', ...below] = file.path.slice(prefix.length).split('/');
      if (below.length === 0) names.set(name, { mode: '100644', id: file.oid });
      else if (!names.has(name)) names.set(name, { mode: '40000', id: visit(`${prefix}${name}`) });
    }
    // Git sorts a directory as if its name ended in a slash.
    const key = ([name, { mode }]: [string, { mode: string }]): string => (mode === '40000' ? `${name}/` : name);
    const entries = [...names].sort((a, b) => (key(a) < key(b) ? -1 : 1));
    const body = entries.flatMap(([name, { mode, id }]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]);
    const id = gitObjectId('tree', Buffer.concat(body));
    ids.set(directory, id);
    return id;
  };
  visit('');
  return ids;
}

/** A first commit of these files by a fixed author at a fixed time: the same files give the same revision. */
export function commitId(files: readonly RepositoryFile[]): string {
  const who = 'Outside World <hub@outside.example> 1767225600 +0000';
  const tree = treeIds(files).get('') ?? '';
  return gitObjectId('commit', Buffer.from(`tree ${tree}\nauthor ${who}\ncommitter ${who}\n\ninitial commit\n`));
}
