/** A bundle's directory as found: every entry by its path, and reads that are bounded and follow no link. */
import { constants, type Dirent } from 'node:fs';
import { lstat, open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { badInput, checkFailed, environmentFailed } from '../../core/errors';
import { systemCode } from '../../core/system-errors';
import { isMissing } from '../store/disk';
import { isOfTheMedium } from './medium-files';

export interface BundleEntry {
  /** Path below the bundle with `/`; quoted and escaped where it holds anything but plain characters. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'symbolic link' | 'special file';
  /** Bytes, for files. */
  readonly size: number;
}

export interface BundleDirectory {
  readonly dir: string;
  readonly entries: ReadonlyMap<string, BundleEntry>;
}

/** Files that stand beside the blobs (docs/contracts.md, "Bundle"). */
export const LAYOUT_FILES: readonly string[] = ['oci-layout', 'index.json', 'START-HERE.txt', 'SHA256SUMS'];
export const BUNDLE_FOLDERS: readonly string[] = ['blobs', 'blobs/sha256', 'seals'];

const PLAIN = /^[A-Za-z0-9._+@=,-]+$/;

/** A file name for messages and comparison: a name with other characters can neither mislead nor pass for a plain one. */
function printable(name: Buffer): string {
  const text = name.toString('latin1');
  if (PLAIN.test(text)) return text;
  const escaped = [...name].map((byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`,
  );
  return `"${escaped.join('')}"`;
}

const kindOf = (entry: Dirent<Buffer>): BundleEntry['kind'] =>
  entry.isFile()
    ? 'file'
    : entry.isDirectory()
      ? 'directory'
      : entry.isSymbolicLink()
        ? 'symbolic link'
        : 'special file';

/**
 * Lists a folder and all real folders below it; links are named, not followed. The medium's own folders are named, not entered: they are
 * refused as they are, and often nobody may read them.
 */
async function list(dir: Buffer, prefix: string, into: Map<string, BundleEntry>): Promise<void> {
  for (const entry of await readdir(dir, { withFileTypes: true, encoding: 'buffer' })) {
    const full = Buffer.concat([dir, Buffer.from('/'), entry.name]);
    const name = `${prefix}${printable(entry.name)}`;
    const kind = kindOf(entry);
    into.set(name, { path: name, kind, size: kind === 'file' ? (await lstat(full)).size : 0 });
    if (kind === 'directory' && !isOfTheMedium(printable(entry.name))) await list(full, `${name}/`, into);
  }
}

/** Every entry of a folder and of the real folders in it, by path. @throws Error of Node with its `code` */
export async function entriesOf(dir: string): Promise<Map<string, BundleEntry>> {
  const entries = new Map<string, BundleEntry>();
  await list(Buffer.from(dir), '', entries);
  return entries;
}

/**
 * Lists a bundle's directory.
 *
 * @throws AirlockError (input) when it is not a bundle, or an unfinished one; (environment) when it cannot be read
 */
export async function openBundle(dir: string): Promise<BundleDirectory> {
  const at = path.resolve(dir);
  try {
    if (!(await stat(at)).isDirectory()) {
      throw badInput(
        'BUNDLE_MISSING',
        `${dir} is a file, not a bundle`,
        'name the directory that holds index.json and blobs/',
      );
    }
    if (at.endsWith('.partial')) {
      throw badInput(
        'BUNDLE_UNFINISHED',
        `${dir} is a bundle that \`bundle create\` has not finished`,
        'run `bundle create` again to finish it',
      );
    }
    const top = await readdir(at);
    if (![...LAYOUT_FILES, 'blobs'].some((name) => top.includes(name))) {
      throw badInput(
        'BUNDLE_MISSING',
        `${dir} is not a bundle: it holds neither index.json nor blobs/`,
        'name the directory that does',
      );
    }
    return { dir: at, entries: await entriesOf(at) };
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    if (isMissing(error))
      throw badInput('BUNDLE_MISSING', `there is no directory ${dir}`, 'name the directory that holds the bundle');
    throw environmentFailed(
      'FILE_UNREADABLE',
      `cannot read ${dir}: ${String(systemCode(error))}`,
      'check the medium and permissions',
      error,
    );
  }
}

/**
 * Reads a small file of a bundle.
 *
 * @param limit bytes; a larger file is refused before it is read
 * @returns undefined when the bundle has no regular file there
 * @throws AirlockError (check) when it is larger; (environment) when the medium fails
 */
export async function readBundleFile(
  bundle: BundleDirectory,
  file: string,
  limit: number,
): Promise<Buffer | undefined> {
  const entry = bundle.entries.get(file);
  if (entry?.kind !== 'file') return undefined;
  if (entry.size > limit)
    throw checkFailed('BUNDLE_DAMAGED', `${file} has ${entry.size} bytes, more than the ${limit} allowed`);
  try {
    const handle = await open(path.join(bundle.dir, file), constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const bytes = Buffer.alloc(entry.size);
      const { bytesRead } = await handle.read(bytes, 0, entry.size, 0);
      return bytes.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw environmentFailed(
      'FILE_UNREADABLE',
      `cannot read ${file}: ${String(systemCode(error))}`,
      'check the medium',
      error,
    );
  }
}
