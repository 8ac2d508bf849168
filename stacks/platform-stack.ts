import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { ACCELERATORS } from '../catalog/accelerators';
import { DISTRIBUTIONS } from '../catalog/distributions';
import { badInput } from '../core/errors';
import { escapeTemplate } from '../constructs/envelope-values';
import { GpuNodePool } from '../constructs/gpu-node-pool';
import type { Enclave } from '../site/generated/enclave';
import type { Pool, Site } from '../site/generated/site';
import { poolPlatform } from '../site/requests';
import { BaseStack, type BaseStackProps } from './base-stack';

export interface PlatformStackProps extends BaseStackProps {
  readonly site: Site;
  readonly enclave: Enclave;
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
    const { site, enclave } = props;
    const pools = site.pools.map((pool) => this.makePool(site, enclave, pool));
    this.pools = new Map(pools.map((pool) => [pool.name, pool]));
    const { registry, registryCa } = enclave;
    const distribution = DISTRIBUTIONS[site.cluster.distribution];
    new TerraformOutput(this, 'node-registration', {
      description: 'Per pool: its nodes, and the files to place on them before they register',
      value: Object.fromEntries(
        pools.map(({ name, nodes, labels, taints }) => [
          name,
          {
            nodes,
            files: distribution
              .nodeFiles({ labels, taints, registry, ...(registryCa === undefined ? {} : { registryCa }) })
              .map((file) => ({ path: file.path, content: escapeTemplate(file.content) })),
          },
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
    const accelerator = ACCELERATORS[pool.accelerator];
    if (accelerator === undefined) {
      throw badInput(`unknown accelerator "${pool.accelerator}"`, `known: ${Object.keys(ACCELERATORS).join(', ')}`);
    }
    return new GpuNodePool(this, `pool-${pool.name}`, {
      name: pool.name,
      accelerator,
      platform: poolPlatform(site, pool),
      nodes: enclave.pools[pool.name]?.nodes ?? [],
      ...(pool.gpusPerNode === undefined ? {} : { gpusPerNode: pool.gpusPerNode }),
      ...(pool.runtimeClass === undefined ? {} : { runtimeClass: pool.runtimeClass }),
    });
  }
}
