/** What differs between Kubernetes distributions, as far as the kit must know it. */

/** Where pods find cluster DNS. */
export interface DnsPeer {
  readonly namespace: string;
  /** Labels of the resolver's pods. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** Port the resolver's pods listen on: policies see it after Service rewriting. */
  readonly port: number;
  /**
   * Addresses of node-local caches, on port 53, where the nodes have them (kubernetes.io, "Using NodeLocal DNSCache").
   *
   * @default - pods ask the resolver's pods alone
   */
  readonly nodeLocal?: readonly string[];
}

/** A taint of a node (kubernetes.io, "Taints and Tolerations"). */
export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** How the nodes of a pool must register. */
export interface NodeRegistration {
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** `host[:port]` from which the nodes pull images. */
  readonly registry: string;
  /** CA certificate of that registry, PEM; the node's trust store is enough when absent. */
  readonly registryCa?: string;
  /** Hosts whose images the registry also serves, each below a folder of its own. */
  readonly mirrors: readonly RegistryMirror[];
}

/** Images that a plan or a chart names by their upstream host. */
export interface RegistryMirror {
  /** Host as references write it, e.g. `docker.io`. */
  readonly host: string;
  /** Folder below the registry in which they lie, without slashes around it. */
  readonly folder: string;
}

/** A file that makes nodes register as wanted; an absolute path is one on the node, any other is to be applied. */
export interface NodeFile {
  readonly path: string;
  readonly content: string;
}

/** What differs in one distribution. */
export interface Distribution {
  readonly dns: DnsPeer;
  /**
   * Socket of containerd, where it is not the usual one.
   *
   * @default - /run/containerd/containerd.sock
   */
  readonly containerdSocket?: string;
  /** What to do with the files, as a sentence. */
  readonly howTo: string;
  /**
   * Annotations without which a namespace refuses pods with fixed user ids.
   *
   * @default - none are needed
   */
  namespaceAnnotations?(namespace: string): Readonly<Record<string, string>>;
  /**
   * Patterns of annotations that the distribution itself writes on namespaces; no plan undoes them.
   *
   * @default - it writes none
   */
  readonly foreignAnnotations?: readonly string[];
  /** Files that make a node register as wanted and trust the registry, sorted by path. */
  nodeFiles(registration: NodeRegistration): readonly NodeFile[];
}

export const formatLabel = ([key, value]: readonly [string, string]): string => `${key}=${value}`;

export const formatTaint = ({ key, value, effect }: Taint): string => `${key}=${value}:${effect}`;

export const byPath = (a: NodeFile, b: NodeFile): number => (a.path < b.path ? -1 : 1);
