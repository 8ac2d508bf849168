/** Servers that the enclave names by host, as destinations that policies can name. */
import { badInput } from '../core/errors';
import type { Destination, Enclave } from '../site/generated/enclave';

/** Name of the registry's destination in `enclave.yaml`. */
export const REGISTRY = 'registry';
const HTTPS_PORT = 443;

/**
 * The destination of a server.
 *
 * @param host `host[:port]`
 * @param what it serves, for the fix
 * @throws AirlockError (input) when the enclave declares no such destination, or one of another port or protocol
 */
export function destinationOf({ network }: Enclave, name: string, host: string, what: string): Destination {
  const port = Number(/:(\d+)$/.exec(host)?.[1] ?? HTTPS_PORT);
  const form = `{ name: ${name}, cidr: <its address>/32, port: ${port}, owner: <who>, reason: ${what} }`;
  const found = network.destinations.find((destination) => destination.name === name);
  if (found === undefined) {
    throw badInput(
      'DESTINATION_UNDECLARED',
      `the enclave declares no destination "${name}", so nothing may reach ${host}`,
      `add under network.destinations: ${form}`,
    );
  }
  if (found.port !== port || (found.protocol ?? 'TCP') !== 'TCP') {
    throw badInput(
      'DESTINATION_UNDECLARED',
      `destination "${name}" is ${found.protocol ?? 'TCP'} port ${found.port}, but it stands for ${host}`,
      `write ${form}`,
    );
  }
  return found;
}

/**
 * The enclave's registry as a destination.
 *
 * @throws AirlockError (input) as {@link destinationOf}
 */
export const registryDestination = (enclave: Enclave): Destination =>
  destinationOf(enclave, REGISTRY, enclave.registry, 'images and weights');

/**
 * A destination that another part of the enclave names.
 *
 * @throws AirlockError (input) when the enclave declares none of that name
 */
export function namedDestination({ network }: Enclave, name: string): Destination {
  const found = network.destinations.find((destination) => destination.name === name);
  if (found !== undefined) return found;
  throw badInput(
    'DESTINATION_UNDECLARED',
    `there is no destination "${name}"`,
    'add it under network.destinations in enclave.yaml',
  );
}
