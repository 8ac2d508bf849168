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
import type { Inputs } from './inputs';
import { enclaveAt, type Rests, restsOn, siteAt } from './rests';

/** A connection as people read it. */
export interface FlowDecision extends Rests {
  /** Namespace and labels of the pods that connect. */
  readonly from: PodPeer;
  /** What they connect to, in words: pods, a resolver, API servers, or a destination outside. */
  readonly to: string;
  /** The pods that it leads to, where it leads to pods. */
  readonly pods?: PodPeer;
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

/**
 * @param owner whom the enclave names for all flows between pods
 */
export function described(allowed: AllowedFlow, owner?: string): Omit<FlowDecision, 'restsOn'> {
  const { from, reason } = allowed.flow;
  switch (allowed.kind) {
    case 'pods': {
      const { to, port, lastPort, protocol = 'TCP' } = allowed.flow;
      return {
        ...{ from, reason, owner: flowOwner(owner, from.namespace, to.namespace), leavesCluster: false },
        to: `pods ${labels(to.labels)} of ${to.namespace}`,
        pods: to,
        port: ports(protocol, port, lastPort),
      };
    }
    case 'dns': {
      const { namespace, podLabels, port, nodeLocal = [] } = allowed.flow.dns;
      const caches = nodeLocal.length === 0 ? '' : `, or ${nodeLocal.join(', ')} at 53`;
      return {
        ...{ from, reason, owner: flowOwner(owner, from.namespace), leavesCluster: false },
        to: `resolver ${labels(podLabels)} of ${namespace}${caches}`,
        port: `UDP and TCP ${port}`,
      };
    }
    case 'outside': {
      const { name, cidr, port, endPort, protocol = 'TCP', owner: ofDestination } = allowed.flow.destination;
      return {
        ...{ from, reason, owner: ofDestination, leavesCluster: true },
        to: `${name} ${cidr}`,
        port: ports(protocol, port, endPort),
      };
    }
    case 'api-servers': {
      const { cidrs, port = 6443 } = allowed.flow.apiServers;
      return {
        ...{ from, reason, owner: flowOwner(owner, from.namespace), leavesCluster: false },
        to: `API servers ${cidrs.join(', ')}`,
        port: `TCP ${port}`,
      };
    }
  }
}

/** A flow with what opens it. */
type Opened = readonly [flow: AllowedFlow, opensBy: readonly string[]];

const openedBy = (flows: readonly AllowedFlow[], ...opensBy: readonly (string | false | undefined)[]): Opened[] =>
  flows.map((flow) => [flow, restsOn(...opensBy)]);

/** Every connection that the plan opens, with what opens it; both ends of one between two namespaces count once. */
function openedFlows(blueprint: Omit<Blueprint, 'flows'>): Opened[] {
  const { namespaces, accelerators, mirror, servings, traces, gateway, cluster } = blueprint;
  const { dns } = cluster;
  const { GPU, GATEWAY, WORKFLOWS, TRACES, CALLERS } = SECTIONS;
  const all: Opened[] = [
    ...Object.values(namespaces).flatMap(({ opens, restsOn: by }) => openedBy(opens, ...by)),
    ...(accelerators?.operator === undefined
      ? []
      : openedBy(operatorFlows(NAMESPACES.accelerators, accelerators.operator.apiServers), GPU)),
    ...(mirror === undefined
      ? []
      : openedBy(mirrorFlows(NAMESPACES.mirror, mirror.source, dns), ...mirror.restsOn.filter(isOfEnclave))),
    ...servings.flatMap(({ name, podsPerReplica, selector, calledByGateway, target }) => [
      ...(podsPerReplica > 1
        ? openedBy([toPods(groupFlow(NAMESPACES.serving, name, selector))], siteAt(`servings[${name}]`))
        : []),
      ...(calledByGateway ? openedBy([toPods(gatewayFlow(target))], siteAt(`servings[${name}]`), WORKFLOWS) : []),
    ]),
    ...(traces === undefined
      ? []
      : openedBy(
          collectorFlows(NAMESPACES.telemetry, { senders: [GATEWAY_PODS], dns, ...endpointOf(traces) }),
          TRACES,
          traces.collector.endpoint !== undefined && enclaveAt('traces.endpoint'),
        )),
    ...(traces?.store === undefined
      ? []
      : openedBy(
          traceStoreFlows(NAMESPACES.telemetry, { readers: traces.store.readers, dns }),
          TRACES,
          traces.store.readers.length > 0 && enclaveAt('traces.readers'),
        )),
    ...(gateway?.rateLimit === undefined ? [] : openedBy(rateLimitFlows(NAMESPACES.gateway, dns), GATEWAY)),
    ...(gateway === undefined
      ? []
      : openedBy(
          gatewayFlows({ ...gatewayPeers(gateway, traces), dns }),
          ...[GATEWAY, WORKFLOWS, siteAt('servings')],
          traces !== undefined && TRACES,
          gateway.callers.length > 0 && CALLERS,
          gateway.database !== undefined && enclaveAt('gateway.database'),
        )),
  ];
  const merged = new Map<string, Opened>();
  for (const [flow, opensBy] of all) {
    const key = JSON.stringify(flow);
    merged.set(key, [flow, [...(merged.get(key)?.[1] ?? []), ...opensBy]]);
  }
  return [...merged.values()];
}

const SECTIONS = {
  GPU: siteAt('gpu'),
  GATEWAY: siteAt('gateway'),
  WORKFLOWS: siteAt('workflows'),
  TRACES: siteAt('traces'),
  CALLERS: enclaveAt('callers'),
} as const;

const isOfEnclave = (place: string): boolean => place.startsWith(enclaveAt(''));

/** What the peer of a flow rests on, whoever opens it. */
function peerRests(allowed: AllowedFlow, { nodeLocalDns }: Inputs['enclave']['network']): readonly string[] {
  switch (allowed.kind) {
    case 'pods':
      return [];
    case 'dns':
      return restsOn(siteAt('cluster.distribution'), nodeLocalDns !== undefined && enclaveAt('network.nodeLocalDns'));
    case 'outside':
      return [enclaveAt(`network.destinations[${allowed.flow.destination.name}]`)];
    case 'api-servers':
      return [enclaveAt('network.apiServers')];
  }
}

/** Every connection that the plan opens. */
export const allowedFlows = (blueprint: Omit<Blueprint, 'flows'>): AllowedFlow[] =>
  openedFlows(blueprint).map(([flow]) => flow);

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

/** The same as people read it, each with what it rests on. */
export const flowsOf = (blueprint: Omit<Blueprint, 'flows'>, { enclave }: Inputs): FlowDecision[] =>
  openedFlows(blueprint).map(([flow, opensBy]) => ({
    ...described(flow, enclave.owner),
    restsOn: restsOn(
      ...peerRests(flow, enclave.network),
      flow.kind !== 'outside' && enclave.owner !== undefined && enclaveAt('owner'),
      ...opensBy,
    ),
  }));
