/** How the nodes of a site must register: one source for the plan's output and for `airlock node-config`. */
import { acceleratorOf } from '../catalog/accelerators';
import { operatorLabels } from '../catalog/gpu-software';
import { DISTRIBUTIONS } from '../catalog/distributions';
import type { NodeFile, RegistryMirror } from '../catalog/distributions/distribution';
import { poolLabels, poolTaints } from '../catalog/pool-nodes';
import { badInput } from '../core/errors';
import { parseOciReference } from '../core/oci-reference';
import { hostFolder } from './enclave-names';
import type { Enclave } from './generated/enclave';
import type { Lock } from './generated/lock';
import type { Site } from './generated/site';

export interface PoolRegistration {
  readonly pool: string;
  readonly nodes: readonly string[];
  /** Files of each node of the pool. */
  readonly files: readonly NodeFile[];
}

/** Upstream hosts of the locked images, sorted; the enclave's registry itself is none. */
function mirrorsOf(lock: Lock, registry: string): RegistryMirror[] {
  const hosts = new Set(lock.images.map(({ reference }) => parseOciReference(reference).host));
  return [...hosts]
    .filter((host) => host !== registry)
    .sort()
    .map((host) => ({ host, folder: hostFolder(host) }));
}

/** Whether the GPU Operator cuts and publishes the GPUs of a pool. */
export const isOperated = ({ gpu }: Site, accelerator: string): boolean =>
  gpu?.operator !== undefined && accelerator !== 'none';

/**
 * Per pool: its nodes, and the files that make them register as wanted.
 *
 * @throws AirlockError (input) when the catalog lacks the accelerator of a pool
 */
export function nodeRegistrations(site: Site, enclave: Enclave, lock: Lock): PoolRegistration[] {
  const { registry, registryCa } = enclave;
  const distribution = DISTRIBUTIONS[site.cluster.distribution];
  const mirrors = mirrorsOf(lock, registry);
  return site.pools.map(({ name, accelerator, sharing = 'exclusive' }) => {
    const operated = isOperated(site, accelerator) ? operatorLabels({ name, sharing }) : {};
    const registration = {
      labels: { ...poolLabels(name), ...operated },
      taints: poolTaints(acceleratorOf(accelerator)),
      registry,
      mirrors,
      ...(registryCa === undefined ? {} : { registryCa }),
    };
    return { pool: name, nodes: enclave.pools[name]?.nodes ?? [], files: distribution.nodeFiles(registration) };
  });
}

export interface RegistrationFilter {
  /**
   * @default - every pool
   */
  readonly pool?: string;
  /**
   * @default - every node of the pools
   */
  readonly node?: string;
}

/** @throws AirlockError (input) when there is no such pool or node */
export function selectRegistrations(
  registrations: readonly PoolRegistration[],
  { pool, node }: RegistrationFilter,
): PoolRegistration[] {
  const ofPool = registrations.filter((registration) => pool === undefined || registration.pool === pool);
  if (ofPool.length === 0) {
    const known = registrations.map((registration) => registration.pool).join(', ');
    throw badInput('USAGE_UNKNOWN_NAME', `the site has no pool "${pool ?? ''}"`, `pools: ${known}`);
  }
  if (node === undefined) return ofPool;
  const ofNode = ofPool
    .filter(({ nodes }) => nodes.includes(node))
    .map((registration) => ({ ...registration, nodes: [node] }));
  if (ofNode.length > 0) return ofNode;
  const known = ofPool.flatMap(({ nodes }) => nodes).join(', ');
  throw badInput('USAGE_UNKNOWN_NAME', `no pool of the enclave has a node "${node}"`, `nodes: ${known}`);
}
