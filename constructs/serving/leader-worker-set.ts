/** Replicas of a serving that span several nodes each: the LeaderWorkerSet API (kubernetes-sigs/lws). */
import type { PodSpec, PodTemplateSpec } from 'kubernetes-types/core/v1';
import type { EngineGroup } from '../../engines/contract';
import { EPHEMERAL_PORTS } from '../../engines/node-group';
import type { KubernetesObject } from '../release/envelope-values';
import { GROUP_ROLE_LABEL } from '../../catalog/platform/names';
import type { ServingIdentity } from './serving-objects';
import { withoutServer } from './serving-pod';

/** api/leaderworkerset/v1/leaderworkerset_types.go, as far as the kit writes it. */
export interface LeaderWorkerSet extends KubernetesObject {
  readonly spec: {
    readonly replicas: number;
    readonly startupPolicy: 'LeaderCreated';
    readonly rolloutStrategy: {
      readonly type: 'RollingUpdate';
      readonly rollingUpdateConfiguration: { readonly maxUnavailable: number; readonly maxSurge: number };
    };
    readonly networkConfig: { readonly subdomainPolicy: 'Shared' };
    readonly leaderWorkerTemplate: {
      readonly size: number;
      readonly restartPolicy: 'RecreateGroupOnPodRestart';
      readonly leaderTemplate: PodTemplateSpec;
      readonly workerTemplate: PodTemplateSpec;
    };
  };
}

/** Bounds the ports that the kernel hands out in a pod to those that the group's rule opens. */
const boundPorts = (pod: PodSpec): PodSpec => ({
  ...pod,
  securityContext: {
    ...pod.securityContext,
    sysctls: [{ name: 'net.ipv4.ip_local_port_range', value: EPHEMERAL_PORTS }],
  },
});

export interface LeaderWorkerSetProps {
  /** The pod that answers. */
  readonly pod: PodSpec;
  readonly group: EngineGroup;
  /** Pods of a replica, the leader included. */
  readonly nodes: number;
  readonly extraArgs: readonly string[];
}

/**
 * One group of pods for each replica. The controller makes a headless Service of the set's name, so that is not the name
 * of the serving, whose own Service leads to the leaders.
 */
export function leaderWorkerSet(
  { name, namespace, labels, replicas }: ServingIdentity,
  { pod, group, nodes, extraArgs }: LeaderWorkerSetProps,
): LeaderWorkerSet {
  const template = (role: 'leader' | 'worker', spec: PodSpec): PodTemplateSpec => ({
    metadata: { labels: { ...labels, [GROUP_ROLE_LABEL]: role } },
    spec: boundPorts(spec),
  });
  const args = [...group.workerArgs, ...extraArgs];
  // A worker runs the engine without its server: nothing to probe; when it ends, the controller restarts the group.
  const containers = pod.containers.map((container) => ({ ...withoutServer(container), args }));
  return {
    apiVersion: 'leaderworkerset.x-k8s.io/v1',
    kind: 'LeaderWorkerSet',
    metadata: { name: `${name}-group`, namespace, labels },
    spec: {
      replicas,
      startupPolicy: 'LeaderCreated',
      // No surplus group: there may be no nodes for it.
      rolloutStrategy: { type: 'RollingUpdate', rollingUpdateConfiguration: { maxUnavailable: 1, maxSurge: 0 } },
      networkConfig: { subdomainPolicy: 'Shared' },
      leaderWorkerTemplate: {
        size: nodes,
        // The pods of a group hold parts of one state: none of them goes on without the others.
        restartPolicy: 'RecreateGroupOnPodRestart',
        leaderTemplate: template('leader', pod),
        workerTemplate: template('worker', { ...pod, containers }),
      },
    },
  } as LeaderWorkerSet;
}
