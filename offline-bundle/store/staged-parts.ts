/**
 * Unfinished blobs on the disk: `<blob>.<writer>.<random>`. A file is written by the process in its name alone, so that
 * what was hashed while it was written is what the file holds. What another one left is continued under a new name:
 *
 * - its process is gone: the file itself, since nobody else can have it open;
 * - nothing is known of its process, which may sleep with the file open: a copy.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, type FileHandle, lstat, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { environmentFailed } from '../../core/errors';
import { systemCode } from '../../core/system-errors';
import { isMissing, writeFailed } from './disk';
import { fateOf, WRITER_FORM, writerName } from './writer-identity';

/** A part that this process may write to, and nobody else. */
export interface OwnPart {
  readonly file: string;
  readonly handle: FileHandle;
}

interface LeftPart {
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** Its writer is gone, or is this process and through with it. */
  readonly isFree: boolean;
}

const SUFFIX = new RegExp(`^\\.(${WRITER_FORM})\\.[0-9a-f]{16}$`);

/** Files that this process made, and those of them that it is writing. */
const made = new Set<string>();
const writing = new Set<string>();

/** The part is written no longer: whoever comes next may continue it. */
export function letGo({ file }: Pick<OwnPart, 'file'>): void {
  writing.delete(file);
}

async function newName(blob: string): Promise<string> {
  const file = `${blob}.${await writerName()}.${randomBytes(8).toString('hex')}`;
  made.add(file);
  writing.add(file);
  return file;
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    const found = await lstat(file);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw writeFailed(file, error);
  }
}

async function namesBeside(blob: string): Promise<string[]> {
  try {
    return (await readdir(path.dirname(blob))).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw writeFailed(path.dirname(blob), error);
  }
}

/** Parts that nobody is known to be writing, largest first. A bare name is that of an earlier version. */
async function leftParts(blob: string): Promise<LeftPart[]> {
  const base = path.basename(blob);
  const parts: LeftPart[] = [];
  for (const name of await namesBeside(blob)) {
    if (!name.startsWith(base)) continue;
    const rest = name.slice(base.length);
    const [, writer] = SUFFIX.exec(rest) ?? [];
    if (rest !== '' && writer === undefined) continue;
    const file = path.join(path.dirname(blob), name);
    if (writing.has(file)) continue;
    const fate = made.has(file) ? 'gone' : writer === undefined ? 'unknown' : await fateOf(writer);
    const size = fate === 'running' ? undefined : await sizeOf(file);
    if (size !== undefined) parts.push({ file, size, isFree: fate === 'gone' });
  }
  return parts.sort((a, b) => b.size - a.size);
}

/** Bytes of an unfinished blob that can be continued; 0 when there is none. */
export async function stagedLength(blob: string): Promise<number> {
  return (await leftParts(blob))[0]?.size ?? 0;
}

/** Removes every part that nobody is known to be writing. */
export async function dropParts(blob: string): Promise<void> {
  for (const { file } of await leftParts(blob)) {
    await rm(file, { force: true });
    made.delete(file);
  }
}

/** @returns false when somebody else was quicker, or a copy finds no room; then nothing of the part is left here */
async function bring(part: LeftPart, file: string): Promise<boolean> {
  try {
    if (part.isFree) {
      await rename(part.file, file);
      made.delete(part.file);
      return true;
    }
    await copyFile(part.file, file, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await rm(part.file, { force: true });
    return true;
  } catch (error) {
    await rm(file, { force: true });
    if (isMissing(error)) return false;
    if (!['ENOSPC', 'EDQUOT'].includes(systemCode(error) ?? '')) throw writeFailed(part.file, error);
    // Two of them have no room: the blob itself has, once the old part is gone.
    await rm(part.file, { force: true });
    return false;
  }
}

async function openOwn(file: string, flags: number): Promise<FileHandle> {
  try {
    return await open(file, constants.O_RDWR | constants.O_NOFOLLOW | flags, 0o644);
  } catch (error) {
    throw writeFailed(file, error);
  }
}

/**
 * Opens a part that is this process's alone: one that holds at least `needed` bytes, or an empty one where none are needed.
 * What else was left of the blob is removed. The caller closes it and lets it go.
 *
 * @param blob path that the parts' names begin with
 * @throws AirlockError (environment) when no part has that many bytes any more, or the disk refuses
 */
export async function ownPart(blob: string, needed: number): Promise<OwnPart> {
  const file = await newName(blob);
  try {
    if (needed > 0) {
      let largest = 0;
      for (const part of await leftParts(blob)) {
        largest = Math.max(largest, part.size);
        if (part.size < needed || !(await bring(part, file))) continue;
        const handle = await openOwn(file, 0);
        await dropParts(blob);
        return { file, handle };
      }
      throw environmentFailed(
        'FILE_CHANGED_MEANWHILE',
        `${blob} holds ${largest} bytes, the source begins at ${needed}`,
        'run the same command again: it begins anew',
      );
    }
    await dropParts(blob);
    return { file, handle: await openOwn(file, constants.O_CREAT | constants.O_EXCL) };
  } catch (error) {
    letGo({ file });
    throw error;
  }
}
