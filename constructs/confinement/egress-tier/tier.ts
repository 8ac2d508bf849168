/** What a cluster-wide policy is made from, and the form that every kind of it shares. */
import { AddressSet } from '../../../core/address-set';
import { platformLabels, REASON_ANNOTATION } from '../../../catalog/platform/names';

export interface TierInput {
  /** Names of the namespaces whose pods are held. */
  readonly namespaces: readonly string[];
  /** Ranges of the cluster's own pods and Services. */
  readonly inside: readonly string[];
  /** Declared ranges outside of it. */
  readonly destinations: readonly string[];
}

export type AddressFamily = 'IPv4' | 'IPv6';

export const WHOLE: Readonly<Record<AddressFamily, string>> = { IPv4: '0.0.0.0/0', IPv6: '::/0' };

export const familyOf = (cidr: string): AddressFamily => (cidr.includes(':') ? 'IPv6' : 'IPv4');

/** Ranges without those that lie in another of them, each once, sorted. */
export function distinct(cidrs: readonly string[]): string[] {
  const sets = [...new Set(cidrs)].sort().map((cidr) => ({ cidr, set: AddressSet.ofCidr(cidr) }));
  return sets
    .filter(({ set }, at) => !sets.some((other, index) => index !== at && set.isSubsetOf(other.set)))
    .map(({ cidr }) => cidr);
}

export const tierMetadata = (name: string): object => ({
  name,
  labels: platformLabels('cluster-egress-tier'),
  annotations: {
    [REASON_ANNOTATION]: 'nothing leaves the cluster but to a declared destination, whatever a NetworkPolicy says',
  },
});
