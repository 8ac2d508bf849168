/** https://network-policy-api.sigs.k8s.io: ClusterNetworkPolicy. */
import { badInput } from '../../../core/errors';
import type { KubernetesObject } from '../../release/envelope-values';
import { NAME_LABEL } from '../../../catalog/platform/names';
import { distinct, type TierInput, tierMetadata, WHOLE } from './tier';

/** Rules of one priority apply in no certain order among policies (policy.networking.k8s.io/v1alpha2, `priority`). */
export const DEFAULT_PRIORITY = 100;
/** `maxItems` of networks in a peer, and of peers in a rule, in the resource definition. */
const MAX_ITEMS = 25;

/** Admin tier: the cluster and what is declared pass to NetworkPolicy, all else is denied. */
export function clusterNetworkPolicy({ namespaces, destinations }: TierInput, priority: number): KubernetesObject {
  const networks = distinct(destinations);
  const peers = Array.from({ length: Math.ceil(networks.length / MAX_ITEMS) }, (_, at) => ({
    networks: networks.slice(at * MAX_ITEMS, (at + 1) * MAX_ITEMS),
  }));
  if (peers.length > MAX_ITEMS) {
    throw badInput(
      'EGRESS_TOO_WIDE',
      `${networks.length} destinations do not fit a ClusterNetworkPolicy`,
      `at most ${MAX_ITEMS * MAX_ITEMS}`,
    );
  }
  const spec = {
    tier: 'Admin',
    priority,
    subject: {
      namespaces: { matchExpressions: [{ key: NAME_LABEL, operator: 'In', values: [...namespaces].sort() }] },
    },
    egress: [
      { name: 'cluster', action: 'Pass', to: [{ namespaces: {} }] },
      ...(peers.length === 0 ? [] : [{ name: 'declared', action: 'Pass', to: peers }]),
      { name: 'outside', action: 'Deny', to: [{ networks: Object.values(WHOLE) }] },
    ],
  };
  const metadata = tierMetadata('airlock-egress');
  return {
    apiVersion: 'policy.networking.k8s.io/v1alpha2',
    kind: 'ClusterNetworkPolicy',
    metadata,
    spec,
  } as KubernetesObject;
}
