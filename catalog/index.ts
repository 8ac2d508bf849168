/**
 * What the kit knows about the world, as data with sources: accelerators, engines, distributions, networks, licenses.
 *
 * @packageDocumentation
 */
export { type Accelerator, acceleratorOf, ACCELERATORS, type MigProfile } from './accelerators';
export { type Cni, type CniName, CNIS, type PolicyTier } from './cni';
export { type DistributionName, DISTRIBUTIONS } from './distributions';
export type {
  Distribution,
  DnsPeer,
  NodeFile,
  NodeRegistration,
  RegistryMirror,
  Taint,
} from './distributions/distribution';
export type { AcceleratorVendor, EngineName } from './engines';
export type { GatewayName } from './gateways';
export { type GpuSharing, gpuUnits, type GpuUnits } from './gpu-sharing';
export type { OperatedPool, OperatorComponent } from './gpu-software';
export type {
  AllowedFlow,
  ApiServerFlow,
  ApiServers,
  Destination,
  DnsFlow,
  Flow,
  OutsideFlow,
  PodPeer,
} from './platform/flow';
export {
  type Component,
  componentLabels,
  NAME_LABEL,
  NAMESPACES,
  OWNER_ANNOTATION,
  platformLabels,
  REASON_ANNOTATION,
  selectorLabels,
  SERVED_NAME_LABEL,
  workloadLabels,
} from './platform/names';
export { REDACTION_PACKS, type RedactionPackName, redactionPatterns } from './redaction';
export type { RedactionPack, RedactionPattern, SitePattern } from './redaction';
export { TERRAFORM_PROVIDERS, type TerraformProvider } from './terraform-providers';
