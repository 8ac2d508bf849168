/** Where the pods of a site ask for names. */
import { DISTRIBUTIONS } from '../catalog/distributions';
import type { DnsPeer } from '../catalog/distributions/distribution';
import type { Enclave } from './generated/enclave';
import type { Site } from './generated/site';

/** The resolver of the distribution, and the node-local caches that the enclave declares. */
export function clusterDns({ cluster }: Site, { network }: Enclave): DnsPeer {
  const { dns } = DISTRIBUTIONS[cluster.distribution];
  return network.nodeLocalDns === undefined ? dns : { ...dns, nodeLocal: network.nodeLocalDns };
}
