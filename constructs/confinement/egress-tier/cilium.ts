/** https://docs.cilium.io: CiliumClusterwideNetworkPolicy. */
import type { KubernetesObject } from '../../release/envelope-values';
import { type AddressFamily, distinct, familyOf, type TierInput, tierMetadata, WHOLE } from './tier';

/**
 * Denials, which overrule every allowance (docs.cilium.io, "Deny Policies"). Ranges of addresses match what is no pod
 * (same, "CIDR based"), so pods of the cluster are left to NetworkPolicy. Nothing is isolated that was not before.
 */
export function ciliumPolicy({ namespaces, inside, destinations }: TierInput): KubernetesObject {
  const allowed = distinct([...inside, ...destinations]);
  const deny = (Object.keys(WHOLE) as AddressFamily[]).map((family) => {
    const except = allowed.filter((cidr) => familyOf(cidr) === family);
    return { cidr: WHOLE[family], ...(except.length === 0 ? {} : { except }) };
  });
  const spec = {
    endpointSelector: {
      matchExpressions: [{ key: 'k8s:io.kubernetes.pod.namespace', operator: 'In', values: [...namespaces].sort() }],
    },
    enableDefaultDeny: { egress: false, ingress: false },
    egressDeny: [{ toCIDRSet: deny }],
  };
  const metadata = tierMetadata('airlock-egress');
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumClusterwideNetworkPolicy', metadata, spec } as KubernetesObject;
}
