/** What may connect to what: connections as data, from which network policies are made. */
import type { DnsPeer } from '../distributions/distribution';

/** Pods of one namespace, by labels; never all of them. */
export interface PodPeer {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** One allowed connection between pods of the cluster. */
export interface Flow {
  /** Short name, part of the policies' names. */
  readonly name: string;
  readonly from: PodPeer;
  readonly to: PodPeer;
  /** Port the pods of `to` listen on; not the port of a Service in front of them. */
  readonly port: number;
  /**
   * Last port of a range that begins with `port`.
   *
   * @default - that port alone
   */
  readonly lastPort?: number;
  /**
   * @default 'TCP'
   */
  readonly protocol?: 'TCP' | 'UDP';
  /** Why the flow exists; reviewers read it on the policy. */
  readonly reason: string;
}

/** A place outside the cluster that a policy may name. */
export interface Destination {
  readonly name: string;
  /** Address range, e.g. `10.0.7.4/32`. */
  readonly cidr: string;
  readonly port: number;
  /**
   * Last port of a range that begins with `port`.
   *
   * @default - that port alone
   */
  readonly endPort?: number;
  /**
   * @default 'TCP'
   */
  readonly protocol?: 'TCP' | 'UDP';
  /** Who answers for it. */
  readonly owner: string;
  /** Why it may be reached at all. */
  readonly reason: string;
}

/** Where the API servers listen, at their own addresses: policies see traffic after Service rewriting. */
export interface ApiServers {
  readonly cidrs: readonly string[];
  /**
   * @default 6443
   */
  readonly port?: number;
}

/** Calls to the resolver of the cluster. */
export interface DnsFlow {
  /** Name of the policy; another for each kind of pods, where a namespace has several. */
  readonly name: string;
  readonly from: PodPeer;
  readonly dns: DnsPeer;
  readonly reason: string;
}

/** Calls to a destination outside the cluster. */
export interface OutsideFlow {
  /** Name of the policy. */
  readonly name: string;
  readonly from: PodPeer;
  readonly destination: Destination;
  readonly reason: string;
}

/** Calls to the API servers of the cluster. */
export interface ApiServerFlow {
  readonly from: PodPeer;
  readonly apiServers: ApiServers;
  readonly reason: string;
}

/** Everything that a pod may connect to is one of these. */
export type AllowedFlow =
  | { readonly kind: 'pods'; readonly flow: Flow }
  | { readonly kind: 'dns'; readonly flow: DnsFlow }
  | { readonly kind: 'outside'; readonly flow: OutsideFlow }
  | { readonly kind: 'api-servers'; readonly flow: ApiServerFlow };

export const toPods = (flow: Flow): AllowedFlow => ({ kind: 'pods', flow });
export const toDns = (flow: DnsFlow): AllowedFlow => ({ kind: 'dns', flow });
export const toOutside = (flow: OutsideFlow): AllowedFlow => ({ kind: 'outside', flow });
export const toApiServers = (flow: ApiServerFlow): AllowedFlow => ({ kind: 'api-servers', flow });
