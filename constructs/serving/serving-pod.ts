/** The pod of a serving: where it runs, what is in it, and how it ends. */
import type { Affinity, Container, HostAlias, PodSpec } from 'kubernetes-types/core/v1';
import type { EngineSpec } from '../../engines/contract';
import { engineContainer, scratchVolumes } from './engine-container';
import type { GpuNodePool } from '../nodes/gpu-node-pool';
import { SERVED_NAME_LABEL } from '../../catalog/platform/names';
import { KIT_USER, restrictedPod } from '../workload/restricted';
import type { WeightsVolume } from '../weights/weights-volume';
import { spread } from '../workload/workload-objects';

/** Slowest disk for which a start still counts as one, bytes per second: a single SATA disk. */
const SLOWEST_STORAGE = 150_000_000;
/** Seconds in which endpoints leave the Services before the engine hears SIGTERM. */
const LEAVE_SECONDS = 10;
const HOST = 'kubernetes.io/hostname';

export interface ServingPodProps {
  readonly spec: EngineSpec;
  readonly pool: GpuNodePool;
  /** GPUs of the pod. */
  readonly gpus: number;
  readonly replicas: number;
  readonly servedName: string;
  /** Labels that only the pods of this serving have. */
  readonly selector: Readonly<Record<string, string>>;
  readonly weights: WeightsVolume;
  /** Image of the engine, by digest. */
  readonly image: string;
  /**
   * @default - none
   */
  readonly extraArgs?: readonly string[];
  /**
   * Addresses that the pod needs no DNS for.
   *
   * @default - none
   */
  readonly hostAliases?: readonly HostAlias[];
  /**
   * Bytes per second at which the nodes read weights.
   *
   * @default - a single SATA disk
   */
  readonly storageBytesPerSecond?: number;
  /**
   * Seconds that the engine may wait for other pods before it starts.
   *
   * @default 0
   */
  readonly waitSeconds?: number;
}

/** Seconds that reading the weights and the engine's warm-up may take. */
export const startupSeconds = (
  { weightBytes, warmUpSeconds }: EngineSpec,
  storageBytesPerSecond = SLOWEST_STORAGE,
): number => Math.ceil(weightBytes / storageBytesPerSecond) + warmUpSeconds;

/** Seconds between the end of new requests and SIGTERM. */
const preStopSeconds = ({ drainSeconds = 0 }: EngineSpec): number => LEAVE_SECONDS + drainSeconds;

/** Replicas, and the two of a canary pair, should not go down with one node. */
const apart = (servedName: string): Affinity => ({
  podAntiAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        podAffinityTerm: {
          topologyKey: HOST,
          labelSelector: { matchLabels: { [SERVED_NAME_LABEL]: servedName } },
        },
      },
    ],
  },
});

const engine = ({ spec, pool, gpus, weights, image, extraArgs = [], ...props }: ServingPodProps): Container =>
  engineContainer({
    spec,
    image,
    extraArgs,
    devices: pool.gpuResources(gpus),
    readOnlyRootFilesystem: gpus === 0 || pool.readOnlyRootFilesystem,
    weights,
    startupSeconds: startupSeconds(spec, props.storageBytesPerSecond) + (props.waitSeconds ?? 0),
    preStopSeconds: preStopSeconds(spec),
  });

/** What a container has because it serves. */
const SERVER_FIELDS: readonly string[] = ['startupProbe', 'readinessProbe', 'livenessProbe', 'lifecycle', 'ports'];

/** The same container where nobody calls it. */
export const withoutServer = (container: Container): Container =>
  Object.fromEntries(Object.entries(container).filter(([field]) => !SERVER_FIELDS.includes(field))) as Container;

export function servingPod(props: ServingPodProps): PodSpec {
  const { spec, pool, gpus, replicas, servedName, selector, weights, hostAliases = [] } = props;
  const { shutdownSeconds, user } = spec;
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod(user.gid === 0 ? KIT_USER.gid : user.gid),
    priorityClassName: pool.priorityClassName,
    ...(pool.runtimeClassName === undefined || gpus === 0 ? {} : { runtimeClassName: pool.runtimeClassName }),
    ...(hostAliases.length === 0 ? {} : { hostAliases: [...hostAliases] }),
    nodeSelector: pool.nodeSelector,
    ...(pool.tolerations.length === 0 ? {} : { tolerations: pool.tolerations }),
    affinity: apart(servedName),
    ...(replicas > 1 ? { topologySpreadConstraints: [spread(selector)] } : {}),
    terminationGracePeriodSeconds: preStopSeconds(spec) + shutdownSeconds + 10,
    initContainers: [...weights.initContainers],
    containers: [engine(props)],
    volumes: [...weights.volumes, ...scratchVolumes(spec)],
  };
}
