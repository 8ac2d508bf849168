/* Generated from site/schema/enclave.schema.json by `npm run generate`; do not edit. */

/**
 * Address range, e.g. 10.20.0.0/24 or fd00::/64.
 */
export type Cidr = string;
/**
 * @minItems 1
 */
export type Cidrs = Cidr[];

/**
 * Where the site runs: addresses, nodes, registry. Never leaves the enclave.
 */
export interface Enclave {
  /**
   * Version of this format.
   */
  apiVersion: 'airlock/v1alpha1';
  kind: 'Enclave';
  /**
   * Name of the site that this enclave runs.
   */
  site: string;
  /**
   * host[:port] from which nodes pull images and the weight mirror fills itself.
   */
  registry: string;
  /**
   * CA certificate of the registry, PEM.
   */
  registryCa?: string;
  network: {
    podCidrs: Cidrs;
    serviceCidrs: Cidrs;
    nodeCidrs: Cidrs;
    /**
     * All that the platform may talk to outside its own namespaces.
     */
    destinations: Destination[];
  };
  /**
   * The nodes of each pool of the site.
   */
  pools: {
    [k: string]: EnclavePool;
  };
  storage?: {
    /**
     * StorageClass for the weight mirror; the cluster's default when absent.
     */
    className?: string;
  };
}
export interface Destination {
  name: string;
  cidr: Cidr;
  port: number;
  protocol?: 'TCP' | 'UDP';
  /**
   * Who answers for this destination.
   */
  owner: string;
  /**
   * Why the platform needs it.
   */
  reason: string;
}
export interface EnclavePool {
  /**
   * @minItems 1
   */
  nodes: string[];
}
