/** Loads enclave.yaml, and holds it against the site it runs. */
import ipaddr from 'ipaddr.js';
import { badInput } from '../core/errors';
import type { Enclave } from './generated/enclave';
import type { Site } from './generated/site';
import { readTextFile } from './read-file';
import { enclaveValidator } from './validators';
import { YamlDocument } from './yaml-document';

/** A CIDR whose host bits are zero, as the API server demands of policies. */
function cidrFault(cidr: string): string | undefined {
  let parsed: [ipaddr.IPv4 | ipaddr.IPv6, number];
  try {
    parsed = ipaddr.parseCIDR(cidr);
  } catch {
    return `"${cidr}" is not an address range`;
  }
  const [address, prefix] = parsed;
  const network =
    address.kind() === 'ipv4' ? ipaddr.IPv4.networkAddressFromCIDR(cidr) : ipaddr.IPv6.networkAddressFromCIDR(cidr);
  if (network.toString() === address.toString()) return undefined;
  return `"${cidr}" has bits set beyond its prefix; write ${network.toString()}/${String(prefix)}`;
}

function checkAddresses(document: YamlDocument, enclave: Enclave): void {
  for (const list of ['podCidrs', 'serviceCidrs', 'nodeCidrs'] as const) {
    enclave.network[list].forEach((cidr, at) => {
      const fault = cidrFault(cidr);
      if (fault !== undefined) document.fault(['network', list, at], fault, 'write e.g. 10.20.0.0/24 or fd00:20::/64');
    });
  }
  const names = new Set<string>();
  enclave.network.destinations.forEach((destination, at) => {
    const fault = cidrFault(destination.cidr);
    if (fault !== undefined) document.fault(['network', 'destinations', at, 'cidr'], fault, 'write e.g. 10.20.5.10/32');
    if (names.has(destination.name)) {
      document.fault(
        ['network', 'destinations', at, 'name'],
        `"${destination.name}" stands twice`,
        'give each destination a name of its own',
      );
    }
    names.add(destination.name);
  });
}

/** Which fields belong to which backend, and which it cannot do without. */
const STATE_FIELDS = {
  directory: { backend: 'local', required: false },
  namespace: { backend: 'kubernetes', required: false },
  address: { backend: 'http', required: true },
  schema: { backend: 'pg', required: false },
} as const;

function checkState(document: YamlDocument, { state }: Enclave): void {
  if (state === undefined) return;
  for (const field of Object.keys(STATE_FIELDS) as (keyof typeof STATE_FIELDS)[]) {
    const { backend, required } = STATE_FIELDS[field];
    const given = state[field] !== undefined;
    if (given && backend !== state.backend) {
      document.fault(['state', field], `${field} belongs to backend ${backend}, not ${state.backend}`, 'remove it');
    }
    if (!given && required && backend === state.backend) {
      document.fault(['state'], `backend ${backend} needs ${field}`, `add ${field} under state`);
    }
  }
}

/**
 * Parses the text of an enclave file.
 *
 * @throws AirlockError (input) with every fault, its line and column
 */
export function parseEnclave(text: string, file: string): Enclave {
  const document = new YamlDocument(text, file);
  const enclave = document.validate(enclaveValidator());
  if (enclave !== undefined) {
    checkAddresses(document, enclave);
    checkState(document, enclave);
  }
  document.throwFaults('enclave');
  return enclave as Enclave;
}

/** Reads and parses an enclave file; see {@link parseEnclave}. */
export const loadEnclave = async (file: string): Promise<Enclave> =>
  parseEnclave(await readTextFile(file, '`airlock init` writes a first enclave.yaml'), file);

/**
 * Holds an enclave against its site.
 *
 * @throws AirlockError (input) when they are of different sites or disagree on pools
 */
export function checkEnclave(enclave: Enclave, site: Site): void {
  if (enclave.site !== site.name) {
    throw badInput(
      `the enclave is for site "${enclave.site}", the site is "${site.name}"`,
      'pass the files of one site',
    );
  }
  const known = site.pools.map((pool) => pool.name);
  const strange = Object.keys(enclave.pools).filter((name) => !known.includes(name));
  if (strange.length > 0) {
    throw badInput(
      `the enclave has pools that the site lacks: ${strange.join(', ')}`,
      `pools of the site: ${known.join(', ')}`,
    );
  }
  const missing = known.filter((name) => enclave.pools[name] === undefined);
  if (missing.length > 0) {
    throw badInput(`the enclave names no nodes for: ${missing.join(', ')}`, 'add them under pools in enclave.yaml');
  }
}
