/**
 * The three files that make a site: reading them, with errors that name line and column, and holding them against each
 * other.
 *
 * @packageDocumentation
 */
export type {
  ApiServers,
  CallerIssuer,
  CallerKey,
  CallerWorkload,
  Destination,
  Enclave,
  EnclaveCallers,
  EnclaveCharts,
  EnclaveGateway,
  EnclaveMonitoring,
  EnclavePool,
  EnclaveProviders,
  EnclaveState,
  EnclaveTraces,
  EnclaveWeights,
  EnclaveWeightsClaim,
  EncryptedClass,
  ExposedService,
  GatewayDatabase,
  LabelValue,
  TokenBudget,
  TraceEndpoint,
  TraceReader,
} from './generated/enclave';
export type {
  Lock,
  LockChart,
  LockContent,
  LockDerived,
  LockDerivedArtifact,
  LockDerivedModel,
  LockDerivedStore,
  LockFile,
  LockImage,
  LockImageManifest,
  LockKit,
  LockModel,
  LockModelFile,
  LockModelImage,
  LockModelLicense,
  LockModelShape,
  LockModelSource,
  LockProvider,
  LockProviderPackage,
  LockUnknownShape,
} from './generated/lock';
export type {
  ExtraChart,
  ExtraFile,
  ExtraImage,
  FitOverrule,
  GpuSoftware,
  Model,
  ModelLicense,
  ModelSource,
  Pool,
  RateLimitRelease,
  Redaction,
  RedactionRule,
  Serving,
  ServingAdapter,
  ServingEngine,
  ServingFit,
  Site,
  SiteGateway,
  SiteTraces,
  TraceCollectorRelease,
  TraceStoreRelease,
  Workflow,
  WorkflowRedaction,
  WorkflowServing,
} from './generated/site';
export { checkEnclave, loadEnclave, parseEnclave } from './load-enclave';
export { loadSite, parseSite } from './load-site';
export { checkLock, loadLock, parseLock, serializeLock } from './lock/lock-file';
export { lookup, type LockLookup } from './lock/lock-lookup';
