/** How pods reach the collector of traces and their store, and whom those may reach. */
import type { DnsPeer } from '../../catalog/distributions/distribution';
import {
  type AllowedFlow,
  type Destination,
  type Flow,
  type PodPeer,
  toDns,
  toOutside,
  toPods,
} from '../../catalog/platform/flow';
import { componentLabels } from '../../catalog/platform/names';
import { COLLECTOR_PORTS } from './collector';
import { PHOENIX_PORT } from './phoenix';
import { DATABASE_PORT } from './postgres';

/** Names of the collector's Service, and of the store's. */
export const COLLECTOR_NAME = 'trace-collector';
export const STORE_NAME = 'trace-store';

/** Host for senders of OTLP; without the cluster's domain, which sites may change. */
export const traceCollectorHost = (namespace: string): string => `${COLLECTOR_NAME}.${namespace}.svc`;

/** Port of OTLP over HTTP, which every sender of the kit speaks. */
export const TRACES_PORT = COLLECTOR_PORTS.http;

/** Address of the store inside the cluster; without the cluster's domain, which sites may change. */
export const traceStoreUrl = (namespace: string): string =>
  `http://${STORE_NAME}.${namespace}.svc:${String(PHOENIX_PORT)}`;

/** From a sender to the collector: both namespaces open their side of it. */
export const tracesFlow = (from: PodPeer, namespace: string): Flow => ({
  name: 'traces',
  from,
  to: { namespace, labels: componentLabels('trace-collector') },
  port: TRACES_PORT,
  reason: 'requests for models are traced; the collector redacts them before they are kept',
});

/** From the collector to the store. */
const storeFlow = (namespace: string): Flow => ({
  name: 'trace-store',
  from: { namespace, labels: componentLabels('trace-collector') },
  to: { namespace, labels: componentLabels('trace-store') },
  port: PHOENIX_PORT,
  reason: 'redacted traces are stored',
});

/** From people's way in, such as the ingress controller, to the store: both namespaces open their side of it. */
export const readersFlow = (from: PodPeer, namespace: string): Flow => ({
  name: 'trace-readers',
  from,
  to: { namespace, labels: componentLabels('trace-store') },
  port: PHOENIX_PORT,
  reason: 'people with an account read redacted traces',
});

/** From a component of the store to its own database. */
const databaseFlow = (namespace: string, from: 'trace-store' | 'trace-backup', reason: string): Flow => ({
  name: `${from}-database`,
  from: { namespace, labels: componentLabels(from) },
  to: { namespace, labels: componentLabels('trace-database') },
  port: DATABASE_PORT,
  reason,
});

export interface CollectorFlowsOptions {
  /** Pods that send traces. */
  readonly senders: readonly PodPeer[];
  readonly dns: DnsPeer;
  /**
   * Where redacted traces go instead of the kit's store.
   *
   * @default - to the kit's store
   */
  readonly endpoint?: { readonly url: string; readonly destination: Destination };
}

/**
 * Every connection from and to the collector.
 *
 * @param namespace of its pods
 */
export function collectorFlows(namespace: string, { senders, dns, endpoint }: CollectorFlowsOptions): AllowedFlow[] {
  const from = { namespace, labels: componentLabels('trace-collector') };
  return [
    ...senders.map((sender) => toPods(tracesFlow(sender, namespace))),
    endpoint === undefined
      ? toPods(storeFlow(namespace))
      : toOutside({
          name: `allow-to-${endpoint.destination.name}`,
          from,
          destination: endpoint.destination,
          reason: `redacted traces go to ${new URL(endpoint.url).host}`,
        }),
    toDns({
      name: `allow-dns-${COLLECTOR_NAME}`,
      ...{ from, dns },
      reason: 'the collector looks up where it sends traces',
    }),
  ];
}

export interface StoreFlowsOptions {
  /** Pods through which people open the store. */
  readonly readers: readonly PodPeer[];
  readonly dns: DnsPeer;
  /**
   * A PostgreSQL of the site.
   *
   * @default - the kit's own
   */
  readonly externalDatabase?: Destination;
}

/**
 * Every connection from and to the store and its database, but the collector's.
 *
 * @param namespace of its pods
 */
export function traceStoreFlows(
  namespace: string,
  { readers, dns, externalDatabase }: StoreFlowsOptions,
): AllowedFlow[] {
  const clients = [
    ['trace-store', 'the store keeps traces in its database'],
    ['trace-backup', 'the database is backed up'],
  ] as const;
  return [
    ...readers.map((reader) => toPods(readersFlow(reader, namespace))),
    ...clients.flatMap(([component, reason]) => {
      const from = { namespace, labels: componentLabels(component) };
      return [
        externalDatabase === undefined
          ? toPods(databaseFlow(namespace, component, reason))
          : toOutside({
              name: `allow-to-${externalDatabase.name}-${component}`,
              from,
              destination: externalDatabase,
              reason,
            }),
        toDns({ name: `allow-dns-${component}`, from, dns, reason: `${reason}, which it looks up` }),
      ];
    }),
  ];
}
