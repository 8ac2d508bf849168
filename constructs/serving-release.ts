import { Annotations } from 'cdktf';
import { Construct } from 'constructs';
import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1';
import type { Container, HostAlias, PodSpec, Service } from 'kubernetes-types/core/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { badInput } from '../core/errors';
import type { Digest } from '../core/digest';
import type { Engine, EngineOptions, EngineSpec, ModelFile } from '../engines/contract';
import { checkExtraArgs } from '../engines/extra-args';
import type { LockModelShape } from '../site/generated/lock';
import type { ConfinedNamespace } from './confined-namespace';
import { engineContainer, scratchVolumes } from './engine-container';
import { EnvelopeRelease } from './envelope-release';
import type { GpuNodePool } from './gpu-node-pool';
import { SERVED_NAME_LABEL, selectorLabels, workloadLabels } from './names';
import { KIT_USER, restrictedPod } from './restricted';
import { type PodFile, type WeightsAccess, type WeightsVolume, weightsVolume } from './weights-volume';

/** Slowest disk for which a start still counts as one, bytes per second: a single SATA disk. */
const SLOWEST_STORAGE = 150_000_000;
/** Slowest mirror for which a fetch still counts as progress, bytes per second. */
const SLOWEST_FETCH = 25_000_000;
/** Seconds in which endpoints leave the Services before the engine hears SIGTERM. */
const DRAIN_SECONDS = 10;

export interface ServedModel {
  readonly name: string;
  /** Digest of the model's OCI manifest: what the pod may find in the mirror. */
  readonly digest: Digest;
  readonly totalBytes: number;
  /**
   * Text of the manifest, for weights that the pod does not fetch.
   *
   * @default - the pod gets it from the mirror
   */
  readonly manifest?: string;
  /**
   * The model as an image, by digest, for image volumes.
   *
   * @default - none
   */
  readonly image?: string;
  readonly files: readonly ModelFile[];
  /**
   * What the lock recorded of its architecture.
   *
   * @default - unknown
   */
  readonly shape?: LockModelShape;
}

/** A LoRA adapter, by the name that the API gives it. */
export interface ServedAdapter {
  readonly name: string;
  readonly model: ServedModel;
}

/** Files that the engine would fetch from the internet, by the name of the set (catalog/side-artifacts). */
export interface ServedArtifact {
  readonly name: string;
  readonly files: readonly PodFile[];
}

export interface ServingReleaseProps extends EngineOptions {
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
  /** Address of the weight mirror, or of the source where there is none. */
  readonly mirrorUrl: string;
  /**
   * How models get into the pod.
   *
   * @default - fetched for each pod
   */
  readonly weights?: WeightsAccess;
  /**
   * Addresses that pods need no DNS for.
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
   * Name under which the API offers the model. Two servings with one name are a canary pair: gateways tell them apart by
   * their Services.
   *
   * @default - the name of the serving
   */
  readonly servedName?: string;
  /**
   * LoRA adapters beside the model.
   *
   * @default - none
   */
  readonly adapters?: readonly ServedAdapter[];
  /**
   * What the engine needs beside the model.
   *
   * @default - nothing
   */
  readonly artifacts?: readonly ServedArtifact[];
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
   * Further arguments of the engine; its contract's own cannot be changed.
   *
   * @default - none
   */
  readonly extraArgs?: readonly string[];
}

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
  /** What the engine makes of the request. */
  public readonly spec: EngineSpec;
  private readonly props: ServingReleaseProps;
  private readonly replicas: number;
  private readonly gpus: number;
  private readonly servedName: string;
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
    this.servedName = props.servedName ?? name;
    // The name of the served model where an engine takes the folder's for it.
    const modelPath = `/models/${engine.namesModelByPath === true ? this.servedName : model.name}`;
    const adapters = (props.adapters ?? []).map((adapter) => ({ ...adapter, path: `/adapters/${adapter.name}` }));
    const artifacts = (props.artifacts ?? []).map((set) => ({ ...set, path: `/artifacts/${set.name}` }));
    this.weights = weightsVolume({
      ...props.weights,
      name,
      namespace: namespace.name,
      kitImage: props.kitImage,
      mirrorUrl: props.mirrorUrl,
      models: [{ ...model, path: modelPath }, ...adapters.map((adapter) => ({ ...adapter.model, path: adapter.path }))],
      files: artifacts,
    });
    this.labels = { ...workloadLabels(engine.name, name, 'serving'), [SERVED_NAME_LABEL]: this.servedName };
    this.selector = { ...selectorLabels(engine.name, name) };
    pool.checkCapacity(name, this.replicas, this.gpus);
    this.spec = engine.specify({
      ...props,
      serving: name,
      version: props.engineVersion,
      modelPath,
      servedName: this.servedName,
      files: model.files,
      gpus: this.gpus,
      ...(model.shape === undefined ? {} : { shape: model.shape }),
      adapters: adapters.map((adapter) => ({ name: adapter.name, path: adapter.path, files: adapter.model.files })),
      artifacts: Object.fromEntries(artifacts.map((set) => [set.name, set.path])),
    });
    checkExtraArgs(engine, this.spec, props.extraArgs ?? [], name);
    if (this.spec.user.uid === 0) throw badInput(`engine ${engine.name} runs as root`, 'name a numeric user');
    for (const warning of this.spec.warnings ?? []) Annotations.of(this).addWarning(`serving "${name}": ${warning}`);
    new EnvelopeRelease(this, 'release', {
      name,
      namespace: namespace.name,
      objects: [
        ...this.weights.objects,
        this.workload(),
        this.service(),
        ...(this.replicas > 1 ? [this.disruptionBudget()] : []),
      ],
      dependsOn: namespace.ready,
    });
  }

  private workload(): Deployment | StatefulSet {
    return this.weights.claimTemplates.length === 0 ? this.deployment() : this.statefulSet();
  }

  /** Claim templates are immutable, so another content is another StatefulSet; claims of the old one go with it. */
  private statefulSet(): StatefulSet {
    const { name, namespace } = this.props;
    return {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: `${name}-${this.weights.contentKey}`, namespace: namespace.name, labels: this.labels },
      spec: {
        replicas: this.replicas,
        serviceName: name,
        // Replicas know nothing of each other.
        podManagementPolicy: 'Parallel',
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
        updateStrategy: { type: 'RollingUpdate' },
        revisionHistoryLimit: 3,
        selector: { matchLabels: this.selector },
        template: { metadata: { labels: this.labels }, spec: this.podSpec() },
        volumeClaimTemplates: [...this.weights.claimTemplates],
      },
    };
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
    const { pool, hostAliases = [] } = this.props;
    const { shutdownSeconds, user } = this.spec;
    return {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: restrictedPod(user.gid === 0 ? KIT_USER.gid : user.gid),
      priorityClassName: pool.priorityClassName,
      ...(pool.runtimeClassName === undefined || this.gpus === 0 ? {} : { runtimeClassName: pool.runtimeClassName }),
      ...(hostAliases.length === 0 ? {} : { hostAliases: [...hostAliases] }),
      nodeSelector: pool.nodeSelector,
      ...(pool.tolerations.length === 0 ? {} : { tolerations: pool.tolerations }),
      // Replicas, and the two of a canary pair, should not go down with one node.
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            {
              weight: 100,
              podAffinityTerm: {
                topologyKey: 'kubernetes.io/hostname',
                labelSelector: { matchLabels: { [SERVED_NAME_LABEL]: this.servedName } },
              },
            },
          ],
        },
      },
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
      containers: [this.engine()],
      volumes: [...this.weights.volumes, ...scratchVolumes(this.spec)],
    };
  }

  private engine(): Container {
    const { engineImage, pool, extraArgs = [] } = this.props;
    return engineContainer({
      spec: this.spec,
      image: engineImage,
      extraArgs,
      devices: pool.gpuResources(this.gpus),
      readOnlyRootFilesystem: this.gpus === 0 || pool.readOnlyRootFilesystem,
      weights: this.weights,
      startupSeconds: this.startupSeconds,
      drainSeconds: DRAIN_SECONDS,
    });
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

  /** Seconds that reading the weights and the engine's warm-up may take. */
  private get startupSeconds(): number {
    const { storageBytesPerSecond = SLOWEST_STORAGE } = this.props;
    return Math.ceil(this.spec.weightBytes / storageBytesPerSecond) + this.spec.warmUpSeconds;
  }
}
