/** Whether a bundle fits on the disk, asked before the first byte is fetched. */
import { stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { environmentFailed } from '../../core/errors';
import type { BundlePlan, PlannedBlob } from '../layout/plan';
import { isMissing, writeFailed } from '../store/disk';
import type { BlobsAtHand } from './reuse-sources';
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

/**
 * What is needed and what is free on the disk of `folder`, which need not exist yet.
 *
 * @param atHand what can be linked takes no space; what must be copied does
 */
export async function spaceFor(
  plan: BundlePlan,
  inventory: Inventory,
  folder: string,
  atHand: BlobsAtHand = new Map(),
): Promise<SpaceNeed> {
  const at = await nearestFolder(folder);
  const [{ bavail, bsize }, { dev }] = [await statfs(at), await stat(at)];
  const inBlocks = (bytes: number): number => Math.ceil(bytes / bsize) * bsize;
  const isLinked = ({ digest }: PlannedBlob): boolean =>
    atHand.get(digest)?.some(({ device, isOursAlone }) => device === dev && isOursAlone) === true;
  const needed = plan.blobs.reduce(
    (sum, blob) => sum + (isLinked(blob) ? 0 : inBlocks(blob.size) - inBlocks(bytesThere(inventory, blob))),
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
