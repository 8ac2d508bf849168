/** What a site asks the lock for so that its cluster sees the GPUs. */
import { devicePluginImage, type OperatorComponent, operatorRelease } from '../../catalog/gpu-software';
import type { Pool, Site } from '../generated/site';

/** Pools whose nodes have GPUs. */
export const gpuPools = ({ pools }: Site): Pool[] => pools.filter(({ accelerator }) => accelerator !== 'none');

/** Name under which the lock carries the image of the device plugin. */
export const devicePluginName = (version: string): string => `nvidia-device-plugin-${version}`;

/** Name under which the lock carries an image of the GPU Operator. */
export const operatorImageName = (component: OperatorComponent, version: string): string =>
  `gpu-operator-${component.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}-${version}`;

/** Name under which the lock carries the chart of the GPU Operator. */
export const OPERATOR_CHART_NAME = 'gpu-operator';

/** Who needs the images of the GPU Operator; containers that no plan shows run them. */
export const OPERATOR_USER = 'gpu/operator';

/** Components of the GPU Operator that the pools of a site need. */
export function operatorComponents(site: Site): OperatorComponent[] {
  const mig = gpuPools(site).some(({ sharing }) => typeof sharing === 'object' && sharing.mig !== undefined);
  // The nodes of Talos are read-only: the toolkit is one of their system extensions.
  const toolkit = site.cluster.distribution !== 'talos';
  return [
    'operator',
    'driverManager',
    ...(toolkit ? (['toolkit'] as const) : []),
    'devicePlugin',
    'dcgmExporter',
    ...(mig ? (['migManager'] as const) : []),
    'nodeFeatureDiscovery',
  ];
}

/** What makes the cluster see the GPUs of a site. */
export function gpuImages(site: Site): { name: string; reference: string; user: string }[] {
  const { gpu } = site;
  if (gpu?.devicePlugin !== undefined) {
    const { version } = gpu.devicePlugin;
    return [{ name: devicePluginName(version), reference: devicePluginImage(version), user: 'gpu/device-plugin' }];
  }
  if (gpu?.operator === undefined) return [];
  const { version } = gpu.operator;
  const { images } = operatorRelease(version);
  return operatorComponents(site).map((component) => ({
    name: operatorImageName(component, version),
    reference: images[component],
    user: OPERATOR_USER,
  }));
}
