/** How much a namespace must be allowed, so that its own pods can be replaced on a full pool. */

/** Pods of one workload, whichever kind makes them. */
export interface ReplacedPods {
  readonly replicas: number;
  /**
   * Pods of each replica: the nodes of a group.
   *
   * @default 1
   */
  readonly podsPerReplica?: number;
  /**
   * Replicas that a rollout starts before it ends others (`maxSurge`).
   *
   * @default 0
   */
  readonly surge?: number;
  /** What one pod counts for, in whole units, by the resource of the quota: `requests.nvidia.com/gpu`, `pods`. */
  readonly each: Readonly<Record<string, number>>;
}

/**
 * What pods of some workloads may count for at one time, at most:
 *
 *     Σ (replicas + surge + replicas) × podsPerReplica × each
 *           └─ running ──┘  └ leaving
 *
 * A quota counts a pod until it is gone, its grace period included (kubernetes/kubernetes pkg/quota/v1/evaluator/core/
 * pods.go, QuotaV1Pod), and lets go of it only once its controller has noticed. Who makes pods does not wait for that: a
 * Deployment makes the next pod when the old one begins to end, whatever its strategy, so all replicas of a revision may be
 * leaving while all of the next run; a StatefulSet waits for its pod, but not for the quota, and one of other content is
 * another set beside it; a LeaderWorkerSet ends a whole group when one pod of it does; a Job replaces its pod at once. A
 * refused pod costs more than it saves: its controller tries again later and later, up to minutes.
 *
 * So one whole generation may leave while the next one starts. It is no second one in use: the nodes have no more than
 * they have, and what does not fit waits.
 *
 * @returns units by resource, sorted; what counts for nothing is left out
 */
export function podQuota(workloads: readonly ReplacedPods[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { replicas, podsPerReplica = 1, surge = 0, each } of workloads) {
    const pods = (replicas + surge + replicas) * podsPerReplica;
    for (const [resource, units] of Object.entries(each))
      if (pods * units > 0) sums.set(resource, (sums.get(resource) ?? 0) + pods * units);
  }
  return new Map([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}
