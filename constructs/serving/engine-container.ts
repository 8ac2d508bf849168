/** The container of a serving engine, from the engine's contract alone. */
import type { Container, Probe, Volume } from 'kubernetes-types/core/v1';
import type { EngineProbe, EngineSpec } from '../../engines/contract';
import { mebibytes } from '../../core/quantity';
import { restrictedContainer } from '../workload/restricted';
import type { WeightsVolume } from '../weights/weights-volume';

const PROBE_PERIOD_SECONDS = 10;
const PROBE_TIMEOUT_SECONDS = 5;

export interface EngineContainerProps {
  readonly spec: EngineSpec;
  /** Image of the engine, by digest. */
  readonly image: string;
  /** Arguments beyond those of the contract. */
  readonly extraArgs: readonly string[];
  /** Devices by extended resource. */
  readonly devices: Readonly<Record<string, string>>;
  readonly readOnlyRootFilesystem: boolean;
  readonly weights: WeightsVolume;
  /** Seconds that reading the weights and the engine's warm-up may take. */
  readonly startupSeconds: number;
  /** Seconds in which endpoints leave the Services, and requests end, before the engine hears SIGTERM. */
  readonly preStopSeconds: number;
}

/** Volume names of the engine's writable directories. */
const scratchName = (at: number): string => `scratch-${at}`;

const ask = (probe: EngineProbe): Pick<Probe, 'httpGet' | 'exec'> =>
  typeof probe === 'string' ? { httpGet: { path: probe, port: 'http' } } : { exec: { command: [...probe.exec] } };

const probe = (asked: EngineProbe, failureThreshold: number): Probe => ({
  ...ask(asked),
  periodSeconds: PROBE_PERIOD_SECONDS,
  timeoutSeconds: PROBE_TIMEOUT_SECONDS,
  failureThreshold,
});

/** A command that waits for the start itself must not be cut off while it waits. */
const startupProbe = (asked: EngineProbe, seconds: number): Probe => ({
  ...probe(asked, Math.ceil(seconds / PROBE_PERIOD_SECONDS)),
  ...(typeof asked === 'string' ? {} : { timeoutSeconds: seconds }),
});

/** Volumes for what the engine writes, each bounded; memory-backed where the contract says so. */
export function scratchVolumes({ writable, sharedMemoryBytes }: EngineSpec): Volume[] {
  return [
    ...writable.map(({ sizeBytes }, at) => ({ name: scratchName(at), emptyDir: { sizeLimit: mebibytes(sizeBytes) } })),
    ...(sharedMemoryBytes === 0
      ? []
      : [{ name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: mebibytes(sharedMemoryBytes) } }]),
  ];
}

export function engineContainer(props: EngineContainerProps): Container {
  const { spec, image, extraArgs, devices, readOnlyRootFilesystem, weights, startupSeconds, preStopSeconds } = props;
  const memory = mebibytes(spec.memoryBytes + spec.sharedMemoryBytes);
  const scratchBytes = spec.writable.reduce((sum, directory) => sum + directory.sizeBytes, 0);
  const { metrics } = spec;
  return {
    name: 'engine',
    image,
    imagePullPolicy: 'IfNotPresent',
    command: [...spec.command],
    args: [...spec.args, ...extraArgs],
    env: Object.entries(spec.env).map(([name, value]) => ({ name, value })),
    ports: [
      { name: 'http', containerPort: spec.port, protocol: 'TCP' },
      ...(metrics === undefined || metrics.port === spec.port
        ? []
        : [{ name: 'metrics', containerPort: metrics.port, protocol: 'TCP' }]),
    ],
    startupProbe: startupProbe(spec.probes.startup, startupSeconds),
    readinessProbe: probe(spec.probes.readiness, 3),
    livenessProbe: probe(spec.probes.liveness, 6),
    lifecycle: { preStop: { sleep: { seconds: preStopSeconds } } },
    resources: {
      requests: {
        cpu: String(spec.cpu),
        memory,
        'ephemeral-storage': mebibytes(weights.ephemeralBytes + scratchBytes),
        ...devices,
      },
      limits: { memory, ...devices },
    },
    securityContext: restrictedContainer(spec.user, readOnlyRootFilesystem),
    volumeMounts: [
      ...weights.mounts,
      ...spec.writable.map(({ path }, at) => ({ name: scratchName(at), mountPath: path })),
      ...(spec.sharedMemoryBytes === 0 ? [] : [{ name: 'shm', mountPath: '/dev/shm' }]),
    ],
  };
}
