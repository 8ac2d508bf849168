import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';

interface Budgeted {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Labels that only its pods have. */
  readonly selector: Readonly<Record<string, string>>;
}

/** While nodes are drained, pods of a workload go one by one. */
export const oneByOne = ({ name, namespace, labels, selector }: Budgeted): PodDisruptionBudget => ({
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
