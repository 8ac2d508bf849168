/** agentgateway, where a binary is at hand: no package registry has one. */
import { GATEWAY_CONTRACTS } from '../../../gateway/index.js';
import type { GatewayProgram } from './gateway.mjs';

/** Path of the binary. */
export const AGENTGATEWAY_BINARY = process.env['AIRLOCK_AGENTGATEWAY'];
/** Path of `schema/config.json` of its release. */
export const AGENTGATEWAY_SCHEMA = process.env['AIRLOCK_AGENTGATEWAY_SCHEMA'];

export const agentgatewayProgram = (command: string): GatewayProgram => ({
  gateway: GATEWAY_CONTRACTS.agentgateway,
  command,
  startSeconds: 30,
});
