/** Everything that pods of the kit may connect to, and who may connect to them. */
import { type AllowedFlow, type PodPeer, toPods } from '../catalog/platform/flow';
import { operatorFlows } from '../catalog/platform/gpu-operator';
import { NAMESPACES } from '../catalog/platform/names';
import { groupFlow } from '../engines/node-group';
import { mirrorFlows } from '../engines/weights/flows';
import { GATEWAY_PODS, gatewayFlow, gatewayFlows, rateLimitFlows } from '../gateway/flows';
import { collectorFlows, tracesFlow, traceStoreFlows } from '../telemetry/traces/flows';
import type { Blueprint } from './blueprint';
import { flowOwner } from './cluster';

/** A connection as people read it. */
export interface FlowDecision {
  /** Namespace and labels of the pods that connect. */
  readonly from: PodPeer;
  /** What they connect to, in words: pods, a resolver, API servers, or a destination outside. */
  readonly to: string;
  /** e.g. `TCP 8000`, `TCP 40000-41999`. */
  readonly port: string;
  /** Whether it leads out of the cluster. */
  readonly leavesCluster: boolean;
  /** Who answers for it. */
  readonly owner: string;
  readonly reason: string;
}

const labels = (of: Readonly<Record<string, string>>): string =>
  Object.entries(of)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(',');

const ports = (protocol: string, port: number, last?: number): string =>
  `${protocol} ${port}${last === undefined ? '' : `-${last}`}`;

export function described(allowed: AllowedFlow): FlowDecision {
  const { from, reason } = allowed.flow;
  switch (allowed.kind) {
    case 'pods': {
      const { to, port, lastPort, protocol = 'TCP' } = allowed.flow;
      return {
        ...{ from, reason, owner: flowOwner(from.namespace, to.namespace), leavesCluster: false },
        to: `pods ${labels(to.labels)} of ${to.namespace}`,
        port: ports(protocol, port, lastPort),
      };
    }
    case 'dns': {
      const { namespace, podLabels, port, nodeLocal = [] } = allowed.flow.dns;
      const caches = nodeLocal.length === 0 ? '' : `, or ${nodeLocal.join(', ')} at 53`;
      return {
        ...{ from, reason, owner: flowOwner(from.namespace), leavesCluster: false },
        to: `resolver ${labels(podLabels)} of ${namespace}${caches}`,
        port: `UDP and TCP ${port}`,
      };
    }
    case 'outside': {
      const { name, cidr, port, endPort, protocol = 'TCP', owner } = allowed.flow.destination;
      return {
        ...{ from, reason, owner, leavesCluster: true },
        to: `${name} ${cidr}`,
        port: ports(protocol, port, endPort),
      };
    }
    case 'api-servers': {
      const { cidrs, port = 6443 } = allowed.flow.apiServers;
      return {
        ...{ from, reason, owner: flowOwner(from.namespace), leavesCluster: false },
        to: `API servers ${cidrs.join(', ')}`,
        port: `TCP ${port}`,
      };
    }
  }
}

/** Every connection that the plan opens; both ends of one between two namespaces count once. */
export function allowedFlows(blueprint: Omit<Blueprint, 'flows'>): AllowedFlow[] {
  const { namespaces, accelerators, mirror, servings, traces, gateway, cluster } = blueprint;
  const { dns } = cluster;
  const all = [
    ...Object.values(namespaces).flatMap(({ opens }) => opens),
    ...(accelerators?.operator === undefined
      ? []
      : operatorFlows(NAMESPACES.accelerators, accelerators.operator.apiServers)),
    ...(mirror === undefined ? [] : mirrorFlows(NAMESPACES.mirror, mirror.source, dns)),
    ...servings.flatMap(({ name, podsPerReplica, selector, calledByGateway, target }) => [
      ...(podsPerReplica > 1 ? [toPods(groupFlow(NAMESPACES.serving, name, selector))] : []),
      ...(calledByGateway ? [toPods(gatewayFlow(target))] : []),
    ]),
    ...(traces === undefined
      ? []
      : collectorFlows(NAMESPACES.telemetry, { senders: [GATEWAY_PODS], dns, ...endpointOf(traces) })),
    ...(traces?.store === undefined
      ? []
      : traceStoreFlows(NAMESPACES.telemetry, { readers: traces.store.readers, dns })),
    ...(gateway?.rateLimit === undefined ? [] : rateLimitFlows(NAMESPACES.gateway, dns)),
    ...(gateway === undefined ? [] : gatewayFlows({ ...gatewayPeers(gateway, traces), dns })),
  ];
  return [...new Map(all.map((flow) => [JSON.stringify(flow), flow])).values()];
}

const endpointOf = ({ collector }: NonNullable<Blueprint['traces']>) =>
  collector.endpoint === undefined ? {} : { endpoint: collector.endpoint };

const gatewayPeers = (
  { port, targets, callers, database }: NonNullable<Blueprint['gateway']>,
  traces: Blueprint['traces'],
) => ({
  ...{ port, targets, callers },
  ...(traces === undefined ? {} : { traces: tracesFlow(GATEWAY_PODS, NAMESPACES.telemetry) }),
  ...(database === undefined ? {} : { database: database.destination }),
});

/** The same as people read it. */
export const flowsOf = (blueprint: Omit<Blueprint, 'flows'>): FlowDecision[] => allowedFlows(blueprint).map(described);
