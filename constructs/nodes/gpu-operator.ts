import { Construct } from 'constructs';
import type { OperatedPool, OperatorComponent } from '../../catalog/gpu-software';
import type { ApiServers } from '../../catalog/platform/flow';
import { OPERATOR_NAME as NAME, operatorFlows } from '../../catalog/platform/gpu-operator';
import { badInput } from '../../core/errors';
import { ChartRelease } from '../release/chart-release';
import type { ConfinedNamespace } from '../confinement/confined-namespace';
import { devicePluginConfig } from './device-plugin';
import { DNS_LABEL } from '../../core/kubernetes-syntax';
import { checkProps, type Checks, form, heldBy, list, lockedImage, map, optional, record } from '../checks/props';
import { absolutePath, apiServers, made, sharing } from '../checks/shared';

/** ConfigMap of the device plugin's configurations, one for each pool. */
const CONFIG = 'device-plugin-pools';

/** Props of `GpuOperator`. */
export interface GpuOperatorProps {
  /** A namespace of Pod Security level `privileged`. */
  readonly namespace: ConfinedNamespace;
  /** Path of the packaged chart on the machine that deploys, and its SHA-256 by the lock. */
  readonly chart: { readonly file: string; readonly sha256: string };
  /** Image of each component, `<registry>/<repository>@sha256:…`; what is left out is switched off. */
  readonly images: Readonly<Partial<Record<OperatorComponent, string>>>;
  /** Pools whose GPUs it publishes. */
  readonly pools: readonly OperatedPool[];
  /** API servers, which the operator and its operands ask and tell. */
  readonly apiServers: ApiServers;
  /**
   * Socket of containerd, where it is not the usual one.
   *
   * @default - /run/containerd/containerd.sock
   */
  readonly containerdSocket?: string;
}

/** What the chart calls an image. */
interface ImageValues {
  readonly repository: string;
  readonly image: string;
  readonly version: string;
}

const REFERENCE = /^(?<repository>[^@]+)\/(?<image>[^/@]+)@sha256:(?<digest>[0-9a-f]{64})$/;

function parts(reference: string): ImageValues {
  const { repository, image, digest } = REFERENCE.exec(reference)?.groups ?? {};
  if (repository === undefined || image === undefined || digest === undefined)
    throw badInput(
      'IMAGE_REFERENCE_INVALID',
      `"${reference}" names no digest`,
      'write <registry>/<repository>@sha256:…',
    );
  // Templates join the three by `/` and `:`, which makes a reference by digest of these.
  return { repository, image: `${image}@sha256`, version: digest };
}

/** A component that is not wanted keeps no name of an image, so that nothing upstream is named anywhere. */
const OFF = { enabled: false, repository: '', image: '', version: '' };

const component = (reference: string | undefined, more: object = {}): object =>
  reference === undefined ? OFF : { enabled: true, ...parts(reference), ...more };

const isMig = ({ sharing }: OperatedPool): boolean => sharing !== 'exclusive' && sharing.mig !== undefined;

/** The operator names slices in one way for the whole cluster. */
function migStrategy(pools: readonly OperatedPool[]): string {
  const found = new Set(
    pools.flatMap(({ sharing }) =>
      sharing === 'exclusive' || sharing.mig === undefined ? [] : [sharing.strategy ?? 'mixed'],
    ),
  );
  if (found.size > 1)
    throw badInput(
      'POOLS_CONTRADICT',
      'pools name MIG slices in two ways, and the GPU Operator knows one for the cluster',
      'write the same strategy for all of them, or use the device plugin',
    );
  return [...found][0] ?? 'none';
}

function required(images: GpuOperatorProps['images'], name: OperatorComponent): string {
  const found = images[name];
  if (found === undefined)
    throw badInput('CONSTRUCT_PROPS_INVALID', `the GPU Operator has no image "${name}"`, 'take all of the lock');
  return found;
}

/**
 * Values of the chart: every image by digest from the registry, drivers left to the nodes, nothing of virtual machines.
 *
 * @see https://github.com/NVIDIA/gpu-operator deployments/gpu-operator/values.yaml
 * @throws AirlockError (input) for pools that contradict each other, or an image without digest
 */
export function operatorValues({ images, pools, containerdSocket }: GpuOperatorProps): object {
  const operator = parts(required(images, 'operator'));
  const manager = parts(required(images, 'driverManager'));
  const { repository, image, version } = parts(required(images, 'nodeFeatureDiscovery'));
  if (pools.some(isMig)) required(images, 'migManager');
  const config = {
    name: CONFIG,
    create: true,
    default: '',
    data: Object.fromEntries(pools.map(({ name, sharing }) => [name, JSON.stringify(devicePluginConfig(sharing))])),
  };
  const socket = { env: [{ name: 'CONTAINERD_SOCKET', value: containerdSocket }] };
  return {
    // Pods of the operator, its operands and node feature discovery are found by one label.
    daemonsets: { labels: { 'app.kubernetes.io/instance': NAME } },
    operator,
    validator: operator,
    driver: { enabled: false, repository: '', image: '', version: '', manager },
    toolkit: component(images.toolkit, containerdSocket === undefined ? {} : socket),
    devicePlugin: component(images.devicePlugin, { config }),
    gfd: component(images.devicePlugin),
    dcgmExporter: component(images.dcgmExporter, { serviceMonitor: { enabled: false } }),
    migManager: component(images.migManager),
    mig: { strategy: migStrategy(pools) },
    ...Object.fromEntries(
      [
        'dcgm',
        'nodeStatusExporter',
        'gds',
        'gdrcopy',
        'vgpuDeviceManager',
        'sandboxDevicePlugin',
        'kataSandboxDevicePlugin',
        'ccManager',
      ].map((name) => [name, OFF]),
    ),
    ...Object.fromEntries(['vgpuManager', 'vfioManager'].map((name) => [name, { ...OFF, driverManager: manager }])),
    draDriver: { repository: '', image: '', version: '' },
    'node-feature-discovery': { image: { repository: `${repository}/${image}`, tag: version } },
  };
}

const CHECKS: Checks<GpuOperatorProps> = {
  namespace: made,
  chart: heldBy('ChartRelease'),
  images: map(heldBy('the type'), optional(lockedImage)),
  pools: list(record<OperatedPool>({ name: form(DNS_LABEL), sharing })),
  apiServers,
  containerdSocket: optional(absolutePath),
};

/**
 * NVIDIA's GPU Operator from a chart of the lock: container toolkit, device plugin, MIG, metrics and discovery of GPUs.
 *
 * Drivers are on the nodes: a driver container builds or downloads kernel modules, which no air gap allows at a reboot.
 * The operands are privileged and see the node, so they live in a namespace of their own, where only locked images run and
 * nothing is reached but the API servers. What the chart renders stands in no plan: the audit wants a waiver.
 *
 * @see https://docs.nvidia.com/datacenter/cloud-native/gpu-operator
 */
export class GpuOperator extends Construct {
  /** @throws AirlockError (input) as {@link operatorValues} */
  public constructor(scope: Construct, id: string, props: GpuOperatorProps) {
    super(scope, id);
    checkProps('GpuOperator', props, CHECKS);
    const { namespace, chart, apiServers } = props;
    for (const flow of operatorFlows(namespace.name, apiServers)) namespace.lockdown.open(flow);
    new ChartRelease(this, 'release', {
      name: NAME,
      namespace: namespace.name,
      ...chart,
      values: operatorValues(props),
      dependsOn: namespace.ready,
    });
  }
}
