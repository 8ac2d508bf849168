/** Every gateway that a site may name. */
import type { GatewayName } from '../catalog/gateways';
import { agentgateway } from './agentgateway';
import type { Gateway } from './contract';
import { litellm } from './litellm';

export const GATEWAY_CONTRACTS: Readonly<Record<GatewayName, Gateway>> = { agentgateway, litellm };
