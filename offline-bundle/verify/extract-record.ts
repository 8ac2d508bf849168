/** Takes site and lock out of a bundle that was verified, so that the far side can synthesize from what was sealed. */
import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Digest, digestOf } from '../../core/digest';
import { badInput } from '../../core/errors';
import { systemCode } from '../../core/system-errors';
import { makeFolders } from '../../core/make-folders';
import { syncDirectory, writeDurably, writeFailed } from '../store/disk';
import type { BundleRecord } from './content';
import { inspectBundle } from './inspect-bundle';
import type { VerifyReport } from './report';
import { verifyInspected, type VerifyOptions } from './verify-bundle';

export interface ExtractOptions extends VerifyOptions {
  /** Folder to make; it must not exist, or be empty. */
  readonly out: string;
}

export interface ExtractedFile {
  readonly file: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

export interface ExtractReport {
  readonly report: VerifyReport;
  /** What was written; nothing of a bundle that was refused. */
  readonly files: readonly ExtractedFile[];
}

/** @throws AirlockError (input) where something is there already, or the bundle itself would get another file */
async function demandFree(out: string, bundle: string): Promise<void> {
  const [first] = path.relative(path.resolve(bundle), path.resolve(out)).split(path.sep);
  if (first !== '..')
    throw badInput('OUTPUT_MISPLACED', `${out} lies inside the bundle, which is only read`, 'name another folder');
  const found = await readdir(out).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    if (systemCode(error) === 'ENOTDIR') return [out];
    throw writeFailed(out, error);
  });
  if (found.length > 0)
    throw badInput('OUTPUT_EXISTS', `${out} is there already, and not empty`, 'name a folder that does not exist');
}

/** Writes beside, then renames the whole folder: whoever looks sees all of it or nothing. */
async function writeFolder(out: string, record: BundleRecord): Promise<void> {
  const parent = path.dirname(path.resolve(out));
  const beside = path.join(parent, `.${path.basename(path.resolve(out))}.${randomBytes(6).toString('hex')}.partial`);
  try {
    await makeFolders(beside);
    for (const [name, bytes] of Object.entries(record)) await writeDurably(path.join(beside, name), bytes, beside);
    await rename(beside, out);
    await syncDirectory(parent);
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    throw writeFailed(out, error);
  }
}

/**
 * Verifies a bundle as `verifyBundle` does, then writes its `site.yaml` and `airlock.lock.json`: the very bytes that were
 * hashed, not read again.
 *
 * @throws AirlockError (input) where `verifyBundle` does, or where the folder holds something; (environment) when it cannot be
 *   written
 */
export async function extractRecord({ out, dir, progress, ...trust }: ExtractOptions): Promise<ExtractReport> {
  await demandFree(out, dir);
  const inspection = await inspectBundle(dir, trust, new Date());
  const report = await verifyInspected(inspection, progress);
  const record = inspection.content?.record;
  if (report.result === 'fail' || record === undefined) return { report, files: [] };
  await writeFolder(out, record);
  const files = Object.entries(record).map(([name, bytes]) => ({
    file: path.join(out, name),
    digest: digestOf(bytes),
    size: bytes.length,
  }));
  return { report, files };
}
