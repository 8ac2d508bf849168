import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { acceleratorOf } from '../catalog/accelerators';
import { operatorLabels, operatorRelease } from '../catalog/gpu-software';
import { badInput } from '../core/errors';
import { escapeTemplate } from '../constructs/release/envelope-values';
import { GpuNodePool } from '../constructs/nodes/gpu-node-pool';
import type { Enclave } from '../site/generated/enclave';
import type { Lock } from '../site/generated/lock';
import type { Pool, Site } from '../site/generated/site';
import { isOperated, nodeRegistrations } from '../site/node-registrations';
import { poolPlatform } from '../site/requests/requests';
import { BaseStack, type BaseStackProps } from './base-stack';

export interface PlatformStackProps extends BaseStackProps {
  readonly site: Site;
  readonly enclave: Enclave;
  readonly lock: Lock;
}

/**
 * What belongs to no namespace: priority and runtime classes of the pools, and the files that make nodes join them.
 *
 * `terraform output -json node-registration` prints, per pool, the nodes and the files to place on each of them before
 * it registers. Live nodes are not touched.
 */
export class PlatformStack extends BaseStack {
  private readonly pools: ReadonlyMap<string, GpuNodePool>;

  public constructor(scope: Construct, id: string, props: PlatformStackProps) {
    super(scope, id, props);
    const { site, enclave, lock } = props;
    const pools = site.pools.map((pool) => this.makePool(site, enclave, pool));
    this.pools = new Map(pools.map((pool) => [pool.name, pool]));
    new TerraformOutput(this, 'node-registration', {
      description: 'Per pool: its nodes, and the files to place on them before they register',
      value: Object.fromEntries(
        nodeRegistrations(site, enclave, lock).map(({ pool, nodes, files }) => [
          pool,
          { nodes, files: files.map(({ path, content }) => ({ path, content: escapeTemplate(content) })) },
        ]),
      ),
    });
  }

  /** @throws AirlockError (input) when the site has no such pool */
  public pool(name: string): GpuNodePool {
    const pool = this.pools.get(name);
    if (pool === undefined) throw badInput(`the site has no pool "${name}"`, 'name one under pools in site.yaml');
    return pool;
  }

  private makePool(site: Site, enclave: Enclave, pool: Pool): GpuNodePool {
    const operated = isOperated(site, pool.accelerator);
    const toolkitVersion =
      pool.toolkitVersion ??
      (operated && site.gpu?.operator !== undefined
        ? operatorRelease(site.gpu.operator.version).toolkitVersion
        : undefined);
    return new GpuNodePool(this, `pool-${pool.name}`, {
      name: pool.name,
      accelerator: acceleratorOf(pool.accelerator),
      platform: poolPlatform(site, pool),
      nodes: enclave.pools[pool.name]?.nodes ?? [],
      ...(pool.gpusPerNode === undefined ? {} : { gpusPerNode: pool.gpusPerNode }),
      ...(pool.runtimeClass === undefined ? {} : { runtimeClass: pool.runtimeClass }),
      ...(pool.sharing === undefined ? {} : { sharing: pool.sharing }),
      ...(toolkitVersion === undefined ? {} : { toolkitVersion }),
      ...(pool.driverVersion === undefined ? {} : { driverVersion: pool.driverVersion }),
      ...(operated ? { nodeLabels: operatorLabels({ name: pool.name, sharing: pool.sharing ?? 'exclusive' }) } : {}),
      ...(enclave.pools[pool.name]?.manageNodes === true ? { manageNodes: true } : {}),
    });
  }
}
