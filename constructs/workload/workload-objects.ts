/** What stands beside the pods of a workload: its address, and how many of them a drain may take. */
import type { Service, TopologySpreadConstraint } from 'kubernetes-types/core/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';

export interface Workload {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Labels that only its pods have. */
  readonly selector: Readonly<Record<string, string>>;
}

export interface NamedPort {
  readonly name: string;
  readonly port: number;
  /**
   * Name of the container's port.
   *
   * @default - the same
   */
  readonly of?: string;
}

/** An address inside the cluster, and nowhere else. */
export const clusterService = (
  { name, namespace, labels, selector }: Workload,
  ...ports: readonly NamedPort[]
): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, labels: { ...labels } },
  spec: {
    type: 'ClusterIP',
    selector: { ...selector },
    ports: ports.map((port) => ({
      ...{ name: port.name, port: port.port, targetPort: port.of ?? port.name, protocol: 'TCP' },
    })),
  },
});

/** Pods of a workload on as many nodes as there are. */
export const spread = (selector: Workload['selector']): TopologySpreadConstraint => ({
  maxSkew: 1,
  topologyKey: 'kubernetes.io/hostname',
  whenUnsatisfiable: 'ScheduleAnyway',
  labelSelector: { matchLabels: { ...selector } },
});

/** While nodes are drained, pods go one by one. */
export const oneByOne = ({ name, namespace, labels, selector }: Workload): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name, namespace, labels: { ...labels } },
  spec: {
    maxUnavailable: 1,
    // A pod that never gets ready must not keep its node from being drained.
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
    selector: { matchLabels: { ...selector } },
  },
});
