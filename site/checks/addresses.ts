/** Holds the address ranges of an enclave against each other. */
import { AddressSet } from '../../core/address-set';
import { cidrFault, destinationFault, nodeLocalDnsFault } from '../../core/cidr';
import type { Enclave } from '../generated/enclave';
import type { YamlDocument } from '../reading/yaml-document';

const LISTS = ['podCidrs', 'serviceCidrs', 'nodeCidrs'] as const;

interface Range {
  readonly list: (typeof LISTS)[number];
  readonly at: number;
  readonly cidr: string;
  readonly addresses: AddressSet;
}

/** The ranges of the cluster that are ranges at all; faults of the others. */
function clusterRanges(document: YamlDocument, { network }: Enclave): Range[] {
  return LISTS.flatMap((list) =>
    network[list].flatMap((cidr, at): Range[] => {
      const fault = cidrFault(cidr);
      if (fault === undefined) return [{ list, at, cidr, addresses: AddressSet.ofCidr(cidr) }];
      document.fault(['network', list, at], fault.message, fault.fix);
      return [];
    }),
  );
}

/** An address means one thing: where ranges overlap, no policy by address says what it seems to say. */
function checkOverlaps(document: YamlDocument, ranges: readonly Range[]): void {
  ranges.forEach((range, index) => {
    const other = ranges
      .slice(0, index)
      .find(({ list, addresses }) => list !== range.list && addresses.overlaps(range.addresses));
    if (other === undefined) return;
    document.fault(
      ['network', range.list, range.at],
      `${range.cidr} overlaps network.${other.list}[${String(other.at)}], which is ${other.cidr}`,
      'pods, Services and nodes have ranges of their own: write those that the cluster was made with',
    );
  });
}

/** @throws nothing: faults go to the document */
export function checkAddresses(document: YamlDocument, enclave: Enclave): void {
  const ranges = clusterRanges(document, enclave);
  checkOverlaps(document, ranges);
  const inside = ranges.filter(({ list }) => list !== 'nodeCidrs');
  const names = new Set<string>();
  enclave.network.destinations.forEach(({ name, cidr, port, endPort }, at) => {
    const path = ['network', 'destinations', at] as const;
    const fault = destinationFault(cidr);
    if (fault !== undefined) document.fault([...path, 'cidr'], fault.message, fault.fix);
    const range =
      fault === undefined ? inside.find(({ addresses }) => addresses.overlaps(AddressSet.ofCidr(cidr))) : undefined;
    if (range !== undefined) {
      document.fault(
        [...path, 'cidr'],
        `"${cidr}" lies in network.${range.list}, where pods and Services are`,
        'destinations are outside of the cluster; flows between pods are written by the stacks',
      );
    }
    if (endPort !== undefined && endPort < port) {
      document.fault(
        [...path, 'endPort'],
        `endPort ${String(endPort)} is below port ${String(port)}`,
        'write the last port',
      );
    }
    if (names.has(name)) {
      document.fault([...path, 'name'], `"${name}" stands twice`, 'give each destination a name of its own');
    }
    names.add(name);
  });
  const services = ranges.filter(({ list }) => list === 'serviceCidrs').map(({ cidr }) => cidr);
  enclave.network.nodeLocalDns?.forEach((address, at) => {
    const fault = nodeLocalDnsFault(address, services);
    if (fault !== undefined) document.fault(['network', 'nodeLocalDns', at], fault.message, fault.fix);
  });
  enclave.network.apiServers?.cidrs.forEach((cidr, at) => {
    const fault = destinationFault(cidr);
    if (fault !== undefined) document.fault(['network', 'apiServers', 'cidrs', at], fault.message, fault.fix);
  });
}
