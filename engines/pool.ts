/** Whether a serving has a place on the nodes of its pool. */
import type { Accelerator } from '../catalog/accelerators';
import type { GpuUnits } from '../catalog/gpu-sharing';
import { checkCuda } from '../catalog/nvidia-host';
import { badInput } from '../core/errors';

/** What a pool of like nodes has to give. */
export interface PoolPlaces {
  readonly name: string;
  readonly accelerator: Accelerator;
  /** Names of the nodes. */
  readonly nodes: readonly string[];
  /** GPUs in each node; 0 without. */
  readonly gpusPerNode: number;
  /** What the scheduler hands out of the pool. */
  readonly units: GpuUnits;
  /**
   * Version of the NVIDIA driver on the nodes, or its branch alone.
   *
   * @default - unknown, and nothing is refused
   */
  readonly driverVersion?: string;
}

/** What one serving wants of its pool. */
export interface Want {
  readonly serving: string;
  readonly replicas: number;
  /** Units for each pod. */
  readonly gpus: number;
  /** Pods of each replica. */
  readonly nodes: number;
}

/** Units that each node offers. */
export const unitsPerNode = ({ gpusPerNode, units }: Pick<PoolPlaces, 'gpusPerNode' | 'units'>): number =>
  gpusPerNode * units.perGpu;

/**
 * Demands that the nodes of a pool have room for the pods of a serving.
 *
 * @param pods that run at one time
 * @throws AirlockError (input) when no node of the pool can ever run such a pod, or all together not so many
 */
export function checkCapacity(pool: PoolPlaces, serving: string, pods: number, gpus: number): void {
  const { noun, mostPerPod } = pool.units;
  const each = unitsPerNode(pool);
  if (gpus > mostPerPod) {
    throw badInput(
      'POOL_TOO_SMALL',
      `serving "${serving}" wants ${gpus} ${noun} for each replica on pool "${pool.name}", and a pod can use one alone`,
      'write gpus: 1, or use a pool of whole GPUs: tensor and pipeline parallel need them',
    );
  }
  if (gpus > each) {
    throw badInput(
      'POOL_TOO_SMALL',
      `serving "${serving}" wants ${gpus} GPUs for each replica; nodes of pool "${pool.name}" have ${each}`,
      pool.gpusPerNode === 0
        ? 'leave gpus out, or use a pool with accelerators'
        : `write gpus: ${pool.gpusPerNode} or less, or use another pool`,
    );
  }
  if (gpus === 0) return;
  const places = Math.floor(each / gpus) * pool.nodes.length;
  if (pods > places) {
    throw badInput(
      'POOL_TOO_SMALL',
      `serving "${serving}" wants ${pods} replicas of ${gpus} ${noun}; pool "${pool.name}" has room for ${places} ` +
        `(${pool.nodes.length} nodes of ${each})`,
      `write replicas: ${places} or less, or name more nodes in enclave.yaml`,
    );
  }
}

/**
 * Servings that share a pool must fit it together, or some replica stays pending for ever.
 *
 * @throws AirlockError (input) when they do not
 */
export function checkTogether(pool: PoolPlaces, wants: readonly Want[]): void {
  const capacity = unitsPerNode(pool) * pool.nodes.length;
  const sum = wants.reduce((total, { replicas, gpus, nodes }) => total + replicas * gpus * nodes, 0);
  if (capacity === 0 || sum <= capacity || wants.length <= 1) return;
  const terms = wants
    .map(({ serving, replicas, gpus, nodes }) => `${serving} ${replicas} × ${gpus * nodes}`)
    .join(', ');
  throw badInput(
    'POOL_TOO_SMALL',
    `pool "${pool.name}" has ${capacity} ${pool.units.noun}; its servings want ${sum}: ${terms}`,
    'lower replicas or gpus, or name more nodes in enclave.yaml',
  );
}

/**
 * Turns share the memory of a GPU, and nothing but the engines' own limits keeps one pod from taking all of it.
 *
 * @throws AirlockError (input) when the share is larger than a turn's, or the engine's default
 */
export function checkMemoryFraction({ name, units }: PoolPlaces, serving: string, fraction: number | undefined): void {
  if (units.kind !== 'turn' || (fraction !== undefined && fraction <= 1 / units.perGpu)) return;
  const most = Math.floor(100 / units.perGpu) / 100;
  throw badInput(
    'POOL_TOO_SMALL',
    `serving "${serving}" takes ${fraction === undefined ? "its engine's default share" : String(fraction)} of the memory of a ` +
      `GPU that ${units.perGpu} pods of pool "${name}" share`,
    `write memoryFraction: ${most} or less`,
  );
}

/**
 * Holds an image against the driver of the nodes, where both are known.
 *
 * @param cuda release, e.g. `13.0`
 * @throws AirlockError (input) when the driver is too old for it
 */
export function checkDriver({ driverVersion }: PoolPlaces, serving: string, cuda: string | undefined): void {
  if (cuda !== undefined && driverVersion !== undefined)
    checkCuda(`the image of serving "${serving}"`, cuda, driverVersion);
}
