import type { Construct } from 'constructs';
import { DevicePlugin } from '../constructs/nodes/device-plugin';
import type { GpuNodePool } from '../constructs/nodes/gpu-node-pool';
import { GpuOperator } from '../constructs/nodes/gpu-operator';
import { BaseStack } from './base-stack';
import { confinedNamespace } from './namespace';
import type { PlatformProps } from './props';

export interface AcceleratorsStackProps extends PlatformProps {
  /** Finds a pool of the site. */
  readonly pool: (name: string) => GpuNodePool;
}

/** What makes the cluster see its GPUs, in the one namespace whose pods may reach the node. */
export class AcceleratorsStack extends BaseStack {
  public constructor(scope: Construct, id: string, props: AcceleratorsStackProps) {
    super(scope, id, props);
    const { devicePlugins = [], operator } = props.blueprint.accelerators ?? {};
    const namespace = confinedNamespace(this, props.blueprint, 'accelerators');
    for (const { pool, image } of devicePlugins)
      new DevicePlugin(this, `device-plugin-${pool}`, { namespace, pool: props.pool(pool), image });
    if (operator !== undefined) new GpuOperator(this, 'gpu-operator', { namespace, ...operator });
  }
}
