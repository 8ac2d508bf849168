/** What differs between Kubernetes distributions, as far as the kit must know it. */

/** Where pods find cluster DNS. */
export interface DnsPeer {
  readonly namespace: string;
  /** Labels of the resolver's pods. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** Port the resolver's pods listen on: policies see it after Service rewriting. */
  readonly port: number;
}

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
}

/** A file to place on a node before it registers. */
export interface NodeFile {
  readonly path: string;
  readonly content: string;
}

export interface Distribution {
  readonly dns: DnsPeer;
  /** Files that make a node register as wanted and trust the registry, sorted by path. */
  nodeFiles(registration: NodeRegistration): readonly NodeFile[];
}

export const formatLabel = ([key, value]: readonly [string, string]): string => `${key}=${value}`;

export const formatTaint = ({ key, value, effect }: Taint): string => `${key}=${value}:${effect}`;
