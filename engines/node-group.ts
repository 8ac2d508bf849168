/** What the pods of a replica that spans several nodes say to each other, and where. */

/**
 * Ports of a group: the first is where its pods meet, the others are those that the engine's libraries (NCCL, Gloo,
 * ZeroMQ) get when they ask the kernel for any. Pods bind them by the sysctl `net.ipv4.ip_local_port_range`, which is
 * safe by the Pod Security Standards, so that one rule of that width is enough.
 */
export const GROUP_PORTS = { first: 40_000, last: 41_999 } as const;

/** The rest of them, as the kernel writes the range. */
export const EPHEMERAL_PORTS = `${String(GROUP_PORTS.first + 1)} ${String(GROUP_PORTS.last)}`;

/**
 * The kubelet puts in what the LeaderWorkerSet controller sets in every container (kubernetes-sigs/lws
 * api/leaderworkerset/v1, "LwsLeaderAddress", "LwsWorkerIndex").
 */
export const LEADER_ADDRESS = '$(LWS_LEADER_ADDRESS)';
export const WORKER_INDEX = '$(LWS_WORKER_INDEX)';
