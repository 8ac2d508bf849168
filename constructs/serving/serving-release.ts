import { Annotations } from 'cdktf';
import { Construct } from 'constructs';
import type { HostAlias, PodSpec } from 'kubernetes-types/core/v1';
import { PriorityClassV1 } from '@cdktf/provider-kubernetes/lib/priority-class-v1';
import type { EngineBuild, EngineSpec } from '../../engines/contract';
import { groupFlow } from '../../engines/node-group';
import { answeringPods, type ServingRequest, specifyServing, type SpecifiedServing } from '../../engines/serving';
import type { PodFile, ServedAdapter, ServedArtifact, ServedModel } from '../../engines/weights/content';
import { gatewayFlow, type GatewayTarget } from '../../gateway/flows';
import type { ConfinedNamespace } from '../confinement/confined-namespace';
import { buildJob, enginesClaim, withEngines } from './engine-build';
import { EnvelopeRelease } from '../release/envelope-release';
import type { KubernetesObject } from '../release/envelope-values';
import type { GpuNodePool } from '../nodes/gpu-node-pool';
import { leaderWorkerSet } from './leader-worker-set';
import {
  FIT_APPROVER_ANNOTATION,
  FIT_REASON_ANNOTATION,
  platformLabels,
  SERVED_NAME_LABEL,
  workloadLabels,
} from '../../catalog/platform/names';
import { type Labels, servingDeployment, type ServingIdentity, servingStatefulSet } from './serving-objects';
import { servingPod, startupSeconds } from './serving-pod';
import { clusterService, oneByOne } from '../workload/workload-objects';
import { type WeightsAccess, type WeightsVolume, weightsVolume } from '../weights/weights-volume';
import { DNS_LABEL, RELEASE_NAME, SERVICE_NAME } from '../../core/kubernetes-syntax';
import {
  checkProps,
  type Checks,
  form,
  heldBy,
  list,
  lockedImage,
  oneOf,
  optional,
  record,
  share,
  wholeFrom,
} from '../checks/props';
import {
  contentName,
  digest,
  flag,
  hostAlias,
  httpUrl,
  made,
  objectName,
  pem,
  release,
  servedName,
  text,
  word,
} from '../checks/shared';

/** Slowest mirror for which a fetch still counts as progress, bytes per second. */
const SLOWEST_FETCH = 25_000_000;

/** Above serving (GpuNodePool): a build must get GPUs on a full pool. */
const BUILD_PRIORITY = 200_000;

/** Props of `ServingRelease`. */
export interface ServingReleaseProps extends ServingRequest {
  readonly namespace: ConfinedNamespace;
  readonly pool: GpuNodePool;
  /** Image of the engine, by digest. */
  readonly engineImage: string;
  /** The kit's image, by digest; it fetches and verifies the weights. */
  readonly kitImage: string;
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
   * Who answers for a memory fit that is not certain; the workload says so.
   *
   * @default - nobody needs to
   */
  readonly fitOverrule?: { readonly approver: string; readonly reason: string };
}

const model = record<ServedModel>({
  name: contentName,
  digest,
  totalBytes: wholeFrom(0),
  files: heldBy('the contract of the engine'),
  shape: made,
  unknownShape: made,
  manifest: heldBy('its digest, in the pod'),
  image: optional(lockedImage),
  store: made,
});
const file = record<PodFile>({ name: contentName, digest, totalBytes: wholeFrom(0) });

const CHECKS: Checks<ServingReleaseProps> = {
  // Its Service has the name, and so has its release.
  name: form({ ...SERVICE_NAME, longest: RELEASE_NAME.longest }),
  namespace: made,
  pool: made,
  engine: made,
  engineVersion: release,
  engineImage: lockedImage,
  kitImage: lockedImage,
  model,
  mirrorUrl: httpUrl,
  calledByGateway: flag,
  weights: optional(
    record<WeightsAccess>({
      way: optional(oneOf('fetch', 'cache', 'image', 'claim')),
      ca: optional(pem),
      claimName: optional(objectName),
      storageClassName: optional(objectName),
    }),
  ),
  hostAliases: optional(list(hostAlias)),
  storageClassName: optional(objectName),
  storageBytesPerSecond: optional(wholeFrom(1)),
  servedName: optional(servedName),
  adapters: optional(list(record<ServedAdapter>({ name: form(DNS_LABEL), model }))),
  artifacts: optional(list(record<ServedArtifact>({ name: form(DNS_LABEL), files: list(file) }))),
  replicas: optional(wholeFrom(0)),
  gpus: optional(wholeFrom(0)),
  fitOverrule: optional(record<NonNullable<ServingReleaseProps['fitOverrule']>>({ approver: text, reason: text })),
  extraArgs: heldBy('checkExtraArgs'),
  maxModelLen: optional(wholeFrom(1)),
  concurrency: optional(wholeFrom(1)),
  pipelineParallel: optional(wholeFrom(1)),
  nodes: optional(wholeFrom(1)),
  file: heldBy('the contract of the engine, against the files of the model'),
  backend: heldBy('the contract of the engine'),
  quantization: optional(word),
  kvCacheDtype: heldBy('the contract of the engine'),
  memoryFraction: optional(share),
  drainSeconds: optional(wholeFrom(0)),
  projector: heldBy('the contract of the engine, against the files of the model'),
  chatTemplate: heldBy('the contract of the engine, against the files of the model'),
  toolCallParser: optional(word),
  reasoningParser: optional(word),
  derivedImage: flag,
};

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
  private readonly serving: SpecifiedServing;
  private readonly weights: WeightsVolume;
  private readonly labels: Labels;
  private buildPriority: PriorityClassV1 | undefined;

  /**
   * @throws AirlockError (input) when the engine cannot serve the locked model, or the pool has no such place
   */
  public constructor(scope: Construct, id: string, props: ServingReleaseProps) {
    super(scope, id);
    checkProps('ServingRelease', props, CHECKS);
    const { name, namespace, pool, engine, model, weights = {} } = props;
    this.props = props;
    this.serving = specifyServing(props, pool.places, weights.way ?? 'fetch');
    const { spec, servedName, nodes, selector, modelPath, adapters, artifacts } = this.serving;
    this.spec = spec;
    this.weights = weightsVolume({
      ...weights,
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
    this.labels = { ...workloadLabels(engine.name, name, 'serving'), [SERVED_NAME_LABEL]: servedName };
    for (const warning of spec.warnings ?? []) Annotations.of(this).addWarning(`serving "${name}": ${warning}`);
    this.target = { serving: name, pods: answeringPods(namespace.name, this.serving), port: spec.port };
    if (nodes > 1) namespace.lockdown.allowBetween(groupFlow(namespace.name, name, selector));
    if (props.calledByGateway === true) namespace.lockdown.allowBetween(gatewayFlow(this.target));
    const objects = this.objects();
    const dependsOn = [...namespace.ready, ...(this.buildPriority === undefined ? [] : [this.buildPriority])];
    new EnvelopeRelease(this, 'release', { name, namespace: namespace.name, objects, dependsOn });
  }

  private objects(): KubernetesObject[] {
    const { weights, spec } = this;
    const { replicas, gpus, selector, servedName } = this.serving;
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

  private building(identity: ServingIdentity, build: EngineBuild, pod: PodSpec): KubernetesObject[] {
    const { name, engine, storageClassName } = this.props;
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
    const { spec, weights } = this;
    const { gpus, nodes } = this.serving;
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
