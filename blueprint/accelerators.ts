/** What makes the cluster see its GPUs. */
import { DISTRIBUTIONS } from '../catalog/distributions';
import type { OperatedPool, OperatorComponent } from '../catalog/gpu-software';
import type { ApiServers } from '../catalog/platform/flow';
import { badInput } from '../core/errors';
import { chartFile } from '../site/lock/chart-artifact';
import type { LockChart } from '../site/generated/lock';
import type { Pool } from '../site/generated/site';
import { lookup } from '../site/lock/lock-lookup';
import {
  devicePluginName,
  gpuPools,
  OPERATOR_CHART_NAME,
  operatorComponents,
  operatorImageName,
} from '../site/requests/gpu';
import { poolPlatform } from '../site/requests/requests';
import type { Inputs } from './inputs';
import { enclaveAt, lockAt, type Rests, restsOn, siteAt } from './rests';

/** The operator, as GpuOperator takes it. */
export interface OperatorDecision {
  readonly chart: { readonly file: string; readonly sha256: string };
  readonly images: Readonly<Partial<Record<OperatorComponent, string>>>;
  readonly pools: readonly OperatedPool[];
  readonly apiServers: ApiServers;
  readonly containerdSocket?: string;
}

/** What makes the cluster see its GPUs. */
export interface AcceleratorsDecision extends Rests {
  /** One for each pool with GPUs, where the site wants the plugin alone. */
  readonly devicePlugins: readonly { readonly pool: string; readonly image: string }[];
  readonly operator?: OperatorDecision;
}

function chartOf({ enclave }: Inputs, chart: LockChart): OperatorDecision['chart'] {
  const { directory } = enclave.charts ?? {};
  if (directory === undefined)
    throw badInput(
      'ENCLAVE_INCOMPLETE',
      `the enclave does not say where the chart ${chart.chart} lies on the machine that deploys`,
      'add charts: { directory: /srv/airlock/charts } to enclave.yaml, and fill it with `airlock charts fetch`',
    );
  return { file: `${directory.replace(/\/+$/, '')}/${chartFile(chart)}`, sha256: chart.sha256 };
}

/** One DaemonSet of the operator runs on all of them. */
function onePlatform({ site }: Inputs, pools: readonly Pool[]): string {
  const platforms = new Set(pools.map((pool) => poolPlatform(site, pool)));
  const [platform = '', another] = [...platforms].sort();
  if (another === undefined) return platform;
  throw badInput(
    'POOLS_CONTRADICT',
    `the GPU Operator runs one image on all nodes, and pools with GPUs are ${platform} and ${another}`,
    'use gpu.devicePlugin, or pools of one platform',
  );
}

function operatorOf(inputs: Inputs, version: string): OperatorDecision {
  const { site, enclave, lock } = inputs;
  const { apiServers } = enclave.network;
  if (apiServers === undefined)
    throw badInput(
      'ENCLAVE_INCOMPLETE',
      'the GPU Operator asks the API servers, and the enclave does not say where they are',
      'add network.apiServers: { cidrs: [<address>/32, …] } to enclave.yaml',
    );
  const { containerdSocket } = DISTRIBUTIONS[site.cluster.distribution];
  const locked = lookup(lock);
  const platform = onePlatform(inputs, gpuPools(site));
  const image = (component: OperatorComponent): string =>
    locked.imageReference(enclave, operatorImageName(component, version), platform);
  return {
    chart: chartOf(inputs, locked.chart(OPERATOR_CHART_NAME)),
    images: Object.fromEntries(operatorComponents(site).map((component) => [component, image(component)])),
    pools: gpuPools(site).map(({ name, sharing = 'exclusive' }) => ({ name, sharing })),
    apiServers,
    ...(containerdSocket === undefined ? {} : { containerdSocket }),
  };
}

/**
 * @returns undefined where the plan installs nothing of the kind
 * @throws AirlockError (input) when site or enclave lack what it needs
 */
export function acceleratorsOf(inputs: Inputs): AcceleratorsDecision | undefined {
  const { site, enclave, lock } = inputs;
  if (site.gpu === undefined) return undefined;
  const { devicePlugin, operator } = site.gpu;
  return {
    devicePlugins:
      devicePlugin === undefined
        ? []
        : gpuPools(site).map((pool) => ({
            pool: pool.name,
            image: lookup(lock).imageReference(
              enclave,
              devicePluginName(devicePlugin.version),
              poolPlatform(site, pool),
            ),
          })),
    ...(operator === undefined ? {} : { operator: operatorOf(inputs, operator.version) }),
    restsOn: restsOn(
      siteAt('gpu'),
      siteAt('pools'),
      ...[siteAt('platforms'), siteAt('cluster.distribution'), enclaveAt('registry')],
      operator !== undefined && enclaveAt('network.apiServers'),
      operator !== undefined && enclaveAt('charts.directory'),
      lockAt('images'),
      operator !== undefined && lockAt(`charts[${OPERATOR_CHART_NAME}]`),
    ),
  };
}
