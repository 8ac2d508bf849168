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
    apiServers?: ApiServers;
    /**
     * Addresses of node-local DNS caches, where the nodes have them: their link-local address, and that of the DNS Service where they take it over. None when absent.
     *
     * @minItems 1
     */
    nodeLocalDns?: string[];
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
  /**
   * User names, as `kubectl auth whoami` says them, that may change network policies, Airlock's namespaces and the list of locked images. The administrator of the distribution when absent.
   *
   * @minItems 1
   */
  deployers?: string[];
  /**
   * Services that may be reached from outside of the cluster; none when absent.
   */
  exposure?: ExposedService[];
  state?: EnclaveState;
  providers?: EnclaveProviders;
  charts?: EnclaveCharts;
  weights?: EnclaveWeights;
  storage?: {
    /**
     * StorageClass for the weight mirror; the cluster's default when absent.
     */
    className?: string;
    /**
     * StorageClass of node-local volumes for pools with weights: cache; className when absent.
     */
    cacheClassName?: string;
    /**
     * MB per second at which nodes read weights; start-up budgets follow from it. 150 when absent.
     */
    readMBps?: number;
  };
}
/**
 * Addresses of the API servers themselves, not of the Service before them, for what must reach them.
 */
export interface ApiServers {
  cidrs: Cidrs;
  port?: number;
}
export interface Destination {
  name: string;
  cidr: Cidr;
  port: number;
  /**
   * Last port of a range that begins with port; port alone when absent.
   */
  endPort?: number;
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
  /**
   * Whether the plan keeps label and taint of the live nodes; then a deployment fails when one is gone.
   */
  manageNodes?: boolean;
  /**
   * Version of containerd on the nodes, quoted: "2.2"; needed where weights are image volumes.
   */
  containerd?: string;
}
export interface ExposedService {
  namespace: string;
  service: string;
  type: 'NodePort' | 'LoadBalancer';
  /**
   * Who answers for this door.
   */
  owner: string;
  /**
   * Why it is open.
   */
  reason: string;
}
/**
 * Where Terraform keeps the state of each stack; local files by default. Credentials come from the environment.
 */
export interface EnclaveState {
  /**
   * Backend as Terraform names it.
   */
  backend: 'local' | 'kubernetes' | 'http' | 'pg';
  /**
   * local: folder of the state files, absolute or relative to a stack's folder.
   */
  directory?: string;
  /**
   * kubernetes: namespace of the Secrets that hold the state; it exists before the first deployment.
   */
  namespace?: string;
  /**
   * http: address below which each stack has its own, which also takes LOCK and UNLOCK.
   */
  address?: string;
  /**
   * pg: prefix of the schemas, one for each stack; airlock by default.
   */
  schema?: string;
}
/**
 * Where Terraform finds its providers; the registry's mirror by default. One of the two.
 */
export interface EnclaveProviders {
  /**
   * Network mirror, ending in a slash: Terraform drops what follows the last one.
   */
  mirror?: string;
  /**
   * Absolute path of a folder as `terraform providers mirror` writes it.
   */
  directory?: string;
}
/**
 * Where Helm charts of the lock lie on the machine that deploys, as `airlock charts fetch` places them.
 */
export interface EnclaveCharts {
  /**
   * Absolute path of a folder.
   */
  directory: string;
}
/**
 * Where models come from inside the enclave.
 */
export interface EnclaveWeights {
  /**
   * False where no mirror runs in the cluster: pods fetch straight from the source.
   */
  mirror?: boolean;
  /**
   * host[:port] of the OCI server that has the models, over TLS; the registry when absent. Needs a destination "weights".
   */
  source?: string;
  /**
   * CA certificate of the source, PEM.
   */
  sourceCa?: string;
  claim?: EnclaveWeightsClaim;
}
/**
 * The shared claim of pools with weights: claim, in the namespace of the servings.
 */
export interface EnclaveWeightsClaim {
  name: string;
  /**
   * Who answers for nobody else writing to it.
   */
  owner: string;
  /**
   * Why that is so.
   */
  reason: string;
  /**
   * Whether a Job of the plan fills it; by hand otherwise.
   */
  fill?: boolean;
}
