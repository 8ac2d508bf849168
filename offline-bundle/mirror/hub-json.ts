/**
 * JSON of the Hub API (huggingface/hub-docs, docs/hub/api.md; field names as huggingface_hub reads them). There is no
 * Xet field anywhere: one would send clients to another host.
 */
import type { HubRepository } from './catalog';
import { directoriesOf, type HubDirectory, type HubFile, type HubRevision } from './hub-model';
import { type ModelCard, tagsOf } from './model-card';

const byPath = (a: { readonly path: string }, b: { readonly path: string }): number => (a.path < b.path ? -1 : 1);

const sortedFiles = (revision: HubRevision): HubFile[] => [...revision.files.values()].sort(byPath);

function sibling({ path, content, oid, sha256, pointerSize }: HubFile, blobs: boolean): object {
  if (!blobs) return { rfilename: path };
  return {
    rfilename: path,
    size: content.size,
    blobId: oid,
    ...(pointerSize === undefined ? {} : { lfs: { sha256, size: content.size, pointerSize } }),
  };
}

/** Model info; with `blobs`, sizes and hashes of the files. */
export function modelInfo({ id }: HubRepository, revision: HubRevision, card: ModelCard, blobs: boolean): object {
  const pipeline = card['pipeline_tag'];
  const library = card['library_name'];
  return {
    _id: revision.commit.slice(0, 24),
    id,
    modelId: id,
    author: id.split('/')[0],
    sha: revision.commit,
    private: false,
    gated: false,
    disabled: false,
    downloads: 0,
    likes: 0,
    tags: tagsOf(card),
    ...(typeof pipeline === 'string' ? { pipeline_tag: pipeline } : {}),
    ...(typeof library === 'string' ? { library_name: library } : {}),
    cardData: card,
    siblings: sortedFiles(revision).map((file) => sibling(file, blobs)),
  };
}

/** The one commit that is here; when it was made is not known, and this says so in the form of a date. */
const UNDATED = '1970-01-01T00:00:00.000Z';
const TITLE = 'as the bundle brought it';

/** What `expand` adds to an item (huggingface_hub, hf_api.py, `LastCommitInfo`). */
const expansion = ({ commit }: HubRevision, expand: boolean): object =>
  expand ? { lastCommit: { id: commit, title: TITLE, date: UNDATED }, security: null } : {};

/** The history of a revision: itself alone. */
export const commits = ({ commit }: HubRevision): object[] => [
  { id: commit, title: TITLE, message: '', authors: [], date: UNDATED },
];

function fileItem({ path, content, oid, sha256, pointerSize }: HubFile): object {
  return {
    type: 'file',
    oid,
    size: content.size,
    path,
    ...(pointerSize === undefined ? {} : { lfs: { oid: sha256, size: content.size, pointerSize } }),
  };
}

const directoryItem = ({ path, oid }: HubDirectory): object => ({ type: 'directory', oid, size: 0, path });

/**
 * The tree below a directory, directories first.
 *
 * @param directory without slashes at its ends; empty for the root
 * @returns undefined when there is no such directory
 */
export function treeItems(
  revision: HubRevision,
  directory: string,
  recursive: boolean,
  expand = false,
): object[] | undefined {
  const directories = directoriesOf(revision);
  if (directory !== '' && !directories.has(directory)) return undefined;
  const prefix = directory === '' ? '' : `${directory}/`;
  const inside = ({ path }: { readonly path: string }): boolean =>
    path.startsWith(prefix) && (recursive || !path.slice(prefix.length).includes('/'));
  return [
    ...[...directories.values()].filter(inside).sort(byPath).map(directoryItem),
    ...sortedFiles(revision).filter(inside).map(fileItem),
  ].map((item) => ({ ...item, ...expansion(revision, expand) }));
}

/** What is known about some paths; unknown ones are left out, as the Hub does. */
export function pathItems(revision: HubRevision, paths: readonly string[], expand = false): object[] {
  const directories = directoriesOf(revision);
  return paths.flatMap((asked) => {
    const path = asked.replace(/^\/+|\/+$/g, '');
    const file = revision.files.get(path);
    const directory = directories.get(path);
    const item = file !== undefined ? fileItem(file) : directory === undefined ? undefined : directoryItem(directory);
    return item === undefined ? [] : [{ ...item, ...expansion(revision, expand) }];
  });
}

/** Branches of a repository: `main` alone. */
export const refs = ({ main }: HubRepository): object => ({
  branches: [{ name: 'main', ref: 'refs/heads/main', targetCommit: main }],
  converts: [],
  tags: [],
});
