import { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Container, PodSpec, Probe, Service, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { badInput } from '../core/errors';
import type { Digest } from '../core/digest';
import { checkExtraArgs, type Engine, type EngineProbe, type EngineSpec, type ModelFile } from '../engines/contract';
import type { ConfinedNamespace } from './confined-namespace';
import { EnvelopeRelease } from './envelope-release';
import type { GpuNodePool } from './gpu-node-pool';
import { selectorLabels, workloadLabels } from './names';
import { mebibytes } from './quantity';
import { KIT_USER, restrictedContainer, restrictedPod } from './restricted';
import { type WeightsVolume, weightsVolume } from './weights-volume';

/** Slowest disk for which a start still counts as one, bytes per second: a single SATA disk. */
const SLOWEST_STORAGE = 150_000_000;
/** Slowest mirror for which a fetch still counts as progress, bytes per second. */
const SLOWEST_FETCH = 25_000_000;
/** Seconds in which endpoints leave the Services before the engine hears SIGTERM. */
const DRAIN_SECONDS = 10;
const PROBE_PERIOD_SECONDS = 10;

export interface ServedModel {
  readonly name: string;
  /** Digest of the model's OCI manifest: what the pod may find in the mirror. */
  readonly digest: Digest;
  readonly totalBytes: number;
  readonly files: readonly ModelFile[];
}

export interface ServingReleaseProps {
  /** Name of the serving, of its Deployment and of its Service. */
  readonly name: string;
  readonly namespace: ConfinedNamespace;
  readonly pool: GpuNodePool;
  readonly engine: Engine;
  /** Version of the engine, as the site writes it. */
  readonly engineVersion: string;
  /** Image of the engine, by digest. */
  readonly engineImage: string;
  /** The kit's image, by digest; it fetches and verifies the weights. */
  readonly kitImage: string;
  readonly model: ServedModel;
  /** Address of the weight mirror. */
  readonly mirrorUrl: string;
  /**
   * @default 1
   */
  readonly replicas?: number;
  /**
   * GPUs of each replica.
   *
   * @default - 1 on a pool with accelerators, else 0
   */
  readonly gpus?: number;
  /**
   * Context length in tokens.
   *
   * @default - what the engine's contract says
   */
  readonly maxModelLen?: number;
  /**
   * File of the model to load, for engines that load one.
   *
   * @default - the only one there is
   */
  readonly file?: string;
  /**
   * Further arguments of the engine; its contract's own cannot be changed.
   *
   * @default - none
   */
  readonly extraArgs?: readonly string[];
}

/** Volume names of the engine's writable directories. */
const scratchName = (at: number): string => `scratch-${at}`;

/**
 * One model on one engine, on the nodes of one pool.
 *
 * Before the engine starts, an init container of the kit fetches the model from the mirror by the digest of its
 * manifest, hashes every file, and ends the pod's start when one is missing, changed or not listed. The engine sees the
 * weights read-only, at an absolute path, and nothing else: no hub, no telemetry, no service account, no root.
 *
 * Nothing may connect to the pods until a flow to them is declared. GPU pods are replaced one by one without a surplus
 * pod, since there may be no free GPU to start it on.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/init-containers/
 */
export class ServingRelease extends Construct {
  /** Bytes of weights that each replica loads. */
  public readonly weightBytes: number;
  private readonly props: ServingReleaseProps;
  private readonly spec: EngineSpec;
  private readonly replicas: number;
  private readonly gpus: number;
  private readonly weights: WeightsVolume;
  private readonly labels: Record<string, string>;
  private readonly selector: Record<string, string>;

  /**
   * @throws AirlockError (input) when the engine cannot serve the locked model, or the pool has no such place
   */
  public constructor(scope: Construct, id: string, props: ServingReleaseProps) {
    super(scope, id);
    const { name, namespace, pool, engine, model } = props;
    this.props = props;
    this.replicas = props.replicas ?? 1;
    this.gpus = props.gpus ?? (pool.gpusPerNode > 0 ? 1 : 0);
    const modelPath = `/models/${model.name}`;
    this.weights = weightsVolume({
      kitImage: props.kitImage,
      mirrorUrl: props.mirrorUrl,
      models: [{ name: model.name, digest: model.digest, totalBytes: model.totalBytes, path: modelPath }],
    });
    this.labels = { ...workloadLabels(engine.name, name, 'serving') };
    this.selector = { ...selectorLabels(engine.name, name) };
    pool.checkCapacity(name, this.replicas, this.gpus);
    this.spec = engine.specify({
      serving: name,
      version: props.engineVersion,
      modelPath,
      servedName: name,
      files: model.files,
      gpus: this.gpus,
      ...(props.maxModelLen === undefined ? {} : { maxModelLen: props.maxModelLen }),
      ...(props.file === undefined ? {} : { file: props.file }),
    });
    checkExtraArgs(engine, this.spec, props.extraArgs ?? []);
    if (this.spec.user.uid === 0) throw badInput(`engine ${engine.name} runs as root`, 'name a numeric user');
    this.weightBytes = this.spec.weightBytes;
    new EnvelopeRelease(this, 'release', {
      name,
      namespace: namespace.name,
      objects: [this.deployment(), this.service(), ...(this.replicas > 1 ? [this.disruptionBudget()] : [])],
      dependsOn: namespace.ready,
    });
  }

  private deployment(): Deployment {
    const { name, namespace, model } = this.props;
    const onGpu = this.gpus > 0;
    const fetchSeconds = model.totalBytes / SLOWEST_FETCH;
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: namespace.name, labels: this.labels },
      spec: {
        replicas: this.replicas,
        strategy: {
          type: 'RollingUpdate',
          rollingUpdate: onGpu ? { maxSurge: 0, maxUnavailable: 1 } : { maxSurge: 1, maxUnavailable: 0 },
        },
        revisionHistoryLimit: 3,
        progressDeadlineSeconds: Math.ceil(fetchSeconds) + this.startupSeconds + 600,
        selector: { matchLabels: this.selector },
        template: { metadata: { labels: this.labels }, spec: this.podSpec() },
      },
    };
  }

  private podSpec(): PodSpec {
    const { pool } = this.props;
    const { shutdownSeconds, user } = this.spec;
    return {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: restrictedPod(user.gid === 0 ? KIT_USER.gid : user.gid),
      priorityClassName: pool.priorityClassName,
      ...(pool.runtimeClassName === undefined || this.gpus === 0 ? {} : { runtimeClassName: pool.runtimeClassName }),
      nodeSelector: pool.nodeSelector,
      ...(pool.tolerations.length === 0 ? {} : { tolerations: pool.tolerations }),
      ...(this.replicas > 1
        ? {
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: 'kubernetes.io/hostname',
                whenUnsatisfiable: 'ScheduleAnyway',
                labelSelector: { matchLabels: this.selector },
              },
            ],
          }
        : {}),
      terminationGracePeriodSeconds: DRAIN_SECONDS + shutdownSeconds + 10,
      initContainers: [...this.weights.initContainers],
      containers: [this.engineContainer()],
      volumes: this.volumes(),
    };
  }

  private engineContainer(): Container {
    const { engineImage, pool, extraArgs = [] } = this.props;
    const { command, args, env, port, probes, user, cpu, memoryBytes, sharedMemoryBytes } = this.spec;
    const gpus = pool.gpuResources(this.gpus);
    const memory = mebibytes(memoryBytes + sharedMemoryBytes);
    const scratchBytes = this.spec.writable.reduce((sum, directory) => sum + directory.sizeBytes, 0);
    return {
      name: 'engine',
      image: engineImage,
      imagePullPolicy: 'IfNotPresent',
      command: [...command],
      args: [...args, ...extraArgs],
      env: Object.entries(env).map(([name, value]) => ({ name, value })),
      ports: [{ name: 'http', containerPort: port, protocol: 'TCP' }],
      startupProbe: this.probe(probes.startup, Math.ceil(this.startupSeconds / PROBE_PERIOD_SECONDS)),
      readinessProbe: this.probe(probes.readiness, 3),
      livenessProbe: this.probe(probes.liveness, 6),
      lifecycle: { preStop: { sleep: { seconds: DRAIN_SECONDS } } },
      resources: {
        requests: {
          cpu: String(cpu),
          memory,
          'ephemeral-storage': mebibytes(this.weights.ephemeralBytes + scratchBytes),
          ...gpus,
        },
        limits: { memory, ...gpus },
      },
      securityContext: restrictedContainer(user, this.gpus === 0 || pool.readOnlyRootFilesystem),
      volumeMounts: this.engineMounts(),
    };
  }

  private engineMounts(): VolumeMount[] {
    return [
      ...this.weights.mounts,
      ...this.spec.writable.map(({ path }, at) => ({ name: scratchName(at), mountPath: path })),
      ...(this.spec.sharedMemoryBytes === 0 ? [] : [{ name: 'shm', mountPath: '/dev/shm' }]),
    ];
  }

  private volumes(): Volume[] {
    const { writable, sharedMemoryBytes } = this.spec;
    return [
      ...this.weights.volumes,
      ...writable.map(({ sizeBytes }, at) => ({
        name: scratchName(at),
        emptyDir: { sizeLimit: mebibytes(sizeBytes) },
      })),
      ...(sharedMemoryBytes === 0
        ? []
        : [{ name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: mebibytes(sharedMemoryBytes) } }]),
    ];
  }

  private service(): Service {
    const { name, namespace } = this.props;
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: namespace.name, labels: this.labels },
      spec: {
        type: 'ClusterIP',
        selector: this.selector,
        ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
      },
    };
  }

  private disruptionBudget(): PodDisruptionBudget {
    const { name, namespace } = this.props;
    return {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name, namespace: namespace.name, labels: this.labels },
      spec: {
        maxUnavailable: 1,
        // A pod that never gets ready must not keep its node from being drained.
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        selector: { matchLabels: this.selector },
      },
    };
  }

  private probe(probe: EngineProbe, failureThreshold: number): Probe {
    return {
      ...(typeof probe === 'string'
        ? { httpGet: { path: probe, port: 'http' } }
        : { exec: { command: [...probe.exec] } }),
      periodSeconds: PROBE_PERIOD_SECONDS,
      timeoutSeconds: 5,
      failureThreshold,
    };
  }

  /** Seconds that reading the weights and the engine's warm-up may take. */
  private get startupSeconds(): number {
    return Math.ceil(this.spec.weightBytes / SLOWEST_STORAGE) + this.spec.warmUpSeconds;
  }
}
