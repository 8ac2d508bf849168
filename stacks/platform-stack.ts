import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { GpuNodePool } from '../constructs/nodes/gpu-node-pool';
import { escapeTemplate } from '../constructs/release/envelope-values';
import { badInput } from '../core/errors';
import { BaseStack } from './base-stack';
import type { PlatformProps } from './props';

/**
 * What belongs to no namespace: priority and runtime classes of the pools, and the files that make nodes join them.
 *
 * `terraform output -json node-registration` prints, per pool, the nodes and the files to place on each of them before
 * it registers. Live nodes are not touched.
 */
export class PlatformStack extends BaseStack {
  private readonly pools: ReadonlyMap<string, GpuNodePool>;

  public constructor(scope: Construct, id: string, props: PlatformProps) {
    super(scope, id, props);
    const { pools } = props.blueprint;
    this.pools = new Map(pools.map((pool) => [pool.name, new GpuNodePool(this, `pool-${pool.name}`, pool)]));
    new TerraformOutput(this, 'node-registration', {
      description: 'Per pool: its nodes, and the files to place on them before they register',
      value: Object.fromEntries(
        pools.map(({ name, nodes, files }) => [
          name,
          { nodes, files: files.map(({ path, content }) => ({ path, content: escapeTemplate(content) })) },
        ]),
      ),
    });
  }

  /** @throws AirlockError (input) when the site has no such pool */
  public pool(name: string): GpuNodePool {
    const pool = this.pools.get(name);
    if (pool === undefined)
      throw badInput('SITE_LACKS_NAME', `the site has no pool "${name}"`, 'name one under pools in site.yaml');
    return pool;
  }
}
