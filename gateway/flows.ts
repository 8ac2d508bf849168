/** Calls from the gateway to servings. */
import type { Flow, PodPeer } from '../confinement/egress-lockdown';
import { componentLabels, NAMESPACES } from '../names';

/** The gateway's pods, for policies. */
export const GATEWAY_PODS: PodPeer = { namespace: NAMESPACES.gateway, labels: componentLabels('gateway') };

/** A serving's pods, which only the gateway may call. */
export interface GatewayTarget {
  /** Name of the serving. */
  readonly serving: string;
  readonly pods: PodPeer;
  /** Port that its pods listen on. */
  readonly port: number;
}

/** Calls from the gateway to a serving: both namespaces open their side of it. */
export const gatewayFlow = ({ serving, pods, port }: GatewayTarget): Flow => ({
  name: `gateway-${serving}`,
  from: GATEWAY_PODS,
  to: pods,
  port,
  reason: `the gateway passes calls to ${serving}`,
});
