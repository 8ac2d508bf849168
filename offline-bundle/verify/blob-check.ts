/** Judges one blob of a bundle against its descriptor. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { type Digest, hexOf } from '../../core/digest';
import { environmentFailed } from '../../core/errors';
import { systemCode } from '../../core/system-errors';
import type { Progress } from '../../core/progress';
import { hashHandle } from '../store/hash-blob';
import type { BundleDirectory } from './bundle-directory';
import { type Check, fail, pass } from './report';

export interface ExpectedBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** `<artifact>: <file>`, e.g. `model/gpt-oss-20b: model.safetensors`. */
  readonly name: string;
}

/** Path of a blob inside a bundle. */
export const blobFile = (digest: Digest): string => `blobs/sha256/${hexOf(digest)}`;

/** How a blob is named in checks: by artifact and file, and where it lies. */
export const blobSubject = ({ name, digest }: ExpectedBlob): string => `${name} (${blobFile(digest)})`;

/** What can be said without reading the blob: missing, not a file, of the wrong size; undefined when none of these. */
export function checkPresence(bundle: BundleDirectory, blob: ExpectedBlob): Check | undefined {
  const entry = bundle.entries.get(blobFile(blob.digest));
  const subject = blobSubject(blob);
  if (entry === undefined) return fail('blob', subject, 'missing', 'there is no such file');
  if (entry.kind !== 'file') return fail('blob', subject, 'changed', `a ${entry.kind} instead of a file`);
  if (entry.size !== blob.size) {
    return fail('blob', subject, 'changed', `size: expected ${blob.size} bytes, got ${entry.size}`);
  }
  return undefined;
}

/** The verdict over a blob of the right size. */
export const judgeHash = (blob: ExpectedBlob, got: Digest): Check =>
  got === blob.digest
    ? pass('blob', blobSubject(blob), `${blob.size} bytes`)
    : fail('blob', blobSubject(blob), 'changed', `SHA-256: expected ${blob.digest}, got ${got}`);

/** SHA-256 of the file at a path, following no link. */
async function hashFile(file: string, size: number, progress: Progress): Promise<Digest> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return await hashHandle(handle, size, progress);
  } finally {
    await handle.close();
  }
}

/**
 * Reads and judges a whole blob. A place that the medium cannot read counts as damage of the blob.
 *
 * @throws AirlockError (environment) when the file cannot be opened
 */
export async function checkBlob(bundle: BundleDirectory, blob: ExpectedBlob, progress: Progress): Promise<Check> {
  const known = checkPresence(bundle, blob);
  if (known !== undefined) {
    progress.advance(blob.size);
    return known;
  }
  const file = blobFile(blob.digest);
  try {
    return judgeHash(blob, await hashFile(path.join(bundle.dir, file), blob.size, progress));
  } catch (error) {
    const code = systemCode(error) ?? String(error);
    if (code === 'EIO') return fail('blob', blobSubject(blob), 'changed', 'the medium cannot read it: EIO');
    throw environmentFailed(
      'FILE_UNREADABLE',
      `cannot read ${file}: ${code}`,
      'check the medium and the permissions',
      error,
    );
  }
}
