/** What the pods of a replica that spans several nodes say to each other, and where. */
import type { Flow } from '../catalog/platform/flow';
import { GROUP_ROLE_LABEL } from '../catalog/platform/names';

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

/** Labels of the pods that answer; the workers of a group do not. */
export const leaderLabels = (selector: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  ...selector,
  [GROUP_ROLE_LABEL]: 'leader',
});

/**
 * What the pods of a serving on several nodes may say to each other, and to nobody else. Nothing in it is authenticated
 * (docs.vllm.ai, "Security", "Inter-Node Communication").
 *
 * @param namespace of its pods
 * @param selector labels that only its pods have
 */
export const groupFlow = (namespace: string, serving: string, selector: Readonly<Record<string, string>>): Flow => ({
  name: `group-${serving}`,
  from: { namespace, labels: selector },
  to: { namespace, labels: selector },
  port: GROUP_PORTS.first,
  lastPort: GROUP_PORTS.last,
  reason: `the pods of ${serving} run one model together`,
});
