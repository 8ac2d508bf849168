/** The pods of a gateway, from its contract alone. */
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { ConfigMap, Container, EnvVar, Probe, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import { reviewJson } from '../../core/canonical-json';
import { digestOf } from '../../core/digest';
import { mebibytes } from '../../core/quantity';
import { CONFIG_FOLDER, type GatewayProbe, type GatewaySpec, TLS_FOLDER } from '../../gateway/contract';
import { quietPod, restrictedContainer } from '../workload/restricted';
import { secretVariable } from '../workload/secret-variable';
import { spread } from '../workload/workload-objects';

type Labels = Readonly<Record<string, string>>;

/** Claim of what must outlive the pods. */
export const GATEWAY_STATE_CLAIM = 'gateway-state';
/** Secret with the key that some gateways do not start without; it opens nothing here. */
const MASTER_KEY_SECRET = 'gateway-master-key';
const CONFIG_ANNOTATION = 'airlock.dev/gateway-config';
const SCRATCH_BYTES = 256 * 1024 ** 2;
/** Seconds in which the Service's endpoints forget a pod that ends. */
const LEAVE_SECONDS = 10;

export interface GatewayPodProps {
  readonly name: string;
  readonly namespace: string;
  readonly spec: GatewaySpec;
  readonly image: string;
  readonly platform: string;
  readonly replicas: number;
  readonly labels: Labels;
  readonly selector: Labels;
  readonly tlsSecret?: string;
  readonly databaseSecret?: string;
}

const configName = (name: string): string => `${name}-config`;

export function gatewayConfigMap({ name, namespace, labels, spec }: GatewayPodProps): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: configName(name), namespace, labels: { ...labels } },
    data: Object.fromEntries(spec.files.map((file) => [file.name, file.content])),
  };
}

const probe = ({ path, port }: GatewayProbe, scheme: 'HTTP' | 'HTTPS', failureThreshold: number): Probe => ({
  httpGet: { path, port, scheme },
  periodSeconds: 10,
  timeoutSeconds: 5,
  failureThreshold,
});

function environment({ spec, databaseSecret }: GatewayPodProps): EnvVar[] {
  const secret = (name: string | undefined, from: string | undefined, key: string): EnvVar[] =>
    name === undefined || from === undefined ? [] : [secretVariable(name, from, key)];
  return [
    ...Object.entries(spec.env).map(([name, value]) => ({ name, value })),
    ...secret(spec.databaseVariable, databaseSecret, 'url'),
    ...secret(spec.masterKeyVariable, MASTER_KEY_SECRET, 'key'),
  ];
}

/** Volumes with their mounts, so that neither stands without the other. */
function storage({ name, spec, tlsSecret }: GatewayPodProps): (readonly [Volume, VolumeMount])[] {
  const mounted = (volume: Volume, mountPath: string, readOnly: boolean): readonly [Volume, VolumeMount] => [
    volume,
    { name: volume.name, mountPath, ...(readOnly ? { readOnly } : {}) },
  ];
  return [
    mounted({ name: 'config', configMap: { name: configName(name) } }, CONFIG_FOLDER, true),
    ...(tlsSecret === undefined
      ? []
      : [mounted({ name: 'tls', secret: { secretName: tlsSecret, defaultMode: 0o440 } }, TLS_FOLDER, true)]),
    ...spec.writable.map((folder, at) =>
      mounted({ name: `scratch-${String(at)}`, emptyDir: { sizeLimit: mebibytes(SCRATCH_BYTES) } }, folder, false),
    ),
    ...(spec.state === undefined
      ? []
      : [mounted({ name: 'state', persistentVolumeClaim: { claimName: GATEWAY_STATE_CLAIM } }, spec.state, false)]),
  ];
}

function container(props: GatewayPodProps): Container {
  const { spec, image } = props;
  const { scheme = 'HTTP' } = spec;
  const memory = mebibytes(spec.memoryBytes);
  return {
    name: 'gateway',
    image,
    imagePullPolicy: 'IfNotPresent',
    args: [...spec.args],
    env: environment(props),
    ports: [
      { name: 'http', containerPort: spec.port, protocol: 'TCP' },
      ...(spec.metrics === undefined || spec.metrics.port === spec.port
        ? []
        : [{ name: 'metrics', containerPort: spec.metrics.port, protocol: 'TCP' }]),
    ],
    startupProbe: probe(spec.readiness, scheme, 30),
    readinessProbe: probe(spec.readiness, scheme, 2),
    livenessProbe: probe(spec.liveness, scheme, 6),
    lifecycle: { preStop: { sleep: { seconds: LEAVE_SECONDS } } },
    resources: {
      requests: { cpu: '250m', memory, 'ephemeral-storage': mebibytes(SCRATCH_BYTES * spec.writable.length) },
      limits: { memory },
    },
    securityContext: restrictedContainer(spec.user),
    volumeMounts: storage(props).map(([, mount]) => mount),
  };
}

export function gatewayDeployment(props: GatewayPodProps): Deployment {
  const { name, namespace, spec, replicas, platform, labels, selector } = props;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels: { ...labels } },
    spec: {
      replicas,
      strategy:
        spec.state === undefined
          ? { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
          : // The volume has one writer: the old pod must be gone before the new one starts.
            { type: 'Recreate' },
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: 600,
      selector: { matchLabels: { ...selector } },
      template: {
        metadata: {
          labels: { ...labels },
          // A changed ConfigMap restarts no pod; a changed annotation does.
          annotations: { [CONFIG_ANNOTATION]: digestOf(reviewJson(spec.files)) },
        },
        spec: {
          ...quietPod(spec.user.gid, [platform]),
          terminationGracePeriodSeconds: LEAVE_SECONDS + spec.shutdownSeconds + 10,
          ...(replicas === 1
            ? {}
            : {
                topologySpreadConstraints: [spread(selector)],
              }),
          containers: [container(props)],
          volumes: storage(props).map(([volume]) => volume),
        },
      },
    },
  };
}
