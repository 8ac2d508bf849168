/** Whether a bundle fits on the disk, asked before the first byte is fetched. */
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { environmentFailed } from '../../core/errors';
import type { BundlePlan } from '../layout/plan';
import { isMissing, writeFailed } from '../store/disk';
import { bytesThere, type Inventory } from './workspace';

export interface SpaceNeed {
  /** Bytes that the bundle still needs, file by file in whole disk blocks. */
  readonly needed: number;
  /** Bytes that an ordinary user may still write there. */
  readonly free: number;
}

/** START-HERE.txt, SHA256SUMS (about 140 bytes per blob), index.json, folders. Bytes. */
const OVERHEAD = 1024 * 1024;
const PER_BLOB = 256;

async function nearestFolder(folder: string): Promise<string> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    try {
      await statfs(at);
      return at;
    } catch (error) {
      if (!isMissing(error) || at === path.dirname(at)) throw writeFailed(at, error);
    }
  }
}

/** What is needed and what is free on the disk of `folder`, which need not exist yet. */
export async function spaceFor(plan: BundlePlan, inventory: Inventory, folder: string): Promise<SpaceNeed> {
  const { bavail, bsize } = await statfs(await nearestFolder(folder));
  const inBlocks = (bytes: number): number => Math.ceil(bytes / bsize) * bsize;
  const needed = plan.blobs.reduce(
    (sum, blob) => sum + inBlocks(blob.size) - inBlocks(bytesThere(inventory, blob)),
    OVERHEAD + plan.blobs.length * PER_BLOB,
  );
  return { needed, free: bavail * bsize };
}

/** @throws AirlockError (environment) with both numbers when the bundle does not fit */
export function demandSpace({ needed, free }: SpaceNeed, folder: string): void {
  if (needed <= free) return;
  throw environmentFailed(
    'DISK_FULL',
    `${folder}: the bundle needs ${needed} more bytes, ${free} are free`,
    `free ${needed - free} bytes, or choose another disk with --out`,
  );
}
