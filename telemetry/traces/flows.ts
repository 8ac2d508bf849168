/** How other pods reach the trace store. */
import { PHOENIX_PORT } from '../../telemetry/traces/phoenix';
import type { Flow, PodPeer } from '../confinement/egress-lockdown';
import { componentLabels } from '../names';

/** Name of the store's Service. */
export const STORE_NAME = 'trace-store';

/** Address of the store inside the cluster; without the cluster's domain, which sites may change. */
export const traceStoreUrl = (namespace: string): string =>
  `http://${STORE_NAME}.${namespace}.svc:${String(PHOENIX_PORT)}`;

/** From the collector to the store. */
export const storeFlow = (namespace: string): Flow => ({
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
