/**
 * Everything that is decided about a platform, from site, enclave and lock, with what each decision rests on.
 *
 * @packageDocumentation
 */
export type { AcceleratorsDecision, OperatorDecision } from './accelerators';
export { type Blueprint, blueprintOf, type QuotasDecision } from './blueprint';
export type { ClusterDecision, NamespaceDecision, NamespaceKey } from './cluster';
export { decided, explain, type Section, type Subject, SUBJECTS } from './explain';
export type { FlowDecision } from './flows';
export type { GatewayDecision, RateLimitDecision } from './gateway';
export type { EgressTierDecision, GuardrailsDecision } from './guardrails';
export type { Inputs } from './inputs';
export type { MemoryDecision } from './memory';
export type { MirrorDecision, SharedClaimDecision } from './mirror';
export type { PoolDecision } from './pools';
export type { Rests } from './rests';
export type { ServingDecision, WeightsDecision } from './servings';
export type { ProviderDecision, TerraformDecision } from './terraform';
export type { CollectorDecision, EndpointDecision, StoreDecision, TracesDecision } from './traces';
