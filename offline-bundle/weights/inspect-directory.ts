/** How a folder differs from a list of files, without reading any content. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { environmentFailed } from '../../core/errors';
import { systemCode } from '../../core/system-errors';
import { isMissing } from '../store/disk';
import { foldersOf, type ModelFile } from './model-files';

export interface DirectoryFindings {
  /** Listed files that are there, with the right size. */
  readonly present: readonly ModelFile[];
  /** Listed files that are not there. */
  readonly missing: readonly ModelFile[];
  /** Listed files of another size or kind, with the difference in words. */
  readonly changed: readonly { readonly path: string; readonly how: string }[];
  /** What is there and not listed: files, links, empty folders (with a final slash). */
  readonly unlisted: readonly string[];
}

type Found = Map<string, 'file' | 'folder' | 'empty folder' | 'symbolic link' | 'special file'>;

async function scan(root: string, below: string, ignored: string | undefined, into: Found): Promise<void> {
  const entries = await readdir(path.join(root, below), { withFileTypes: true });
  if (below !== '') into.set(below, entries.length === 0 ? 'empty folder' : 'folder');
  for (const entry of entries) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (name === ignored && entry.isDirectory()) continue;
    if (entry.isDirectory()) await scan(root, name, ignored, into);
    else into.set(name, entry.isFile() ? 'file' : entry.isSymbolicLink() ? 'symbolic link' : 'special file');
  }
}

async function scanFolder(root: string, ignored: string | undefined): Promise<Found> {
  const found: Found = new Map();
  try {
    await scan(root, '', ignored, found);
  } catch (error) {
    if (isMissing(error)) return found;
    throw environmentFailed(
      'FILE_UNREADABLE',
      `cannot read ${root}: ${systemCode(error) ?? String(error)}`,
      'check the permissions; on a volume of its own use a folder inside it, beside lost+found',
      error,
    );
  }
  return found;
}

/**
 * Compares a folder with the files it should hold and nothing else.
 *
 * @param ignored name of one folder directly inside that is not looked at
 * @throws AirlockError (environment) when the folder cannot be read
 */
export async function inspectDirectory(
  root: string,
  files: readonly ModelFile[],
  ignored?: string,
): Promise<DirectoryFindings> {
  const found = await scanFolder(root, ignored);
  const folders = foldersOf(files);
  const present: ModelFile[] = [];
  const missing: ModelFile[] = [];
  const changed: { path: string; how: string }[] = [];
  for (const file of files) {
    const kind = found.get(file.path);
    found.delete(file.path);
    if (kind === undefined) {
      missing.push(file);
    } else if (kind !== 'file') {
      changed.push({ path: file.path, how: `is a ${kind.replace('empty ', '')}` });
    } else {
      const { size } = await stat(path.join(root, file.path));
      if (size === file.size) present.push(file);
      else changed.push({ path: file.path, how: `has ${size} bytes instead of ${file.size}` });
    }
  }
  const unlisted = [...found].flatMap(([name, kind]) => {
    if (kind === 'folder') return []; // what it holds is named
    if (kind === 'empty folder') return folders.has(name) ? [] : [`${name}/`];
    return [kind === 'file' ? name : `${name} (${kind})`];
  });
  return { present, missing, changed, unlisted: unlisted.sort() };
}
