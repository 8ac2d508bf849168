/** The enclave's registry as a destination that policies can name. */
import { badInput } from '../core/errors';
import type { Destination, Enclave } from '../site/generated/enclave';

/** Name of the destination in `enclave.yaml`. */
const NAME = 'registry';
const HTTPS_PORT = 443;

/**
 * @throws AirlockError (input) when the enclave declares no such destination, or one of another port or protocol
 */
export function registryDestination({ registry, network }: Enclave): Destination {
  const port = Number(/:(\d+)$/.exec(registry)?.[1] ?? HTTPS_PORT);
  const form = `{ name: ${NAME}, cidr: <its address>/32, port: ${port}, owner: <who>, reason: images and weights }`;
  const found = network.destinations.find((destination) => destination.name === NAME);
  if (found === undefined) {
    throw badInput(
      `the enclave declares no destination "${NAME}", so nothing may reach ${registry}`,
      `add under network.destinations: ${form}`,
    );
  }
  if (found.port !== port || (found.protocol ?? 'TCP') !== 'TCP') {
    throw badInput(
      `destination "${NAME}" is ${found.protocol ?? 'TCP'} port ${found.port}, but the registry is ${registry}`,
      `write ${form}`,
    );
  }
  return found;
}
