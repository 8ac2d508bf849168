/**
 * Building blocks of a confined cluster, one construct each; `docs/constructs` has a page and a program for every one.
 *
 * @packageDocumentation
 */
export { AdmissionGuardrails, type AdmissionGuardrailsProps } from './confinement/admission-guardrails';
export type { ExposedService } from './confinement/admission/services';
export { ClusterEgressTier, type ClusterEgressTierProps } from './confinement/cluster-egress-tier';
export { ConfinedNamespace, type ConfinedNamespaceProps } from './confinement/confined-namespace';
export { EgressLockdown, type EgressLockdownProps } from './confinement/egress-lockdown';
export { GATEWAY_HOST, GatewayRelease, type GatewayReleaseProps } from './gateway/gateway-release';
export { RateLimit, type RateLimitProps } from './gateway/rate-limit';
export { MonitoringConfig, type MonitoringConfigProps } from './monitoring/monitoring-config';
export { DevicePlugin, type DevicePluginProps } from './nodes/device-plugin';
export { GpuNodePool, type GpuNodePoolProps } from './nodes/gpu-node-pool';
export { GpuOperator, type GpuOperatorProps } from './nodes/gpu-operator';
export { ChartRelease, type ChartReleaseProps } from './release/chart-release';
export { EnvelopeRelease, type EnvelopeReleaseProps } from './release/envelope-release';
export type { KubernetesObject } from './release/envelope-values';
export { ServingRelease, type ServingReleaseProps } from './serving/serving-release';
export { type SiteTraceEndpoint, TraceCollector, type TraceCollectorProps } from './traces/trace-collector';
export type { BackupPlan } from './traces/trace-database';
export { TraceStore, type TraceStoreProps } from './traces/trace-store';
export { type SharedModel, SharedWeights, type SharedWeightsProps } from './weights/shared-weights';
export { WeightMirror, type WeightMirrorProps } from './weights/weight-mirror';
export type { WeightsAccess } from './weights/weights-volume';
