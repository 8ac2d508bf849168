/**
 * Gateways: one typed contract each, and the policy that all of them are held to.
 *
 * @packageDocumentation
 */
import type { GatewayName } from '../catalog/gateways';
import { agentgateway } from './agentgateway';
import type { Gateway } from './contract';
import { litellm } from './litellm';

export { type CallerKey, hashOfKey, makeCallerKey } from './caller-key';
export type { Gateway, GatewayFile, GatewayProbe, GatewaySpec } from './contract';
export { type GatewayCaller, type GatewayTarget, RATE_LIMIT_ADDRESS } from './flows';
export type {
  ApiPath,
  Backend,
  Budget,
  GatewayPolicy,
  IssuerPolicy,
  KeyPolicy,
  RateLimitAddress,
  RedactionPolicy,
  TracePolicy,
  WeightedBackend,
  WorkflowPolicy,
} from './policy';
export { PATHS } from './policy';
export type { RateLimitSpec } from './rate-limit/service';

/** Every gateway, by the name that the site writes. */
export const GATEWAY_CONTRACTS: Readonly<Record<GatewayName, Gateway>> = { agentgateway, litellm };
