/** File paths as strangers state them, before they may name anything on a disk or below an address. */
import { checkFailed } from './errors';

/** Longest file name that Linux file systems take, bytes (NAME_MAX). */
const MAX_NAME_BYTES = 255;
/** Longest path that a Linux system call takes, bytes (PATH_MAX, less room for the folder it lands in). */
const MAX_PATH_BYTES = 3072;

/** C0 and C1 control characters and DEL: they break lines, terminals and checksum files. */
const CONTROL = /\p{Cc}/u;

/** Why a path must not be used; undefined when it is fine. */
export function pathFault(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'is absolute';
  if (path.includes('\\')) return 'holds a backslash';
  if (CONTROL.test(path)) return 'holds a control character';
  // A lone surrogate has no UTF-8 form: it would become another name on disk.
  if (Buffer.from(path, 'utf8').toString('utf8') !== path) return 'is not valid Unicode';
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return 'is too long';
  for (const segment of path.split('/')) {
    if (segment === '') return 'holds an empty segment';
    if (segment === '.' || segment === '..') return `holds the segment "${segment}"`;
    if (Buffer.byteLength(segment) > MAX_NAME_BYTES) return 'holds a name that is too long';
  }
  return undefined;
}

/** The form in which file systems that ignore case and Unicode composition compare names. */
const folded = (path: string): string => path.normalize('NFC').toLowerCase();

/**
 * Every reason why a set of paths cannot be written into one folder on any file system: unsafe paths, duplicates, names
 * that differ only in case or composition, and a file where another path needs a folder.
 */
export function pathFaults(paths: readonly string[]): string[] {
  const faults = paths.flatMap((path) => {
    const fault = pathFault(path);
    return fault === undefined ? [] : [`path ${JSON.stringify(path)} ${fault}`];
  });
  const seen = new Map<string, string>();
  for (const path of paths) {
    const before = seen.get(folded(path));
    if (before === path) faults.push(`path ${JSON.stringify(path)} is listed twice`);
    else if (before !== undefined)
      faults.push(`paths ${JSON.stringify(before)} and ${JSON.stringify(path)} differ only in case or composition`);
    seen.set(folded(path), path);
  }
  // Folders get the same treatment: `A/x` and `a/y` are one folder on one file system and two on another.
  const folders = new Map<string, string>();
  for (const path of new Set(paths)) {
    for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash);
      const file = seen.get(folded(folder));
      const other = folders.get(folded(folder));
      if (file !== undefined)
        faults.push(`path ${JSON.stringify(file)} is a file, and a folder of ${JSON.stringify(path)}`);
      if (other !== undefined && other !== folder)
        faults.push(
          `folders ${JSON.stringify(other)} and ${JSON.stringify(folder)} differ only in case or composition`,
        );
      folders.set(folded(folder), folder);
    }
  }
  return [...new Set(faults)];
}

/** @throws AirlockError (check) naming every fault */
export function demandSafePaths(repository: string, paths: readonly string[]): void {
  const faults = pathFaults(paths);
  if (faults.length === 0) return;
  throw checkFailed(
    'MODEL_PATHS_UNSAFE',
    `${repository}: ${faults.slice(0, 10).join('; ')}${faults.length > 10 ? `; and ${faults.length - 10} more` : ''}`,
    'leave these files out with source.exclude, or do not use this repository',
  );
}
