/** What `bundle create` would do, artifact by artifact, without doing any of it: exact, because the plan is. */
import type { Digest } from '../../core/digest';
import type { BundlePlan } from '../layout/plan';
import { findAtHand, type ReuseSource } from './reuse-sources';
import { spaceFor } from './space';
import { bytesThere, type Inventory, outState, takeInventory, Workspace } from './workspace';

export interface ArtifactSummary {
  /** `<kind>/<name>`. */
  readonly artifact: string;
  /** Blobs that no artifact before it brings. */
  readonly blobs: number;
  readonly bytes: number;
  /** Bytes that earlier runs have left, finished or not. */
  readonly there: number;
  /** Bytes that are at hand in other folders, by name and size: they are hashed before they are taken. */
  readonly toReuse: number;
  /** Bytes that would come over the network. */
  readonly toFetch: number;
}

export interface BundleSummary {
  readonly root: Digest;
  readonly artifacts: readonly ArtifactSummary[];
  readonly total: Omit<ArtifactSummary, 'artifact'>;
  /** Folders that blobs would be taken from, as they were named. */
  readonly reuse: readonly string[];
  /** Bytes still to be written to disk, and bytes free there. */
  readonly needed: number;
  readonly free: number;
  readonly alreadyComplete: boolean;
}

const NOTHING = { blobs: 0, bytes: 0, there: 0, toReuse: 0, toFetch: 0 };

const isMade = (kind: string): boolean => kind === 'bytes' || kind === 'kit-image';

/**
 * Sums up a plan against what is on the disk; reads folders, writes nothing, asks no network.
 *
 * @throws AirlockError (input) when something else is at `out`
 */
export async function summarize(
  plan: BundlePlan,
  out: string,
  reuse: readonly ReuseSource[] = [],
): Promise<BundleSummary> {
  const workspace = new Workspace(out);
  const alreadyComplete = (await outState(out, plan)) === 'complete';
  const inventory: Inventory = alreadyComplete
    ? { finished: new Set(plan.blobs.map(({ digest }) => digest)), partial: new Map(), stale: [] }
    : await takeInventory(workspace.folder, plan);
  const artifacts = new Map<string, ArtifactSummary>();
  const atHand = await findAtHand(plan.blobs, reuse);
  const total = { ...NOTHING };
  for (const blob of plan.blobs) {
    const isAtHand = atHand.has(blob.digest) && !inventory.finished.has(blob.digest);
    // A part that an earlier run has left is of no use where all of it is at hand.
    const there = isAtHand ? 0 : bytesThere(inventory, blob);
    const toReuse = isAtHand ? blob.size : 0;
    const toFetch = isMade(blob.source.kind) ? 0 : blob.size - there - toReuse;
    const before = artifacts.get(blob.artifact) ?? NOTHING;
    artifacts.set(blob.artifact, {
      artifact: blob.artifact,
      blobs: before.blobs + 1,
      bytes: before.bytes + blob.size,
      there: before.there + there,
      toReuse: before.toReuse + toReuse,
      toFetch: before.toFetch + toFetch,
    });
    total.blobs += 1;
    total.bytes += blob.size;
    total.there += there;
    total.toReuse += toReuse;
    total.toFetch += toFetch;
  }
  const { needed, free } = await spaceFor(plan, inventory, workspace.folder, atHand);
  return {
    root: plan.root,
    artifacts: [...artifacts.values()],
    total,
    reuse: reuse.map(({ dir }) => dir),
    needed: alreadyComplete ? 0 : needed,
    free,
    alreadyComplete,
  };
}
