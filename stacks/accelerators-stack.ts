import type { Construct } from 'constructs';
import { DISTRIBUTIONS } from '../catalog/distributions';
import type { OperatorComponent } from '../catalog/gpu-software';
import { badInput } from '../core/errors';
import { ConfinedNamespace } from '../constructs/confinement/confined-namespace';
import { DevicePlugin } from '../constructs/nodes/device-plugin';
import type { GpuNodePool } from '../constructs/nodes/gpu-node-pool';
import { GpuOperator } from '../constructs/nodes/gpu-operator';
import { NAMESPACES } from '../constructs/names';
import { chartFile } from '../site/lock/chart-artifact';
import type { Enclave } from '../site/generated/enclave';
import type { Lock, LockChart } from '../site/generated/lock';
import type { Pool, Site } from '../site/generated/site';
import { lookup } from '../site/lock/lock-lookup';
import {
  devicePluginName,
  gpuPools,
  OPERATOR_CHART_NAME,
  operatorComponents,
  operatorImageName,
} from '../site/requests/gpu';
import { poolPlatform } from '../site/requests/requests';
import { BaseStack, type BaseStackProps } from './base-stack';
import { confined } from './confined';

export interface AcceleratorsStackProps extends BaseStackProps {
  readonly site: Site;
  readonly enclave: Enclave;
  readonly lock: Lock;
  /** Finds a pool of the site. */
  readonly pool: (name: string) => GpuNodePool;
}

/** What makes the cluster see its GPUs, in the one namespace whose pods may reach the node. */
export class AcceleratorsStack extends BaseStack {
  private readonly props: AcceleratorsStackProps;

  /** @throws AirlockError (input) when site or enclave lack what it needs */
  public constructor(scope: Construct, id: string, props: AcceleratorsStackProps) {
    super(scope, id, props);
    this.props = props;
    const { site } = props;
    const namespace = new ConfinedNamespace(this, 'namespace', {
      ...confined(NAMESPACES.accelerators, site),
      podSecurity: 'privileged',
    });
    if (site.gpu?.devicePlugin !== undefined) this.devicePlugins(namespace, site.gpu.devicePlugin.version);
    if (site.gpu?.operator !== undefined) this.operator(namespace, site.gpu.operator.version);
  }

  private devicePlugins(namespace: ConfinedNamespace, version: string): void {
    const { site, enclave, lock, pool } = this.props;
    for (const one of gpuPools(site)) {
      new DevicePlugin(this, `device-plugin-${one.name}`, {
        namespace,
        pool: pool(one.name),
        image: lookup(lock).imageReference(enclave, devicePluginName(version), poolPlatform(site, one)),
      });
    }
  }

  private operator(namespace: ConfinedNamespace, version: string): void {
    const { site, enclave, lock } = this.props;
    const { apiServers } = enclave.network;
    if (apiServers === undefined)
      throw badInput(
        'the GPU Operator asks the API servers, and the enclave does not say where they are',
        'add network.apiServers: { cidrs: [<address>/32, …] } to enclave.yaml',
      );
    const { containerdSocket } = DISTRIBUTIONS[site.cluster.distribution];
    const locked = lookup(lock);
    const platform = this.onePlatform(gpuPools(site));
    const image = (component: OperatorComponent): string =>
      locked.imageReference(enclave, operatorImageName(component, version), platform);
    new GpuOperator(this, 'gpu-operator', {
      namespace,
      chart: this.chart(locked.chart(OPERATOR_CHART_NAME)),
      images: Object.fromEntries(operatorComponents(site).map((component) => [component, image(component)])),
      pools: gpuPools(site).map(({ name, sharing = 'exclusive' }) => ({ name, sharing })),
      apiServers,
      ...(containerdSocket === undefined ? {} : { containerdSocket }),
    });
  }

  private chart(chart: LockChart): { file: string; sha256: string } {
    const { directory } = this.props.enclave.charts ?? {};
    if (directory === undefined)
      throw badInput(
        `the enclave does not say where the chart ${chart.chart} lies on the machine that deploys`,
        'add charts: { directory: /srv/airlock/charts } to enclave.yaml, and fill it with `airlock charts fetch`',
      );
    return { file: `${directory.replace(/\/+$/, '')}/${chartFile(chart)}`, sha256: chart.sha256 };
  }

  /** One DaemonSet of the operator runs on all of them. */
  private onePlatform(pools: readonly Pool[]): string {
    const platforms = new Set(pools.map((pool) => poolPlatform(this.props.site, pool)));
    const [platform = '', another] = [...platforms].sort();
    if (another === undefined) return platform;
    throw badInput(
      `the GPU Operator runs one image on all nodes, and pools with GPUs are ${platform} and ${another}`,
      'use gpu.devicePlugin, or pools of one platform',
    );
  }
}
