/** What an enclave allows by address: its declared destinations, as sets of address × port × protocol. */
import { AddressSet } from '../../core/address-set';
import { cidrOfAddress } from '../../core/cidr';
import { AirlockError } from '../../core/errors';
import type { Enclave } from '../../site/generated/enclave';
import { at, integerOf, itemsOf, textOf, Unproven } from '../plan/access';
import type { PlanNode } from '../plan/node';

/** Where node-local caches listen. */
const DNS_PORT = 53;
const DNS_PROTOCOLS: readonly string[] = ['TCP', 'UDP'];

/** Ports of one NetworkPolicyPort: numbers from `first` to `last`. */
export interface PortRange {
  readonly protocol: string;
  readonly first: number;
  readonly last: number;
  readonly node: PlanNode;
}

/** Addresses that an enclave declares for one port and protocol. */
export function declared({ network }: Enclave, port: number, protocol: string): AddressSet {
  const { destinations, apiServers, nodeLocalDns = [] } = network;
  const matching = destinations.filter(
    (destination) =>
      destination.port <= port &&
      port <= (destination.endPort ?? destination.port) &&
      (destination.protocol ?? 'TCP') === protocol,
  );
  // 6443: the default of the enclave's schema.
  const servers = protocol === 'TCP' && port === (apiServers?.port ?? 6443) ? (apiServers?.cidrs ?? []) : [];
  const caches = port === DNS_PORT && DNS_PROTOCOLS.includes(protocol) ? nodeLocalDns.map(cidrOfAddress) : [];
  return AddressSet.ofCidrs([...matching.map(({ cidr }) => cidr), ...servers, ...caches]);
}

function cidrSet(node: PlanNode | undefined, holder: PlanNode): AddressSet {
  const cidr = textOf(node);
  if (cidr === undefined) throw new Unproven('an ipBlock without cidr', holder.where);
  try {
    return AddressSet.ofCidr(cidr);
  } catch (error) {
    if (error instanceof AirlockError) throw new Unproven(error.message, (node ?? holder).where);
    throw error;
  }
}

/** The addresses of an ipBlock: its cidr without its exceptions. */
export function blockAddresses(ipBlock: PlanNode): AddressSet {
  const holes = itemsOf(at(ipBlock, 'except')).map((except) => cidrSet(except, ipBlock));
  return holes.reduce((set, hole) => set.minus(hole), cidrSet(at(ipBlock, 'cidr'), ipBlock));
}

/**
 * The port ranges of a rule; undefined when it has none and so opens every port and protocol.
 *
 * @throws Unproven for a port by name, which no address can resolve, and for a range without a start
 */
export function portRanges(rule: PlanNode): PortRange[] | undefined {
  const ports = itemsOf(at(rule, 'ports'));
  if (ports.length === 0) return undefined;
  return ports.map((node) => {
    const protocol = textOf(at(node, 'protocol')) ?? 'TCP';
    const port = at(node, 'port');
    if (port === undefined) return { protocol, first: 0, last: 65_535, node };
    if (!/^\d+$/.test(textOf(port) ?? '')) {
      throw new Unproven('a named port says nothing about an address outside the cluster', port.where);
    }
    const first = integerOf(port) ?? 0;
    return { protocol, first, last: integerOf(at(node, 'endPort')) ?? first, node };
  });
}

/** An address and port that a range opens beyond what the enclave declares; undefined when there is none. */
export function undeclared(addresses: AddressSet, range: PortRange, enclave: Enclave): string | undefined {
  // Ends at the first port that is not declared, so a wide range costs no more than the number of destinations.
  for (let port = range.first; port <= range.last; port += 1) {
    const beyond = addresses.minus(declared(enclave, port, range.protocol));
    if (!beyond.isEmpty()) return `${beyond.firstAddress() ?? ''} port ${String(port)} ${range.protocol}`;
  }
  return undefined;
}
