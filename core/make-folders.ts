/**
 * Folders with whatever is missing above them. Node's own `recursive` never ends where a file system answers "no such file" for
 * a name in a folder that is there, as `/proc` does (nodejs/node, src/node_file.cc, MKDirpSync).
 */
import { mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { environmentFailed } from './errors';

export interface FolderOptions {
  /**
   * @default - what the umask leaves of 0o777
   */
  readonly mode?: number;
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

const unmakeable = (folder: string, error: unknown): Error =>
  environmentFailed('OUTPUT_UNWRITABLE', `no folder can be made at ${folder}`, 'name another folder', error);

/** @throws AirlockError (environment) where the file system makes no folders; Error of Node with its `code` otherwise */
export async function makeFolders(folder: string, options: FolderOptions = {}): Promise<void> {
  const full = path.resolve(folder);
  const isFolder = (at: string): Promise<boolean> =>
    stat(at).then(
      (found) => found.isDirectory(),
      () => false,
    );
  try {
    await mkdir(full, options);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await isFolder(full))) return;
    if (codeOf(error) !== 'ENOENT') throw error;
    if (await isFolder(path.dirname(full))) {
      // Another process may have made it just now; where it was there before, this fails as it did.
      await mkdir(full, options).catch(async (second: unknown) => {
        if (codeOf(second) === 'ENOENT') throw unmakeable(folder, error);
        if (codeOf(second) !== 'EEXIST' || !(await isFolder(full))) throw second;
      });
      return;
    }
    await makeFolders(path.dirname(full), options);
    await makeFolders(full, options);
  }
}

/** The same at once. @throws as {@link makeFolders} */
export function makeFoldersSync(folder: string, options: FolderOptions = {}): void {
  const full = path.resolve(folder);
  const isFolder = (at: string): boolean => statSync(at, { throwIfNoEntry: false })?.isDirectory() === true;
  try {
    mkdirSync(full, options);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && isFolder(full)) return;
    if (codeOf(error) !== 'ENOENT') throw error;
    if (isFolder(path.dirname(full))) {
      try {
        mkdirSync(full, options);
      } catch (second) {
        if (codeOf(second) === 'ENOENT') throw unmakeable(folder, error);
        if (codeOf(second) !== 'EEXIST' || !isFolder(full)) throw second;
      }
      return;
    }
    makeFoldersSync(path.dirname(full), options);
    makeFoldersSync(full, options);
  }
}
