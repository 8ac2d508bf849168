/** Who calls the gateway, and whom it may call. */
import type { DnsPeer } from '../catalog/distributions/distribution';
import {
  type AllowedFlow,
  type Destination,
  type Flow,
  type PodPeer,
  toDns,
  toOutside,
  toPods,
} from '../catalog/platform/flow';
import { componentLabels, NAMESPACES } from '../catalog/platform/names';
import type { RateLimitAddress } from './policy';
import { RATE_LIMIT_PORT } from './rate-limit/service';
import { VALKEY_PORT } from './rate-limit/store';

/** The gateway's pods, for policies. */
export const GATEWAY_PODS: PodPeer = { namespace: NAMESPACES.gateway, labels: componentLabels('gateway') };

/** Names of the service that counts the tokens of people, and of its store. */
export const RATE_LIMIT_NAME = 'rate-limit';
export const RATE_LIMIT_STORE_NAME = 'rate-limit-store';

/** Where a gateway asks it. */
export const RATE_LIMIT_ADDRESS: RateLimitAddress = {
  host: `${RATE_LIMIT_NAME}.${NAMESPACES.gateway}.svc`,
  port: RATE_LIMIT_PORT,
};

/** A serving's pods, which only the gateway may call. */
export interface GatewayTarget {
  /** Name of the serving. */
  readonly serving: string;
  readonly pods: PodPeer;
  /** Port that its pods listen on. */
  readonly port: number;
}

/** Pods of the site that may call the gateway. */
export interface GatewayCaller {
  readonly name: string;
  readonly pods: PodPeer;
  readonly reason: string;
}

/** Calls from the gateway to a serving: both namespaces open their side of it. */
export const gatewayFlow = ({ serving, pods, port }: GatewayTarget): Flow => ({
  name: `gateway-${serving}`,
  from: GATEWAY_PODS,
  to: pods,
  port,
  reason: `the gateway passes calls to ${serving}`,
});

export interface GatewayFlowsOptions {
  /** Port of the gateway's pods. */
  readonly port: number;
  readonly targets: readonly GatewayTarget[];
  readonly callers: readonly GatewayCaller[];
  readonly dns: DnsPeer;
  /**
   * To the collector of traces.
   *
   * @default - it sends none
   */
  readonly traces?: Flow;
  /**
   * Where replicas count budgets together.
   *
   * @default - in the pod
   */
  readonly database?: Destination;
}

/** Every connection from and to the gateway's pods, but those to the service that counts tokens. */
export const gatewayFlows = ({ port, targets, callers, dns, traces, database }: GatewayFlowsOptions): AllowedFlow[] => [
  toDns({ name: 'allow-dns', from: GATEWAY_PODS, dns, reason: 'the gateway looks up servings and the collector' }),
  ...targets.map((target) => toPods(gatewayFlow(target))),
  ...callers.map(({ name, pods, reason }) =>
    toPods({ name: `caller-${name}`, from: pods, to: GATEWAY_PODS, port, reason }),
  ),
  ...(traces === undefined ? [] : [toPods(traces)]),
  ...(database === undefined
    ? []
    : [
        toOutside({
          name: `allow-to-${database.name}`,
          from: GATEWAY_PODS,
          destination: database,
          reason: 'replicas of the gateway count budgets together',
        }),
      ]),
];

/**
 * Every connection from and to the service that counts tokens.
 *
 * @param namespace of its pods
 */
export function rateLimitFlows(namespace: string, dns: DnsPeer): AllowedFlow[] {
  const service = { namespace, labels: componentLabels('rate-limit') };
  const store = { namespace, labels: componentLabels('rate-limit-store') };
  return [
    toPods({
      name: 'rate-limit',
      ...{ from: GATEWAY_PODS, to: service, port: RATE_LIMIT_PORT },
      reason: 'the gateway asks what a person has left, and tells what a call took',
    }),
    toPods({
      name: 'rate-limit-store',
      ...{ from: service, to: store, port: VALKEY_PORT },
      reason: 'counts of tokens outlive the pods that count',
    }),
    toDns({ name: 'allow-dns-rate-limit', from: service, dns, reason: 'the service looks up its store' }),
  ];
}
