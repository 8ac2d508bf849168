/* Generated from site/schema/enclave.schema.json by `npm run generate`; do not edit. */

/**
 * Address range, e.g. 10.20.0.0/24 or fd00::/64.
 */
export type Cidr = string;
/**
 * Address ranges, e.g. 10.20.0.0/24 or fd00::/64.
 *
 * @minItems 1
 */
export type Cidrs = Cidr[];
/**
 * Id of a signing key, as `airlock keys id` prints it.
 */
export type KeyId = string;
/**
 * Value of a label: at most 63 letters, digits, hyphens, dots and underscores, a letter or digit first and last.
 */
export type LabelValue = string;
/**
 * Names of workflows of the site that it may use.
 *
 * @minItems 1
 */
export type WorkflowNames = string[];

/**
 * Where the site runs: addresses, nodes, registry. Never leaves the enclave.
 */
export interface Enclave {
  /**
   * Version of this format.
   */
  apiVersion: 'airlock/v1alpha1';
  /**
   * Always Enclave: which of the files this is.
   */
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
  /**
   * Who answers for the flows between pods of the platform; the stack that opens each when absent.
   */
  owner?: string;
  /**
   * Address ranges of the cluster, and what lies outside of it that may be reached.
   */
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
  deployment?: EnclaveDeployment;
  waivers?: EnclaveWaivers;
  /**
   * Services that may be reached from outside of the cluster; none when absent.
   */
  exposure?: ExposedService[];
  state?: EnclaveState;
  providers?: EnclaveProviders;
  charts?: EnclaveCharts;
  weights?: EnclaveWeights;
  gateway?: EnclaveGateway;
  callers?: EnclaveCallers;
  traces?: EnclaveTraces;
  monitoring?: EnclaveMonitoring;
  /**
   * Where volumes come from, how fast they are, and which are encrypted.
   */
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
    /**
     * Classes whose volumes are encrypted at rest, each attested by somebody; the audit asks for it where prompts, traces or budgets lie.
     */
    encryption?: EncryptedClass[];
  };
}
/**
 * Addresses of the API servers themselves, not of the Service before them, for what must reach them.
 */
export interface ApiServers {
  cidrs: Cidrs;
  /**
   * TCP port on which they answer.
   */
  port?: number;
}
/**
 * An address outside of the cluster that pods may reach.
 */
export interface Destination {
  /**
   * Name of the destination: lower-case letters, digits and hyphens, at most 41 characters.
   */
  name: string;
  /**
   * Address range, e.g. 10.20.0.0/24 or fd00::/64.
   */
  cidr: string;
  /**
   * Port that may be reached, from 1 to 65535.
   */
  port: number;
  /**
   * Last port of a range that begins with port; port alone when absent.
   */
  endPort?: number;
  /**
   * Protocol of the port.
   */
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
/**
 * The nodes of a pool.
 */
export interface EnclavePool {
  /**
   * Names of its nodes, as Kubernetes knows them.
   *
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
/**
 * What `airlock deploy` demands before it changes the cluster; it refuses where this is absent.
 */
export interface EnclaveDeployment {
  cluster: DeploymentCluster;
  approvals: DeploymentApprovals;
  /**
   * Keys of which two, with a reason, may deploy what was not proven; nobody may when absent.
   *
   * @minItems 2
   */
  emergency?: NamedKey[];
  /**
   * Name of the file of the lock that is Terraform or OpenTofu, or the ZIP that it comes in.
   */
  terraform?: string;
  /**
   * Programs that the deployer's kubeconfig may run to log in (client-go credential plugins); none when absent.
   *
   * @minItems 1
   */
  credentialPlugins?: CredentialPlugin[];
}
/**
 * The one cluster that this site may be deployed to.
 */
export interface DeploymentCluster {
  /**
   * UID of the namespace kube-system, which lives as long as the cluster.
   */
  uid: string;
  /**
   * SHA-256 of the certificate authority of its API server, as DER; of several certificates, one after another.
   */
  certificateAuthority: string;
}
/**
 * Whose signatures under `airlock audit sign` a deployment needs.
 */
export interface DeploymentApprovals {
  /**
   * Keys whose signature counts.
   *
   * @minItems 1
   */
  reviewers: NamedKey[];
  /**
   * How many distinct ones of them must have signed.
   */
  threshold: number;
  /**
   * Keys that seal bundles; where they are named, none of them may be a reviewer.
   *
   * @minItems 1
   */
  bundleSigners?: KeyId[];
  /**
   * Most days for which a signature may count.
   */
  longestDays?: number;
}
/**
 * A signing key, and who holds it.
 */
export interface NamedKey {
  /**
   * Who holds the key.
   */
  name: string;
  key: KeyId;
}
/**
 * A program that a kubeconfig may run to log in.
 */
export interface CredentialPlugin {
  /**
   * Absolute path of the program.
   */
  command: string;
  /**
   * SHA-256 that the program must have, as 64 lower-case hexadecimal digits.
   */
  sha256: string;
  /**
   * Arguments that it is run with, all of them; none when absent.
   */
  args?: string[];
  /**
   * Variables that are set for it, all of them; none when absent.
   */
  env?: {
    [k: string]: string;
  };
}
/**
 * How long a finding of the audit may be accepted.
 */
export interface EnclaveWaivers {
  /**
   * Most days from the day of the audit until a waiver ends.
   */
  longestDays: number;
}
/**
 * A Service that may be reached from outside of the cluster.
 */
export interface ExposedService {
  /**
   * Namespace of the Service, one of those that the plan makes.
   */
  namespace: string;
  /**
   * Name of the Service.
   */
  service: string;
  /**
   * How it is reached from outside.
   */
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
   * Absolute path of a folder, without quotes, $, % and backslashes.
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
  /**
   * Name of the PersistentVolumeClaim.
   */
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
/**
 * How the gateway runs here.
 */
export interface EnclaveGateway {
  /**
   * Pods of the gateway; several need a database that all of them write to.
   */
  replicas?: number;
  /**
   * Secret of type kubernetes.io/tls with the certificate that callers see. Without it the gateway speaks plain HTTP inside the cluster.
   */
  tlsSecret?: string;
  database?: GatewayDatabase;
}
/**
 * PostgreSQL for budgets of several replicas; one replica keeps them in a volume of its own.
 */
export interface GatewayDatabase {
  /**
   * Secret whose key url is the address with credentials.
   */
  secret: string;
  /**
   * Name of the destination where it runs.
   */
  destination: string;
}
/**
 * Who may call the gateway, and for what.
 */
export interface EnclaveCallers {
  /**
   * Pods of the cluster from which the gateway may be reached.
   */
  workloads?: CallerWorkload[];
  /**
   * API keys, by their hash alone.
   */
  keys?: CallerKey[];
  /**
   * Issuers of JWTs, with their keys.
   */
  issuers?: CallerIssuer[];
}
/**
 * Pods that may call the gateway.
 */
export interface CallerWorkload {
  /**
   * Name of the caller: lower-case letters, digits and hyphens, at most 41 characters.
   */
  name: string;
  /**
   * Namespace of its pods.
   */
  namespace: string;
  /**
   * Labels of those pods; never all of a namespace.
   */
  podLabels: {
    [k: string]: LabelValue;
  };
  /**
   * Why they call.
   */
  reason: string;
}
/**
 * A caller with a key.
 */
export interface CallerKey {
  /**
   * Who holds it; traces and budgets name it.
   */
  name: string;
  /**
   * SHA-256 of the key, as `airlock gateway key` prints it.
   */
  hash: string;
  workflows: WorkflowNames;
  /**
   * Tokens that the holder may use, in each of these windows.
   *
   * @minItems 1
   */
  budgets?: TokenBudget[];
}
/**
 * How many tokens a caller has in a window.
 */
export interface TokenBudget {
  /**
   * Tokens of prompts and answers in a window.
   */
  tokens: number;
  /**
   * Length of a window, e.g. 24h; windows begin at multiples of it since 1970.
   */
  window: string;
}
/**
 * Callers with tokens of one issuer (OpenID Connect).
 */
export interface CallerIssuer {
  /**
   * Name of the issuer: lower-case letters, digits and hyphens, at most 41 characters.
   */
  name: string;
  /**
   * Claim iss of its tokens.
   */
  issuer: string;
  /**
   * A token must name one of them as aud.
   *
   * @minItems 1
   */
  audiences: string[];
  /**
   * JSON Web Key Set (RFC 7517) of public keys; carry the next key beside the current one.
   */
  jwks: string;
  /**
   * Claims sub that may call; all of the issuer by default.
   *
   * @minItems 1
   */
  subjects?: string[];
  workflows: WorkflowNames;
  /**
   * Budgets of each claim sub of the issuer, counted by the rate-limit service of the site, in windows of 1m, 1h, 1d, 7d or 30d.
   *
   * @minItems 1
   */
  budgets?: TokenBudget[];
}
/**
 * Where traces live here.
 */
export interface EnclaveTraces {
  /**
   * Days after which the store deletes a trace.
   */
  retentionDays?: number;
  /**
   * Size of the database's volume.
   */
  volumeGiB?: number;
  endpoint?: TraceEndpoint;
  /**
   * Pods of the cluster that may open the store's pages and interface; nobody by default.
   */
  readers?: TraceReader[];
}
/**
 * An OTLP endpoint inside the boundary, in place of the site's own store.
 */
export interface TraceEndpoint {
  /**
   * Address below which it takes /v1/traces.
   */
  url: string;
  /**
   * Name of the destination where it runs.
   */
  destination: string;
  /**
   * CA certificate of the endpoint, PEM.
   */
  ca?: string;
  /**
   * Secret whose key authorization is sent as that header.
   */
  headerSecret?: string;
}
/**
 * Pods through which people open the store of traces.
 */
export interface TraceReader {
  /**
   * Name of the reader: lower-case letters, digits and hyphens, at most 41 characters.
   */
  name: string;
  /**
   * Namespace of its pods.
   */
  namespace: string;
  /**
   * Labels of those pods; never all of a namespace.
   */
  podLabels: {
    [k: string]: LabelValue;
  };
  /**
   * Why they read traces.
   */
  reason: string;
}
/**
 * The Prometheus that scrapes gateway, mirror and collector; the plan brings rules, dashboards and scrape jobs for it as ConfigMaps.
 */
export interface EnclaveMonitoring {
  /**
   * Namespace of its pods.
   */
  namespace: string;
  /**
   * Labels of its pods.
   */
  podLabels: {
    [k: string]: LabelValue;
  };
  /**
   * Whether it scrapes engines too. Most serve metrics on the port of calls, so this opens a way past the gateway, which the audit reports.
   */
  engines?: boolean;
  /**
   * Who watches, and why.
   */
  reason: string;
}
/**
 * A StorageClass whose volumes are encrypted.
 */
export interface EncryptedClass {
  /**
   * StorageClass.
   */
  className: string;
  /**
   * Who attests it.
   */
  owner: string;
  /**
   * How its volumes are encrypted.
   */
  reason: string;
}
