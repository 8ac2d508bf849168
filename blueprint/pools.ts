/** The pools of a site: their nodes, and how pods get onto them. */
import { type Accelerator, acceleratorOf } from '../catalog/accelerators';
import type { NodeFile } from '../catalog/distributions/distribution';
import { type GpuSharing, gpuUnits } from '../catalog/gpu-sharing';
import { operatorLabels, operatorRelease } from '../catalog/gpu-software';
import type { PoolPlaces } from '../engines/pool';
import type { Pool, Site } from '../site/generated/site';
import { isOperated, nodeRegistrations } from '../site/node-registrations';
import { poolPlatform } from '../site/requests/requests';
import type { Inputs } from './inputs';
import { enclaveAt, lockAt, type Rests, restsOn, siteAt } from './rests';

/** A pool, as GpuNodePool takes it. */
export interface PoolDecision extends Rests {
  readonly name: string;
  readonly accelerator: Accelerator;
  readonly platform: string;
  readonly nodes: readonly string[];
  readonly gpusPerNode?: number;
  readonly runtimeClass?: string;
  readonly sharing?: GpuSharing;
  readonly toolkitVersion?: string;
  readonly driverVersion?: string;
  readonly nodeLabels?: Readonly<Record<string, string>>;
  readonly manageNodes?: boolean;
  /** Files to place on each node before it registers. */
  readonly files: readonly NodeFile[];
}

function toolkitVersion(site: Site, { toolkitVersion: own, accelerator }: Pool): string | undefined {
  if (own !== undefined) return own;
  const { operator } = site.gpu ?? {};
  return operator !== undefined && isOperated(site, accelerator)
    ? operatorRelease(operator.version).toolkitVersion
    : undefined;
}

/** @throws AirlockError (input) when the catalog lacks an accelerator */
export function poolsOf({ site, enclave, lock }: Inputs): PoolDecision[] {
  const registrations = new Map(nodeRegistrations(site, enclave, lock).map((one) => [one.pool, one]));
  return site.pools.map((pool, at): PoolDecision => {
    const { name, accelerator, gpusPerNode, runtimeClass, sharing, driverVersion } = pool;
    const toolkit = toolkitVersion(site, pool);
    const { nodes = [], manageNodes } = enclave.pools[name] ?? {};
    return {
      ...{ name, nodes },
      accelerator: acceleratorOf(accelerator),
      platform: poolPlatform(site, pool),
      ...(gpusPerNode === undefined ? {} : { gpusPerNode }),
      ...(runtimeClass === undefined ? {} : { runtimeClass }),
      ...(sharing === undefined ? {} : { sharing }),
      ...(toolkit === undefined ? {} : { toolkitVersion: toolkit }),
      ...(driverVersion === undefined ? {} : { driverVersion }),
      ...(isOperated(site, accelerator)
        ? { nodeLabels: operatorLabels({ name, sharing: sharing ?? 'exclusive' }) }
        : {}),
      ...(manageNodes === true ? { manageNodes } : {}),
      files: registrations.get(name)?.files ?? [],
      restsOn: restsOn(
        siteAt(`pools[${at}]`),
        pool.platform === undefined && siteAt('platforms[0]'),
        isOperated(site, accelerator) && siteAt('gpu.operator'),
        enclaveAt(`pools.${name}`),
        enclaveAt('registry'),
        enclave.registryCa !== undefined && enclaveAt('registryCa'),
        siteAt('cluster.distribution'),
        lockAt('images'),
      ),
    };
  });
}

/** What servings may count on in a pool. */
export function placesOf({
  name,
  accelerator,
  nodes,
  gpusPerNode = 0,
  sharing,
  driverVersion,
}: PoolDecision): PoolPlaces {
  return {
    ...{ name, accelerator, nodes, gpusPerNode },
    units: gpuUnits(accelerator, sharing),
    ...(driverVersion === undefined ? {} : { driverVersion }),
  };
}
