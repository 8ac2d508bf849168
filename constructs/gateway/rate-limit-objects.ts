/** The objects of the rate-limit service and of its store. */
import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1';
import type { ConfigMap, Probe } from 'kubernetes-types/core/v1';
import { type Component, selectorLabels, workloadLabels } from '../../catalog/platform/names';
import { reviewJson } from '../../core/canonical-json';
import { digestOf } from '../../core/digest';
import { mebibytes } from '../../core/quantity';
import { RATE_LIMIT_NAME, RATE_LIMIT_STORE_NAME as STORE_NAME } from '../../gateway/flows';
import {
  RATE_LIMIT_CONFIG_FOLDER,
  RATE_LIMIT_HEALTH,
  RATE_LIMIT_PORT,
  type RateLimitSpec,
  STORE_PASSWORD_VARIABLE,
} from '../../gateway/rate-limit/service';
import {
  PASSWORD_KEY,
  PASSWORD_VARIABLE,
  VALKEY_FOLDER,
  VALKEY_MEMORY_BYTES,
  VALKEY_PORT,
  VALKEY_USER,
  valkeyArguments,
} from '../../gateway/rate-limit/store';
import type { KubernetesObject } from '../release/envelope-values';
import { claimTemplate } from '../workload/kept-volume';
import { quietPod, restrictedContainer } from '../workload/restricted';
import { secretVariable } from '../workload/secret-variable';
import { clusterService, oneByOne, spread } from '../workload/workload-objects';

const CONFIG_ANNOTATION = 'airlock.dev/rate-limit-config';
const STORE_CLAIM_SIZE = '1Gi';
/** Seconds in which the Service's endpoints forget a pod that ends. */
const LEAVE_SECONDS = 5;

interface PodsProps {
  readonly namespace: string;
  /** By digest. */
  readonly image: string;
  readonly platforms: readonly string[];
  /** Secret with the store's password. */
  readonly secret: string;
}

export interface RateLimitPodsProps extends PodsProps {
  readonly spec: RateLimitSpec;
  readonly replicas: number;
}

export interface StorePodsProps extends PodsProps {
  readonly storageClassName?: string;
}

const identity = (software: string, name: string, component: Component) => ({
  selector: { ...selectorLabels(software, name) },
  labels: { ...workloadLabels(software, name, component) },
});
const SERVICE = identity('ratelimit', RATE_LIMIT_NAME, 'rate-limit');
const STORE = identity('valkey', STORE_NAME, 'rate-limit-store');

function rateLimitDeployment({ namespace, image, platforms, secret, spec, replicas }: RateLimitPodsProps): Deployment {
  const probe = (failureThreshold: number): Probe => ({
    grpc: { port: RATE_LIMIT_PORT, service: RATE_LIMIT_HEALTH },
    ...{ periodSeconds: 5, timeoutSeconds: 3, failureThreshold },
  });
  const memory = mebibytes(spec.memoryBytes);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: RATE_LIMIT_NAME, namespace, labels: SERVICE.labels },
    spec: {
      replicas,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: 600,
      selector: { matchLabels: SERVICE.selector },
      template: {
        metadata: { labels: SERVICE.labels, annotations: { [CONFIG_ANNOTATION]: digestOf(reviewJson(spec.files)) } },
        spec: {
          ...quietPod(spec.user.gid, platforms),
          terminationGracePeriodSeconds: LEAVE_SECONDS + 15,
          topologySpreadConstraints: [spread(SERVICE.selector)],
          containers: [
            {
              name: 'rate-limit',
              image,
              imagePullPolicy: 'IfNotPresent',
              command: [...spec.command],
              env: [
                ...Object.entries(spec.env).map(([name, value]) => ({ name, value })),
                secretVariable(STORE_PASSWORD_VARIABLE, secret, PASSWORD_KEY),
              ],
              ports: [{ name: 'grpc', containerPort: RATE_LIMIT_PORT, protocol: 'TCP' }],
              // It ends at once where it does not find its store, and is started again.
              startupProbe: probe(60),
              readinessProbe: probe(2),
              lifecycle: { preStop: { sleep: { seconds: LEAVE_SECONDS } } },
              resources: { requests: { cpu: '50m', memory }, limits: { memory } },
              securityContext: restrictedContainer(spec.user),
              volumeMounts: [{ name: 'config', mountPath: RATE_LIMIT_CONFIG_FOLDER, readOnly: true }],
            },
          ],
          volumes: [{ name: 'config', configMap: { name: RATE_LIMIT_NAME } }],
        },
      },
    },
  };
}

function rateLimitConfigMap({ namespace, spec }: RateLimitPodsProps): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: RATE_LIMIT_NAME, namespace, labels: SERVICE.labels },
    data: Object.fromEntries(spec.files.map(({ name, content }) => [name, content])),
  };
}

export function rateLimitObjects(props: RateLimitPodsProps): KubernetesObject[] {
  const { namespace, replicas } = props;
  return [
    rateLimitConfigMap(props),
    rateLimitDeployment(props),
    clusterService({ name: RATE_LIMIT_NAME, namespace, ...SERVICE }, { name: 'grpc', port: RATE_LIMIT_PORT }),
    ...(replicas > 1 ? [oneByOne({ name: RATE_LIMIT_NAME, namespace, ...SERVICE })] : []),
  ];
}

function storeStatefulSet({ namespace, image, platforms, secret, storageClassName }: StorePodsProps): StatefulSet {
  const probe = (failureThreshold: number): Probe => ({
    tcpSocket: { port: 'valkey' },
    ...{ periodSeconds: 5, timeoutSeconds: 3, failureThreshold },
  });
  const memory = mebibytes(VALKEY_MEMORY_BYTES);
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: STORE_NAME, namespace, labels: STORE.labels },
    spec: {
      replicas: 1,
      serviceName: STORE_NAME,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      updateStrategy: { type: 'RollingUpdate' },
      revisionHistoryLimit: 3,
      selector: { matchLabels: STORE.selector },
      template: {
        metadata: { labels: STORE.labels },
        spec: {
          ...quietPod(VALKEY_USER.gid, platforms),
          // It writes what is left of its file, and ends.
          terminationGracePeriodSeconds: 30,
          containers: [
            {
              name: 'valkey',
              image,
              imagePullPolicy: 'IfNotPresent',
              command: ['valkey-server'],
              args: valkeyArguments(),
              env: [secretVariable(PASSWORD_VARIABLE, secret, PASSWORD_KEY)],
              ports: [{ name: 'valkey', containerPort: VALKEY_PORT, protocol: 'TCP' }],
              startupProbe: probe(60),
              readinessProbe: probe(2),
              livenessProbe: probe(12),
              resources: { requests: { cpu: '50m', memory }, limits: { memory } },
              securityContext: restrictedContainer(VALKEY_USER),
              volumeMounts: [{ name: 'data', mountPath: VALKEY_FOLDER }],
            },
          ],
        },
      },
      volumeClaimTemplates: [claimTemplate('data', STORE.selector, STORE_CLAIM_SIZE, storageClassName)],
    },
  };
}

export const storeObjects = (props: StorePodsProps): KubernetesObject[] => [
  storeStatefulSet(props),
  clusterService({ name: STORE_NAME, namespace: props.namespace, ...STORE }, { name: 'valkey', port: VALKEY_PORT }),
];
