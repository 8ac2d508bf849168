/** https://docs.tigera.io/calico: GlobalNetworkPolicy. */
import type { KubernetesObject } from '../../release/envelope-values';
import { NAME_LABEL } from '../../../catalog/platform/names';
import { type AddressFamily, distinct, familyOf, type TierInput, tierMetadata, WHOLE } from './tier';

/** Before NetworkPolicies, which Calico places at 1000 of the default tier ("Global network policy", `order`). */
const ORDER = 10;

const IP_VERSION: Readonly<Record<AddressFamily, 4 | 6>> = { IPv4: 4, IPv6: 6 };

/**
 * One denial for each address family. What no rule of it matches goes on to the next policy of the tier, so
 * NetworkPolicy decides the rest; `Allow` and `Pass` would both skip it.
 *
 * No tier is named: that is the default one, and definitions before Calico 3.29 lack the field. Stored policies of the default
 * tier have its name as prefix; the API server takes the name so too.
 */
export function calicoPolicy({ namespaces, inside, destinations }: TierInput, apiVersion: string): KubernetesObject {
  const allowed = distinct([...inside, ...destinations]);
  const egress = (Object.keys(WHOLE) as AddressFamily[]).map((family) => {
    const notNets = allowed.filter((cidr) => familyOf(cidr) === family);
    return {
      action: 'Deny',
      ipVersion: IP_VERSION[family],
      ...(notNets.length === 0 ? {} : { destination: { notNets } }),
    };
  });
  const names = [...namespaces].sort().map((name) => `'${name}'`);
  const spec = {
    order: ORDER,
    namespaceSelector: `${NAME_LABEL} in { ${names.join(', ')} }`,
    selector: 'all()',
    types: ['Egress'],
    egress,
  };
  const metadata = tierMetadata('default.airlock-egress');
  return { apiVersion, kind: 'GlobalNetworkPolicy', metadata, spec } as KubernetesObject;
}
