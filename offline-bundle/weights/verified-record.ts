/**
 * What lies beside verified content: its manifest, and how the file system described each file when it was hashed. While
 * none of that has changed, nobody has to hash the content again. Changing a file, even back, changes its `ctime`, which
 * no program can set (inode(7)); what can rewrite the record too can rewrite the content, and `rehash` is against that.
 */
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { reviewJson } from '../../core/canonical-json';
import { type Digest, digestOf } from '../../core/digest';
import { readStored, writeDurably } from '../store/disk';
import type { ModelFile } from './model-files';

export interface VerifiedRecord {
  readonly format: 1;
  /** Bytes of the manifest, as text. */
  readonly manifest: string;
  /** By path: `<bytes> <mtime> <ctime> <inode>`, times in nanoseconds. */
  readonly files: Readonly<Record<string, string>>;
}

async function fingerprints(dir: string, files: readonly ModelFile[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { path: name } of files) {
    const { size, mtimeNs, ctimeNs, ino } = await lstat(path.join(dir, name), { bigint: true });
    found[name] = [size, mtimeNs, ctimeNs, ino].join(' ');
  }
  return found;
}

/** The record of a manifest; undefined where there is none, or one of another manifest, or one that cannot be read. */
export async function readRecord(file: string, manifest: Digest): Promise<VerifiedRecord | undefined> {
  const text = await readStored(file).catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const record = JSON.parse(text) as Partial<VerifiedRecord> | null;
    if (record?.format !== 1 || typeof record.manifest !== 'string' || typeof record.files !== 'object')
      return undefined;
    return digestOf(Buffer.from(record.manifest)) === manifest ? (record as VerifiedRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether every file is still described as it was when it was hashed. */
export async function isUnchanged(record: VerifiedRecord, dir: string, files: readonly ModelFile[]): Promise<boolean> {
  const now = await fingerprints(dir, files);
  return files.every(({ path: name }) => record.files[name] !== undefined && record.files[name] === now[name]);
}

/**
 * Records that a folder holds exactly the files, each hashed.
 *
 * @throws AirlockError (environment) when the disk refuses
 */
export async function writeRecord(
  file: string,
  manifestBytes: Buffer,
  dir: string,
  files: readonly ModelFile[],
): Promise<void> {
  const record: VerifiedRecord = {
    format: 1,
    manifest: manifestBytes.toString('utf8'),
    files: await fingerprints(dir, files),
  };
  await writeDurably(file, reviewJson(record), path.dirname(file));
}
