/** What nodes will offer once the plan's own device plugin or GPU Operator runs on them. */
import type { Node } from 'kubernetes-types/core/v1';
import { ACCELERATORS } from '../../catalog/accelerators';
import { gpuUnits } from '../../catalog/gpu-sharing';
import type { Enclave } from '../../site/generated/enclave';
import type { Pool, Site } from '../../site/generated/site';
import type { ClusterFacts } from './facts';
import { allocatable } from './placement';

/** Extended resources of NVIDIA's that a node offers, with their amounts. */
export const offeredDevices = (node: Node): ReadonlyMap<string, number> =>
  new Map([...allocatable(node)].filter(([name, amount]) => name.startsWith('nvidia.com/') && amount > 0));

/** Resource and amount that each node of a pool should offer; undefined without GPUs. */
export function devicesOf(pool: Pool): { readonly resource: string; readonly amount: number } | undefined {
  const { resource, perGpu } = gpuUnits(ACCELERATORS[pool.accelerator] ?? { vendor: 'none' }, pool.sharing);
  return resource === undefined ? undefined : { resource, amount: perGpu * (pool.gpusPerNode ?? 0) };
}

/** Whether a node shows no devices because what publishes them is part of the plan. */
export const awaitsPlan = ({ gpu }: Site, node: Node): boolean => gpu !== undefined && offeredDevices(node).size === 0;

/** The nodes as they will be: those that await the plan with the devices of their pools. */
export function withPlannedDevices(nodes: ClusterFacts['nodes'], site: Site, { pools }: Enclave): readonly Node[] {
  return nodes.map((node) => {
    const pool = site.pools.find(({ name }) => pools[name]?.nodes.includes(node.metadata?.name ?? '') === true);
    const devices = pool === undefined ? undefined : devicesOf(pool);
    if (devices === undefined || !awaitsPlan(site, node)) return node;
    const { status = {} } = node;
    return {
      ...node,
      status: { ...status, allocatable: { ...status.allocatable, [devices.resource]: String(devices.amount) } },
    };
  });
}
