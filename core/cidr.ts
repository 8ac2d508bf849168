/** What is wrong with an address range, for whoever writes one. */
import { AddressSet, type AddressFamily } from './address-set';
import { asAirlockError } from './system-errors';

export interface CidrFault {
  readonly message: string;
  readonly fix: string;
}

/** The addresses of a range as Kubernetes reads it: there are more lenient readers, and they take octal parts for what they are not. */
function addressesOf(cidr: string): AddressSet | CidrFault {
  try {
    return AddressSet.ofCidr(cidr);
  } catch (error) {
    const { what, fix = '' } = asAirlockError(error);
    return { message: what, fix };
  }
}

/** A range whose host bits are zero, as the API server demands of policies; undefined when all is well. */
export function cidrFault(cidr: string): CidrFault | undefined {
  const range = addressesOf(cidr);
  if (!(range instanceof AddressSet)) return range;
  const [address = '', prefix = ''] = cidr.split('/');
  const network = range.firstAddress() ?? '';
  if (AddressSet.ofCidr(cidrOfAddress(address)).firstAddress() === network) return undefined;
  return { message: `"${cidr}" has bits set beyond its prefix`, fix: `write ${network}/${prefix}` };
}

/** The range that is one address. */
export const cidrOfAddress = (address: string): string => `${address}/${address.includes(':') ? 128 : 32}`;

/** Shortest prefixes of a destination: a whole site network; whatever is wider is no destination but a hole. */
const SHORTEST_PREFIX: Readonly<Record<AddressFamily, number>> = { IPv4: 16, IPv6: 48 };

/**
 * Ranges that lead to the node itself, to whatever answers on its link (metadata services of clouds among it), or to
 * many at once (IANA special-purpose address registries; RFC 6890, RFC 5771, RFC 919, RFC 4291).
 */
const NO_DESTINATION: readonly (readonly [string, string])[] = [
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['224.0.0.0/4', 'multicast'],
  ['255.255.255.255/32', 'broadcast'],
  ['0.0.0.0/8', 'unspecified'],
  ['::/128', 'unspecified'],
  ['::1/128', 'loopback'],
  ['fe80::/10', 'link-local'],
  ['ff00::/8', 'multicast'],
];

/** Why a range may not be a destination of pods; undefined when it may. */
export function destinationFault(cidr: string): CidrFault | undefined {
  const fault = cidrFault(cidr);
  if (fault !== undefined) return fault;
  const [address = '', prefix] = cidr.split('/');
  const shortest = SHORTEST_PREFIX[address.includes(':') ? 'IPv6' : 'IPv4'];
  if (Number(prefix) < shortest) {
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
  const set = addressesOf(cidrOfAddress(address));
  if (!(set instanceof AddressSet))
    return { message: `"${address}" is no address`, fix: 'write one address without prefix, e.g. 169.254.20.10' };
  if (METADATA.some((metadata) => set.overlaps(AddressSet.ofCidr(cidrOfAddress(metadata)))))
    return { message: `"${address}" is the metadata service of clouds`, fix: 'write the address the caches listen on' };
  if ([...NODE_LOCAL, ...services].some((range) => set.overlaps(AddressSet.ofCidr(range)))) return undefined;
  return {
    message: `"${address}" is neither link-local nor the address of a Service`,
    fix: 'write the address the caches listen on, e.g. 169.254.20.10, and that of the DNS Service where pods ask it',
  };
}
