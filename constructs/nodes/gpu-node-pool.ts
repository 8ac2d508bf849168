import { Annotations } from 'cdktf';
import { Construct } from 'constructs';
import { Labels } from '@cdktf/provider-kubernetes/lib/labels';
import { NodeTaint } from '@cdktf/provider-kubernetes/lib/node-taint';
import { PriorityClassV1 } from '@cdktf/provider-kubernetes/lib/priority-class-v1';
import { RuntimeClassV1 } from '@cdktf/provider-kubernetes/lib/runtime-class-v1';
import type { Toleration } from 'kubernetes-types/core/v1';
import type { Accelerator } from '../../catalog/accelerators';
import type { Taint } from '../../catalog/distributions/distribution';
import { type GpuSharing, gpuUnits, type GpuUnits } from '../../catalog/gpu-sharing';
import { readOnlyRootWorks } from '../../catalog/nvidia-host';
import { poolLabels, poolTaints } from '../../catalog/pool-nodes';
import { parsePlatform } from '../../core/descriptor';
import { badInput } from '../../core/errors';
import type { PoolPlaces } from '../../engines/pool';
import { platformLabels } from '../../catalog/platform/names';
import { DNS_LABEL } from '../../core/kubernetes-syntax';
import { checkProps, type Checks, form, list, optional, wholeFrom } from '../checks/props';
import { flag, labels, made, objectName, platform, release, sharing } from '../checks/shared';

/** Above the default of 0, so that serving evicts batch work, and far below the system's classes. */
const SERVING_PRIORITY = 100_000;

/** Props of `GpuNodePool`. */
export interface GpuNodePoolProps {
  /** Name of the pool in the site. */
  readonly name: string;
  readonly accelerator: Accelerator;
  /** Platform of the nodes, e.g. `linux/amd64`. */
  readonly platform: string;
  /** Names of the nodes. */
  readonly nodes: readonly string[];
  /**
   * GPUs in each node; required with an accelerator.
   *
   * @default 0
   */
  readonly gpusPerNode?: number;
  /**
   * Handler of the container runtime that gives pods their GPUs, e.g. `nvidia`.
   *
   * @default - the runtime's default handler, as where CDI injects the devices
   */
  readonly runtimeClass?: string;
  /**
   * How GPUs are handed out: whole, cut by MIG, or in turns.
   *
   * @default 'exclusive'
   */
  readonly sharing?: GpuSharing;
  /**
   * Version of NVIDIA's container toolkit on the nodes.
   *
   * @default - unknown
   */
  readonly toolkitVersion?: string;
  /**
   * Version of the NVIDIA driver on the nodes, e.g. `580.95.05`, or its branch alone; images with a newer CUDA are refused.
   *
   * @default - unknown, and nothing is refused
   */
  readonly driverVersion?: string;
  /**
   * Whether pods with GPUs may have a read-only root file system.
   *
   * @default - as the container toolkit works: not with 1.20.0, nor where CDI injects the devices by an unknown version
   */
  readonly readOnlyRootFilesystem?: boolean;
  /**
   * Labels that the nodes register with beside the pool's own, as for the GPU Operator.
   *
   * @default - none
   */
  readonly nodeLabels?: Readonly<Record<string, string>>;
  /**
   * Whether the plan keeps labels and taints of the live nodes; then a node that is gone fails the deployment.
   *
   * @default false
   */
  readonly manageNodes?: boolean;
}

/** A value of a label, and with the kit's own word before it a name of classes. */
const POOL_NAME = { ...DNS_LABEL, longest: 55 };

const CHECKS: Checks<GpuNodePoolProps> = {
  name: form(POOL_NAME),
  accelerator: made,
  platform,
  nodes: list(objectName),
  gpusPerNode: optional(wholeFrom(0)),
  runtimeClass: optional(form(DNS_LABEL)),
  sharing: optional(sharing),
  toolkitVersion: optional(release),
  driverVersion: optional(release),
  readOnlyRootFilesystem: flag,
  nodeLabels: optional(labels),
  manageNodes: flag,
};

/**
 * A group of like nodes, with or without GPUs, and how pods get onto it.
 *
 * Nodes are not managed here: they register with `labels` and `taints` (the platform stack prints the files to place on
 * them), so a dead or cordoned node never blocks a deployment; `manageNodes` is for those who want otherwise. The taint keeps
 * other pods away; serving pods tolerate it and select the pool by its label. Pods request units of the pool: whole GPUs, MIG
 * slices, or turns on a GPU.
 *
 * The RuntimeClass is named after the pool: distributions and the GPU operator make ones named after the handler.
 *
 * @see https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/
 */
export class GpuNodePool extends Construct {
  public readonly name: string;
  public readonly accelerator: Accelerator;
  public readonly gpusPerNode: number;
  public readonly sharing: GpuSharing;
  public readonly priorityClassName: string;
  public readonly runtimeClassName: string | undefined;
  public readonly readOnlyRootFilesystem: boolean;
  /** What the scheduler hands out of the pool. */
  public readonly units: GpuUnits;
  private readonly props: GpuNodePoolProps;

  /**
   * @throws AirlockError (input) when an accelerator comes without `gpusPerNode`, or cannot be shared so
   */
  public constructor(scope: Construct, id: string, props: GpuNodePoolProps) {
    super(scope, id);
    checkProps('GpuNodePool', props, CHECKS);
    if (props.accelerator.resource !== undefined && props.gpusPerNode === undefined) {
      throw badInput(
        'CONSTRUCT_PROPS_INVALID',
        `pool "${props.name}" has accelerators, but no gpusPerNode`,
        'state how many each node carries',
      );
    }
    const name = `airlock-${props.name}`;
    this.props = props;
    this.name = props.name;
    this.accelerator = props.accelerator;
    this.gpusPerNode = props.gpusPerNode ?? 0;
    this.sharing = props.sharing ?? 'exclusive';
    this.units = gpuUnits(props.accelerator, this.sharing);
    this.readOnlyRootFilesystem = props.readOnlyRootFilesystem ?? this.readOnlyRootWorks();
    this.priorityClassName = name;
    new PriorityClassV1(this, 'priority', {
      metadata: { name, labels: platformLabels(name) },
      description: `Serving on pool ${props.name}`,
      value: SERVING_PRIORITY,
    });
    if (props.runtimeClass !== undefined) {
      this.runtimeClassName = name;
      new RuntimeClassV1(this, 'runtime', {
        metadata: { name, labels: platformLabels(name) },
        handler: props.runtimeClass,
      });
    }
    if (props.manageNodes === true) this.manageNodes();
  }

  /** What servings may count on. */
  public get places(): PoolPlaces {
    const { name, accelerator, gpusPerNode, units } = this;
    const { nodes, driverVersion } = this.props;
    return {
      ...{ name, accelerator, nodes, gpusPerNode, units },
      ...(driverVersion === undefined ? {} : { driverVersion }),
    };
  }

  public get nodes(): string[] {
    return [...this.props.nodes];
  }

  /** Labels that the nodes register with. */
  public get labels(): Record<string, string> {
    return { ...poolLabels(this.name), ...this.props.nodeLabels };
  }

  /** Taints that the nodes register with; none without GPUs. */
  public get taints(): Taint[] {
    return poolTaints(this.accelerator);
  }

  /** Selector that puts a pod onto the pool. */
  public get nodeSelector(): Record<string, string> {
    const { os, architecture } = parsePlatform(this.props.platform);
    return { ...poolLabels(this.name), 'kubernetes.io/os': os, 'kubernetes.io/arch': architecture };
  }

  public get tolerations(): Toleration[] {
    return this.taints.map(({ key, effect }) => ({ key, operator: 'Exists', effect }));
  }

  /** Resources of a container that gets this many units; extended resources need request and limit to be equal. */
  public gpuResources(units: number): Record<string, string> {
    const { resource } = this.units;
    return resource === undefined || units === 0 ? {} : { [resource]: String(units) };
  }

  private readOnlyRootWorks(): boolean {
    if (this.accelerator.resource === undefined || readOnlyRootWorks(this.props)) return true;
    const { toolkitVersion } = this.props;
    const why =
      toolkitVersion === undefined
        ? 'CDI injects its GPUs, and the version of the container toolkit is not known'
        : `container toolkit ${toolkitVersion} aborts on read-only ones`;
    Annotations.of(this).addWarning(
      `pool "${this.props.name}": its GPU pods get a writable root file system, since ${why}; ` +
        'write another toolkitVersion of the pool once its nodes have it',
    );
    return false;
  }

  private manageNodes(): void {
    const { name, nodes, labels } = this;
    nodes.forEach((node, at) => {
      // Not forced: what somebody else has set is a conflict to be seen, not to be overwritten.
      new Labels(this, `node-${at}-labels`, {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: node },
        labels,
        fieldManager: `airlock-pool-${name}`,
        force: false,
      });
      if (this.taints.length === 0) return;
      new NodeTaint(this, `node-${at}-taints`, {
        metadata: { name: node },
        taint: this.taints,
        fieldManager: `airlock-pool-${name}`,
        force: false,
      });
    });
  }
}
