import { Construct } from 'constructs';
import type { PolicyTier } from '../../catalog/cni';
import { cidrFault } from '../../core/cidr';
import { badInput } from '../../core/errors';
import type { ConfinedNamespace } from './confined-namespace';
import { calicoPolicy } from './egress-tier/calico';
import { ciliumPolicy } from './egress-tier/cilium';
import { clusterNetworkPolicy, DEFAULT_PRIORITY } from './egress-tier/cluster-network-policy';
import { EnvelopeRelease } from '../release/envelope-release';
import type { KubernetesObject } from '../release/envelope-values';
import { checkProps, type Checks, heldBy, list, oneOf, optional, wholeFrom } from '../checks/props';
import { made, namespaceName } from '../checks/shared';

/** Props of `ClusterEgressTier`. */
export interface ClusterEgressTierProps {
  /** Where the release lies. */
  readonly namespace: ConfinedNamespace;
  /** Kind of policy that the network plugin has; `policyTier` of the catalog says it. */
  readonly tier: Exclude<PolicyTier, 'none'>;
  /** Names of the namespaces whose pods are held. */
  readonly namespaces: readonly string[];
  /** Address ranges of the cluster's pods and Services. */
  readonly inside: readonly string[];
  /** Address ranges outside of the cluster that pods may reach at all. */
  readonly destinations: readonly string[];
  /**
   * Priority of a ClusterNetworkPolicy, 0 (first) to 1000; another policy of the same priority may come before it.
   *
   * @default 100
   */
  readonly priority?: number;
}

function policyOf({ tier, priority = DEFAULT_PRIORITY, ...input }: ClusterEgressTierProps): KubernetesObject {
  switch (tier) {
    case 'cluster-network-policy':
      return clusterNetworkPolicy(input, priority);
    case 'cilium':
      return ciliumPolicy(input);
    case 'calico':
      return calicoPolicy(input, 'projectcalico.org/v3');
    case 'calico-crd':
      return calicoPolicy(input, 'crd.projectcalico.org/v1');
  }
}

const CHECKS: Checks<ClusterEgressTierProps> = {
  namespace: made,
  tier: oneOf('cluster-network-policy', 'cilium', 'calico', 'calico-crd'),
  namespaces: list(namespaceName),
  inside: list(heldBy('the constructor')),
  destinations: list(heldBy('the constructor')),
  priority: optional(wholeFrom(0)),
};

/**
 * One cluster-wide policy above NetworkPolicy: nothing leaves the cluster from the given namespaces but to declared ranges.
 *
 * It only denies. What it leaves alone is decided by the NetworkPolicies, as before, so it opens nothing; but a NetworkPolicy
 * that somebody adds or loses no longer opens the way out. The definitions of its kind come with the network plugin.
 */
export class ClusterEgressTier extends Construct {
  /** @throws AirlockError (input) for no namespace, or what is no address range */
  public constructor(scope: Construct, id: string, props: ClusterEgressTierProps) {
    super(scope, id);
    checkProps('ClusterEgressTier', props, CHECKS);
    if (props.namespaces.length === 0)
      throw badInput('CONSTRUCT_PROPS_INVALID', 'the cluster-wide policy holds no namespace', 'name one or more');
    for (const cidr of [...props.inside, ...props.destinations]) {
      const fault = cidrFault(cidr);
      if (fault !== undefined) throw badInput('EGRESS_TOO_WIDE', fault.message, fault.fix);
    }
    new EnvelopeRelease(this, 'release', {
      name: 'cluster-egress-tier',
      namespace: props.namespace.name,
      objects: [policyOf(props)],
      dependsOn: props.namespace.ready,
    });
  }
}
