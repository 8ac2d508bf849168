/** A cluster to vary: nodes, pods and facts in the forms of the Kubernetes API. */
import type { Node } from 'kubernetes-types/core/v1';
import type { PlainObject } from '../../audit/kubernetes/plain';
import type { ClusterFacts } from '../../cluster/preflight/facts';

interface NodeChange {
  readonly labels?: Readonly<Record<string, string>>;
  readonly gpus?: number;
  readonly ready?: boolean;
  readonly cordoned?: boolean;
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  readonly runtime?: string;
}

export const node = (
  name: string,
  {
    labels = { pool: 'h100' },
    gpus = 8,
    ready = true,
    cordoned = false,
    taints = [],
    runtime = 'containerd://1.7.20',
  }: NodeChange = {},
): Node => ({
  metadata: { name, labels: { ...labels } },
  spec: { ...(cordoned ? { unschedulable: true } : {}), taints: [...taints] },
  status: {
    allocatable: { cpu: '32', memory: '256Gi', 'ephemeral-storage': '1Ti', 'nvidia.com/gpu': String(gpus) },
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    nodeInfo: { containerRuntimeVersion: runtime } as NonNullable<Node['status']>['nodeInfo'] & object,
  },
});

export const facts = (change: Partial<ClusterFacts> = {}): ClusterFacts => ({
  version: 'v1.34.4',
  nodes: [node('gpu-01'), node('gpu-02')],
  storageClasses: [],
  kinds: new Set(),
  resolverPods: [],
  claims: new Set(),
  ...change,
});

interface DeploymentChange {
  readonly replicas?: number;
  readonly gpus?: number;
  readonly pod?: object;
}

export const deployment = (name: string, { replicas = 1, gpus = 4, pod = {} }: DeploymentChange = {}): PlainObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'airlock-serving' },
  spec: {
    replicas,
    template: {
      spec: {
        nodeSelector: { pool: 'h100' },
        containers: [
          {
            name: 'engine',
            image: 'r/e@sha256:1',
            resources: {
              requests: { cpu: '4', memory: '16Gi' },
              limits: { memory: '16Gi', 'nvidia.com/gpu': String(gpus) },
            },
          },
        ],
        ...pod,
      },
    },
  },
});
