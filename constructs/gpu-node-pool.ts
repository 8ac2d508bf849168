import { Construct } from 'constructs';
import { PriorityClassV1 } from '@cdktf/provider-kubernetes/lib/priority-class-v1';
import { RuntimeClassV1 } from '@cdktf/provider-kubernetes/lib/runtime-class-v1';
import type { Toleration } from 'kubernetes-types/core/v1';
import type { Accelerator } from '../catalog/accelerators';
import type { Taint } from '../catalog/distributions/distribution';
import { poolLabels, poolTaints } from '../catalog/pool-nodes';
import { parsePlatform } from '../core/descriptor';
import { badInput } from '../core/errors';
import { platformLabels } from './names';

/** Above the default of 0, so that serving evicts batch work, and far below the system's classes. */
const SERVING_PRIORITY = 100_000;

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
   * Whether pods may have a read-only root file system. NVIDIA's container toolkit 1.20.0 aborts on some of them
   * (NVIDIA/nvidia-container-toolkit#2026).
   *
   * @default true
   */
  readonly readOnlyRootFilesystem?: boolean;
}

/**
 * A group of like nodes, with or without GPUs, and how pods get onto it.
 *
 * Nodes are not managed here: they register with `labels` and `taints` (the platform stack prints the files to place on
 * them), so a dead or cordoned node never blocks a deployment. The taint keeps other pods away; serving pods tolerate
 * it and select the pool by its label. Pods request whole GPUs, which the device plugin hands out exclusively.
 *
 * The RuntimeClass is named after the pool: distributions and the GPU operator make ones named after the handler.
 *
 * @see https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/
 */
export class GpuNodePool extends Construct {
  public readonly name: string;
  public readonly accelerator: Accelerator;
  public readonly gpusPerNode: number;
  public readonly priorityClassName: string;
  public readonly runtimeClassName: string | undefined;
  public readonly readOnlyRootFilesystem: boolean;
  private readonly props: GpuNodePoolProps;

  /**
   * @throws AirlockError (input) when an accelerator comes without `gpusPerNode`
   */
  public constructor(scope: Construct, id: string, props: GpuNodePoolProps) {
    super(scope, id);
    if (props.accelerator.resource !== undefined && props.gpusPerNode === undefined) {
      throw badInput(`pool "${props.name}" has accelerators, but no gpusPerNode`, 'state how many each node carries');
    }
    const name = `airlock-${props.name}`;
    this.props = props;
    this.name = props.name;
    this.accelerator = props.accelerator;
    this.gpusPerNode = props.gpusPerNode ?? 0;
    this.readOnlyRootFilesystem = props.readOnlyRootFilesystem ?? true;
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
  }

  public get nodes(): string[] {
    return [...this.props.nodes];
  }

  /** Labels that the nodes register with. */
  public get labels(): Record<string, string> {
    return { ...poolLabels(this.name) };
  }

  /** Taints that the nodes register with; none without GPUs. */
  public get taints(): Taint[] {
    return poolTaints(this.accelerator);
  }

  /** Selector that puts a pod onto the pool. */
  public get nodeSelector(): Record<string, string> {
    const { os, architecture } = parsePlatform(this.props.platform);
    return { ...this.labels, 'kubernetes.io/os': os, 'kubernetes.io/arch': architecture };
  }

  public get tolerations(): Toleration[] {
    return this.taints.map(({ key, effect }) => ({ key, operator: 'Exists', effect }));
  }

  /** Resources of a container that gets this many GPUs; extended resources need request and limit to be equal. */
  public gpuResources(gpus: number): Record<string, string> {
    const resource = this.accelerator.resource;
    return resource === undefined || gpus === 0 ? {} : { [resource]: String(gpus) };
  }

  /**
   * @throws AirlockError (input) when no node of the pool can ever run such a replica, or all together not so many
   */
  public checkCapacity(serving: string, replicas: number, gpus: number): void {
    if (gpus > this.gpusPerNode) {
      throw badInput(
        `serving "${serving}" wants ${gpus} GPUs for each replica; nodes of pool "${this.name}" have ${this.gpusPerNode}`,
        this.gpusPerNode === 0
          ? 'leave gpus out, or use a pool with accelerators'
          : `write gpus: ${this.gpusPerNode} or less, or use another pool`,
      );
    }
    if (gpus === 0) return;
    const places = Math.floor(this.gpusPerNode / gpus) * this.props.nodes.length;
    if (replicas > places) {
      throw badInput(
        `serving "${serving}" wants ${replicas} replicas of ${gpus} GPUs; pool "${this.name}" has room for ${places} ` +
          `(${this.props.nodes.length} nodes of ${this.gpusPerNode})`,
        `write replicas: ${places} or less, or name more nodes in enclave.yaml`,
      );
    }
  }
}
