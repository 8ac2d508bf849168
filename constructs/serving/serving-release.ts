import { Annotations } from 'cdktf';
import { Construct } from 'constructs';
import type { HostAlias, PodSpec } from 'kubernetes-types/core/v1';
import { PriorityClassV1 } from '@cdktf/provider-kubernetes/lib/priority-class-v1';
import { badInput } from '../../core/errors';
import type { Engine, EngineBuild, EngineOptions, EngineSpec } from '../../engines/contract';
import { checkExtraArgs } from '../../engines/extra-args';
import type { ConfinedNamespace } from '../confinement/confined-namespace';
import { buildJob, enginesClaim, withEngines } from './engine-build';
import { EnvelopeRelease } from '../release/envelope-release';
import type { KubernetesObject } from '../release/envelope-values';
import { gatewayFlow, type GatewayTarget } from './gateway-flow';
import type { GpuNodePool } from '../nodes/gpu-node-pool';
import { groupFlow, leaderLabels, leaderWorkerSet } from './leader-worker-set';
import {
  FIT_APPROVER_ANNOTATION,
  FIT_REASON_ANNOTATION,
  platformLabels,
  SERVED_NAME_LABEL,
  selectorLabels,
  workloadLabels,
} from '../names';
import type { ServedAdapter, ServedArtifact, ServedModel } from '../weights/served-content';
import { type Labels, servingDeployment, type ServingIdentity, servingStatefulSet } from './serving-objects';
import { servingPod, startupSeconds } from './serving-pod';
import { clusterService, oneByOne } from '../workload/workload-objects';
import { type WeightsAccess, type WeightsVolume, weightsVolume } from '../weights/weights-volume';

/** Slowest mirror for which a fetch still counts as progress, bytes per second. */
const SLOWEST_FETCH = 25_000_000;

/** Above serving (GpuNodePool): a build must get GPUs on a full pool. */
const BUILD_PRIORITY = 200_000;

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
   * Whether the gateway passes calls to it; nobody else ever may.
   *
   * @default false
   */
  readonly calledByGateway?: boolean;
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
   * StorageClass of the claim that holds what is built for the engine, where anything is.
   *
   * @default - the cluster's default StorageClass
   */
  readonly storageClassName?: string;
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
   * Who answers for a memory fit that is not certain; the workload says so.
   *
   * @default - nobody needs to
   */
  readonly fitOverrule?: { readonly approver: string; readonly reason: string };
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
  /** The pods that answer, and their port. */
  public readonly target: GatewayTarget;
  private readonly props: ServingReleaseProps;
  private readonly replicas: number;
  private readonly gpus: number;
  private readonly nodes: number;
  private readonly servedName: string;
  private readonly weights: WeightsVolume;
  private readonly labels: Labels;
  private readonly selector: Labels;
  private buildPriority: PriorityClassV1 | undefined;

  /**
   * @throws AirlockError (input) when the engine cannot serve the locked model, or the pool has no such place
   */
  public constructor(scope: Construct, id: string, props: ServingReleaseProps) {
    super(scope, id);
    const { name, namespace, pool, engine, model } = props;
    this.props = props;
    this.replicas = props.replicas ?? 1;
    this.gpus = props.gpus ?? (pool.gpusPerNode > 0 ? 1 : 0);
    this.nodes = props.nodes ?? 1;
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
      models: [
        { ...model, ...(model.store === undefined ? {} : { ...model.store, name, kind: 'ollama' }), path: modelPath },
        ...adapters.map((adapter) => ({ ...adapter.model, path: adapter.path })),
      ],
      files: artifacts,
    });
    this.labels = { ...workloadLabels(engine.name, name, 'serving'), [SERVED_NAME_LABEL]: this.servedName };
    this.selector = selectorLabels(engine.name, name);
    pool.checkCapacity(name, this.replicas * this.nodes, this.gpus);
    if (this.gpus > 0 && Object.values(engine.fieldFlags).includes('memoryFraction'))
      pool.checkMemoryFraction(name, props.memoryFraction);
    if (this.nodes > 1) this.joinNodes();
    this.spec = engine.specify({
      ...props,
      serving: name,
      version: props.engineVersion,
      modelPath,
      servedName: this.servedName,
      files: model.files,
      gpus: this.gpus,
      ...(model.shape === undefined ? {} : { shape: model.shape }),
      ...(model.unknownShape === undefined ? {} : { described: model.unknownShape }),
      ...(pool.accelerator.product === undefined
        ? {}
        : { target: { content: this.weights.contentKey, product: pool.accelerator.product } }),
      ...(this.gpus === 0 || pool.accelerator.computeCapability === undefined
        ? {}
        : { computeCapability: pool.accelerator.computeCapability }),
      adapters: adapters.map((adapter) => ({ name: adapter.name, path: adapter.path, files: adapter.model.files })),
      artifacts: Object.fromEntries(artifacts.map((set) => [set.name, set.path])),
    });
    // What an image of the site's own making holds is not known here.
    if (this.gpus > 0 && props.derivedImage !== true) pool.checkCuda(name, this.spec.cuda);
    checkExtraArgs(engine, this.spec, props.extraArgs ?? [], name);
    if (this.spec.user.uid === 0) throw badInput(`engine ${engine.name} runs as root`, 'name a numeric user');
    for (const warning of this.spec.warnings ?? []) Annotations.of(this).addWarning(`serving "${name}": ${warning}`);
    const labels = this.spec.group === undefined ? this.selector : leaderLabels(this.selector);
    this.target = { serving: name, pods: { namespace: namespace.name, labels }, port: this.spec.port };
    if (props.calledByGateway === true) namespace.lockdown.allowBetween(gatewayFlow(this.target));
    const objects = this.objects();
    const dependsOn = [...namespace.ready, ...(this.buildPriority === undefined ? [] : [this.buildPriority])];
    new EnvelopeRelease(this, 'release', { name, namespace: namespace.name, objects, dependsOn });
  }

  private joinNodes(): void {
    const { name, namespace } = this.props;
    if (this.weights.claimTemplates.length > 0) {
      throw badInput(
        `serving "${name}" spans several nodes, and its pool caches weights in claims of each replica`,
        'let the pool fetch its weights, or take them from images or a shared claim',
      );
    }
    namespace.lockdown.allowBetween(groupFlow(namespace.name, name, this.selector));
  }

  private objects(): KubernetesObject[] {
    const { replicas, gpus, selector, weights, servedName, spec } = this;
    const { name, namespace, engineImage: image } = this.props;
    const identity: ServingIdentity = { name, namespace: namespace.name, labels: this.labels, selector, replicas };
    // The leader of a group may have its weights long before the last worker.
    const waitSeconds = spec.group === undefined ? 0 : this.fetchSeconds;
    const podOf = (of: EngineSpec): PodSpec =>
      servingPod({ ...this.props, spec: of, gpus, replicas, servedName, selector, weights, image, waitSeconds });
    const pod = podOf(spec);
    return [
      ...weights.objects,
      ...(spec.build === undefined ? [] : this.building(identity, spec.build, podOf(spec.build.spec))),
      this.overruled(
        this.workload(identity, spec.build === undefined ? pod : withEngines(pod, name, spec.build, true)),
      ),
      clusterService({ ...identity, selector: this.target.pods.labels }, { name: 'http', port: 80 }),
      ...(replicas > 1 ? [oneByOne({ ...identity, selector })] : []),
    ];
  }

  /** @throws AirlockError (input) when the builder could not get the weights */
  private building(identity: ServingIdentity, build: EngineBuild, pod: PodSpec): KubernetesObject[] {
    const { name, engine, storageClassName } = this.props;
    if (this.weights.claimTemplates.length > 0) {
      throw badInput(
        `serving "${name}" has an engine built, and its pool caches weights in claims of each replica`,
        'let the pool fetch its weights, or take them from images or a shared claim',
      );
    }
    const priorityClassName = `airlock-build-${name}`;
    this.buildPriority = new PriorityClassV1(this, 'build-priority', {
      metadata: { name: priorityClassName, labels: platformLabels(priorityClassName) },
      description: `Builds for serving ${name}`,
      value: BUILD_PRIORITY,
    });
    return [
      enginesClaim(identity, build, storageClassName),
      buildJob(identity, build, pod, { engine: engine.name, priorityClassName }),
    ];
  }

  /** The workload, not its pods: another reason is none to restart them. */
  private overruled(workload: KubernetesObject): KubernetesObject {
    const { fitOverrule } = this.props;
    if (fitOverrule === undefined) return workload;
    const annotations = {
      [FIT_APPROVER_ANNOTATION]: fitOverrule.approver,
      [FIT_REASON_ANNOTATION]: fitOverrule.reason,
    };
    return { ...workload, metadata: { ...workload.metadata, annotations } } as KubernetesObject;
  }

  private workload(identity: ServingIdentity, pod: PodSpec): KubernetesObject {
    const { extraArgs = [], storageBytesPerSecond } = this.props;
    const { spec, gpus, nodes, weights } = this;
    if (spec.group !== undefined) return leaderWorkerSet(identity, { pod, group: spec.group, nodes, extraArgs });
    if (weights.claimTemplates.length > 0) return servingStatefulSet(identity, pod, weights);
    // The pod that goes may take all of its drain before the next gets its place.
    const { drainSeconds = 0 } = this.props;
    const progressSeconds = this.fetchSeconds + startupSeconds(spec, storageBytesPerSecond) + 600 + drainSeconds;
    return servingDeployment(identity, pod, { onGpu: gpus > 0, progressSeconds });
  }

  /** Seconds that fetching the model may take. */
  private get fetchSeconds(): number {
    return Math.ceil(this.props.model.totalBytes / SLOWEST_FETCH);
  }
}
