/** NVIDIA's software that makes a cluster see GPUs: which images and charts a release consists of. */
import { badInput } from '../core/errors';
import type { GpuSharing } from './gpu-sharing';

/** Image of the device plugin (NVIDIA/k8s-device-plugin README, "Enabling GPU Support in Kubernetes"). */
export const devicePluginImage = (version: string): string => `nvcr.io/nvidia/k8s-device-plugin:v${version}`;

/** Images of the GPU Operator that a cluster of containers needs, with drivers on the nodes. */
export type OperatorComponent =
  'operator' | 'driverManager' | 'toolkit' | 'devicePlugin' | 'dcgmExporter' | 'migManager' | 'nodeFeatureDiscovery';

interface OperatorRelease {
  readonly images: Readonly<Record<OperatorComponent, string>>;
  /** Version of the container toolkit that it puts on the nodes. */
  readonly toolkitVersion: string;
}

const release = (versions: Readonly<Record<OperatorComponent, string>>): OperatorRelease => ({
  images: {
    operator: `nvcr.io/nvidia/gpu-operator:${versions.operator}`,
    driverManager: `nvcr.io/nvidia/cloud-native/k8s-driver-manager:${versions.driverManager}`,
    toolkit: `nvcr.io/nvidia/k8s/container-toolkit:${versions.toolkit}`,
    devicePlugin: `nvcr.io/nvidia/k8s-device-plugin:${versions.devicePlugin}`,
    dcgmExporter: `nvcr.io/nvidia/k8s/dcgm-exporter:${versions.dcgmExporter}`,
    migManager: `nvcr.io/nvidia/cloud-native/k8s-mig-manager:${versions.migManager}`,
    nodeFeatureDiscovery: `registry.k8s.io/nfd/node-feature-discovery:${versions.nodeFeatureDiscovery}`,
  },
  toolkitVersion: versions.toolkit.replace(/^v/, ''),
});

/** deployments/gpu-operator/values.yaml and Chart.yaml of each tag of NVIDIA/gpu-operator. */
const OPERATORS: Readonly<Record<string, OperatorRelease>> = {
  '26.7.0': release({
    operator: 'v26.7.0',
    driverManager: 'v0.12.0',
    toolkit: 'v1.20.0',
    devicePlugin: 'v0.20.0',
    dcgmExporter: '4.6.0-4.8.3-distroless',
    migManager: 'v0.15.0',
    nodeFeatureDiscovery: 'v0.19.0',
  }),
  '26.3.3': release({
    operator: 'v26.3.3',
    driverManager: 'v0.11.0',
    toolkit: 'v1.19.1',
    devicePlugin: 'v0.19.3',
    dcgmExporter: '4.5.3-4.8.2-distroless',
    migManager: 'v0.14.2',
    nodeFeatureDiscovery: 'v0.18.3',
  }),
};

/** @throws AirlockError (input) when the images of that release are not known */
export function operatorRelease(version: string): OperatorRelease {
  const found = OPERATORS[version];
  if (found !== undefined) return found;
  throw badInput(
    'VERSION_UNSUPPORTED',
    `the images of GPU Operator ${version} are not known`,
    `write one of: ${Object.keys(OPERATORS).join(', ')}`,
  );
}

/** The chart of a release, on NVIDIA's repository. */
export const operatorChart = (version: string): { repository: string; chart: string; version: string } => ({
  repository: 'https://helm.ngc.nvidia.com/nvidia',
  chart: 'gpu-operator',
  version: `v${version}`,
});

/** A pool of GPUs as the operator sees it. */
export interface OperatedPool {
  readonly name: string;
  readonly sharing: GpuSharing;
}

/**
 * Labels with which the nodes of a pool register, so that the operator cuts and shares their GPUs as the pool says.
 *
 * @see https://docs.nvidia.com/datacenter/cloud-native/gpu-operator, "GPU Operator with MIG", "Time-Slicing GPUs"
 */
export function operatorLabels({ name, sharing }: OperatedPool): Record<string, string> {
  const profile = sharing === 'exclusive' ? undefined : sharing.mig;
  return {
    'nvidia.com/device-plugin.config': name,
    ...(profile === undefined ? {} : { 'nvidia.com/mig.config': `all-${profile}` }),
  };
}
