/** What is wrong with an address range, for whoever writes one. */
import ipaddr from 'ipaddr.js';
import { AddressSet } from './address-set';

export interface CidrFault {
  readonly message: string;
  readonly fix: string;
}

/** A range whose host bits are zero, as the API server demands of policies; undefined when all is well. */
export function cidrFault(cidr: string): CidrFault | undefined {
  let parsed: [ipaddr.IPv4 | ipaddr.IPv6, number];
  try {
    parsed = ipaddr.parseCIDR(cidr);
  } catch {
    return { message: `"${cidr}" is not an address range`, fix: 'write e.g. 10.20.0.0/24 or fd00:20::/64' };
  }
  const [address, prefix] = parsed;
  const network =
    address.kind() === 'ipv4' ? ipaddr.IPv4.networkAddressFromCIDR(cidr) : ipaddr.IPv6.networkAddressFromCIDR(cidr);
  if (network.toString() === address.toString()) return undefined;
  const fix = `write ${network.toString()}/${String(prefix)}`;
  return { message: `"${cidr}" has bits set beyond its prefix`, fix };
}

/** The range that is one address. */
export const cidrOfAddress = (address: string): string => `${address}/${address.includes(':') ? 128 : 32}`;

/** Shortest prefixes of a destination: a whole site network; whatever is wider is no destination but a hole. */
const SHORTEST_PREFIX = { ipv4: 16, ipv6: 48 } as const;

/**
 * Ranges that lead to the node itself, to whatever answers on its link (metadata services of clouds among it), or to
 * many at once (IANA special-purpose address registries; RFC 6890, RFC 5771, RFC 4291).
 */
const NO_DESTINATION: readonly (readonly [string, string])[] = [
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['224.0.0.0/4', 'multicast'],
  ['0.0.0.0/8', 'unspecified'],
  ['::/127', 'loopback'],
  ['fe80::/10', 'link-local'],
  ['ff00::/8', 'multicast'],
];

/** Why a range may not be a destination of pods; undefined when it may. */
export function destinationFault(cidr: string): CidrFault | undefined {
  const fault = cidrFault(cidr);
  if (fault !== undefined) return fault;
  const [address, prefix] = ipaddr.parseCIDR(cidr);
  const shortest = SHORTEST_PREFIX[address.kind()];
  if (prefix < shortest) {
    const message = `"${cidr}" is too wide for a destination`;
    return { message, fix: `name the addresses that are needed, at most a /${String(shortest)}` };
  }
  const set = AddressSet.ofCidr(cidr);
  const special = NO_DESTINATION.find(([range]) => set.overlaps(AddressSet.ofCidr(range)));
  if (special === undefined) return undefined;
  return { message: `"${cidr}" is ${special[1]} (${special[0]})`, fix: 'name an address of the network of the site' };
}

/**
 * Ranges for node-local caches (kubernetes.io, "Using NodeLocal DNSCache"): link-local, or unique local with IPv6.
 */
const NODE_LOCAL = ['169.254.0.0/16', 'fe80::/10', 'fd00::/8'] as const;
/** Metadata services of clouds, which hand out credentials. */
const METADATA = ['169.254.169.254', 'fd00:ec2::254'] as const;

/**
 * Why an address may not be that of a node-local DNS cache; undefined when it may.
 *
 * @param services ranges of the cluster's Services: caches also take the address of the DNS Service
 */
export function nodeLocalDnsFault(address: string, services: readonly string[]): CidrFault | undefined {
  if (!ipaddr.isValid(address) || (!address.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(address)))
    return { message: `"${address}" is no address`, fix: 'write one address without prefix, e.g. 169.254.20.10' };
  const set = AddressSet.ofCidr(cidrOfAddress(address));
  if (METADATA.some((metadata) => set.overlaps(AddressSet.ofCidr(cidrOfAddress(metadata)))))
    return { message: `"${address}" is the metadata service of clouds`, fix: 'write the address the caches listen on' };
  if ([...NODE_LOCAL, ...services].some((range) => set.overlaps(AddressSet.ofCidr(range)))) return undefined;
  return {
    message: `"${address}" is neither link-local nor the address of a Service`,
    fix: 'write the address the caches listen on, e.g. 169.254.20.10, and that of the DNS Service where pods ask it',
  };
}
