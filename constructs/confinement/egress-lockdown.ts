import { type ITerraformDependable, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { NetworkPolicyV1, type NetworkPolicyV1Spec } from '@cdktf/provider-kubernetes/lib/network-policy-v1';
import type { DnsPeer } from '../../catalog/distributions/distribution';
import { cidrOfAddress, destinationFault } from '../../core/cidr';
import { badInput } from '../../core/errors';
import type { AllowedFlow, ApiServers, Destination, Flow, PodPeer } from '../../catalog/platform/flow';
import { NAME_LABEL, OWNER_ANNOTATION, platformLabels, REASON_ANNOTATION } from '../../catalog/platform/names';
import { checkProps, type Checks, optional } from '../checks/props';
import {
  apiServers,
  destination as destinationCheck,
  dnsPeer,
  flow as flowCheck,
  labels as labelsCheck,
  made,
  namespaceName,
  objectName,
  text,
} from '../checks/shared';

const DNS_PORT = 53;
/** kubeadm's default, and that of every distribution of the catalog. */
const API_SERVER_PORT = 6443;

/** Props of `EgressLockdown`. */
export interface EgressLockdownProps {
  /** Name of the namespace to lock down. */
  readonly namespace: string;
  /** The namespace resource: policies are created after it. */
  readonly after: ITerraformDependable;
  /**
   * Who answers for the flows of this namespace but those to declared destinations, which have owners of their own.
   *
   * @default - the stack that opens them: whoever deploys it
   */
  readonly owner?: string;
}

type Peer = Readonly<Record<string, string>>;

/** A peer of another or the same namespace: both selectors in one peer, so that both must match. */
const podsOf = ({ namespace, labels }: PodPeer): { namespaceSelector: object; podSelector: object } => ({
  namespaceSelector: { matchLabels: { [NAME_LABEL]: namespace } },
  podSelector: { matchLabels: labels },
});

const CHECKS: Checks<EgressLockdownProps> = { namespace: namespaceName, after: made, owner: optional(text) };

/**
 * Shuts a namespace and opens single flows, each with an owner and a reason.
 *
 * First comes a policy that selects every pod of the namespace and allows nothing, in or out. Policies only add up, so
 * each `allow…` opens exactly one flow: from pods with the given labels, to one peer, on one port. A flow between two
 * namespaces needs both halves, egress here and ingress there: give the same `Flow` to the lockdown of each. No other
 * construct of the kit makes network policies.
 *
 * Kubelet probes come from the pod's own node, which policies always admit.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export class EgressLockdown extends Construct {
  public readonly namespace: string;
  private readonly after: ITerraformDependable;
  private readonly owner: string;
  private readonly made: NetworkPolicyV1[] = [];

  public constructor(scope: Construct, id: string, props: EgressLockdownProps) {
    super(scope, id);
    checkProps('EgressLockdown', props, CHECKS);
    this.namespace = props.namespace;
    this.after = props.after;
    this.owner = props.owner ?? `stack ${TerraformStack.of(this).node.id}`;
    const reason = 'nothing flows unless a policy of this namespace allows it';
    this.add('deny-all', { [REASON_ANNOTATION]: reason }, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  }

  /** The policies so far. A workload depends on all of them, so that it never runs unconfined. */
  public get policies(): ITerraformDependable[] {
    return [...this.made];
  }

  /**
   * Opens this namespace's part of a connection, whatever it leads to.
   *
   * @throws AirlockError (input) as the method for its kind
   */
  public open(allowed: AllowedFlow): void {
    switch (allowed.kind) {
      case 'pods':
        this.allowBetween(allowed.flow);
        return;
      case 'dns':
        this.allowDns(allowed.flow.from.labels, allowed.flow.dns, allowed.flow.reason, allowed.flow.name);
        return;
      case 'outside':
        this.allowTo(allowed.flow.destination, allowed.flow.from.labels, allowed.flow.reason, allowed.flow.name);
        return;
      case 'api-servers':
        this.allowApiServers(allowed.flow.apiServers, allowed.flow.from.labels, allowed.flow.reason);
    }
  }

  /**
   * Lets pods resolve names. The resolver may forward, so give it only to pods that need it.
   *
   * @param name of the policy; another for each kind of pods, where a namespace has several
   */
  public allowDns(from: Peer, dns: DnsPeer, reason: string, name = 'allow-dns'): void {
    dnsPeer(dns, 'EgressLockdown.allowDns: dns');
    const ports = (port: number) => (['UDP', 'TCP'] as const).map((protocol) => ({ protocol, port: String(port) }));
    const caches = (dns.nodeLocal ?? []).map((address) => ({ ipBlock: { cidr: cidrOfAddress(address) } }));
    this.allow(name, reason, {
      podSelector: { matchLabels: this.selective(from) },
      policyTypes: ['Egress'],
      egress: [
        { to: [podsOf({ namespace: dns.namespace, labels: dns.podLabels })], ports: ports(dns.port) },
        ...(caches.length === 0 ? [] : [{ to: caches, ports: ports(DNS_PORT) }]),
      ],
    });
  }

  /** Lets pods reach the API servers, at their own addresses: policies see traffic after Service rewriting. */
  public allowApiServers(servers: ApiServers, from: Peer, reason: string): void {
    apiServers(servers, 'EgressLockdown.allowApiServers: servers');
    const { cidrs, port = API_SERVER_PORT } = servers;
    for (const cidr of cidrs) this.refuseWide('apiServers', cidr);
    this.allow('allow-api-servers', reason, {
      podSelector: { matchLabels: this.selective(from) },
      policyTypes: ['Egress'],
      egress: [{ to: cidrs.map((cidr) => ({ ipBlock: { cidr } })), ports: [{ protocol: 'TCP', port: String(port) }] }],
    });
  }

  /**
   * Lets pods reach one destination outside the cluster that the enclave declares.
   *
   * @param policy its name; another for each kind of pods, where several reach the destination
   * @throws AirlockError (input) for an address range that is too wide or leads to the node
   */
  public allowTo(destination: Destination, from: Peer, reason: string, policy = `allow-to-${destination.name}`): void {
    destinationCheck(destination, 'EgressLockdown.allowTo: destination');
    const { name, cidr, port, endPort, protocol = 'TCP', owner } = destination;
    this.refuseWide(name, cidr);
    this.allow(
      policy,
      reason,
      {
        podSelector: { matchLabels: this.selective(from) },
        policyTypes: ['Egress'],
        egress: [
          {
            to: [{ ipBlock: { cidr } }],
            ports: [{ protocol, port: String(port), ...(endPort === undefined ? {} : { endPort }) }],
          },
        ],
      },
      owner,
    );
  }

  /**
   * Opens this namespace's side of a flow: egress where the flow starts, ingress where it ends, both where it stays.
   *
   * @throws AirlockError (input) when the flow does not touch this namespace
   */
  public allowBetween(flow: Flow): void {
    flowCheck(flow, 'EgressLockdown.allowBetween: flow');
    const { name, from, to, port, lastPort, protocol = 'TCP', reason } = flow;
    const ports = [{ protocol, port: String(port), ...(lastPort === undefined ? {} : { endPort: lastPort }) }];
    if (from.namespace !== this.namespace && to.namespace !== this.namespace) {
      throw badInput(
        'CONSTRUCT_PROPS_INVALID',
        `flow "${name}" from ${from.namespace} to ${to.namespace} does not touch ${this.namespace}`,
        'give it to the lockdown of one of its ends',
      );
    }
    if (from.namespace === this.namespace) {
      this.allow(`allow-${name}-egress`, reason, {
        podSelector: { matchLabels: this.selective(from.labels) },
        policyTypes: ['Egress'],
        egress: [{ to: [podsOf({ ...to, labels: this.selective(to.labels) })], ports }],
      });
    }
    if (to.namespace === this.namespace) {
      this.allow(`allow-${name}-ingress`, reason, {
        podSelector: { matchLabels: this.selective(to.labels) },
        policyTypes: ['Ingress'],
        ingress: [{ from: [podsOf({ ...from, labels: this.selective(from.labels) })], ports }],
      });
    }
  }

  /** An empty selector means every pod (NetworkPolicy API, "podSelector"): refused. */
  private selective(labels: Peer): Peer {
    labelsCheck(labels, `EgressLockdown of ${this.namespace}: labels`);
    if (Object.keys(labels).length > 0) return labels;
    throw badInput(
      'CONSTRUCT_PROPS_INVALID',
      `a flow of ${this.namespace} selects pods by no label`,
      'name the labels of the pods it is for',
    );
  }

  private refuseWide(name: string, cidr: string): void {
    const fault = destinationFault(cidr);
    if (fault !== undefined) throw badInput('EGRESS_TOO_WIDE', `destination "${name}": ${fault.message}`, fault.fix);
  }

  private allow(name: string, reason: string, spec: NetworkPolicyV1Spec, owner = this.owner): void {
    text(reason, `EgressLockdown of ${this.namespace}: reason of ${name}`);
    text(owner, `EgressLockdown of ${this.namespace}: owner of ${name}`);
    this.add(name, { [REASON_ANNOTATION]: reason, [OWNER_ANNOTATION]: owner }, spec);
  }

  private add(name: string, annotations: Peer, spec: NetworkPolicyV1Spec): void {
    objectName(name, `EgressLockdown of ${this.namespace}: policy`);
    this.made.push(
      new NetworkPolicyV1(this, name, {
        metadata: {
          name,
          namespace: this.namespace,
          labels: platformLabels('egress-lockdown'),
          annotations,
        },
        spec,
        dependsOn: [this.after],
      }),
    );
  }
}
