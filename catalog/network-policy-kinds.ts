/** Kinds by which somebody can open or shut the network of pods, as the API groups and plural names that admission matches. */

export interface ResourceGroup {
  readonly apiGroup: string;
  readonly resources: readonly string[];
}

/**
 * NetworkPolicy itself, and every kind known to overrule or bypass it. A group that a cluster does not have costs nothing:
 * a rule for it matches nothing.
 */
export const NETWORK_POLICY_RESOURCES: readonly ResourceGroup[] = [
  { apiGroup: 'networking.k8s.io', resources: ['networkpolicies'] },
  // kubernetes-sigs/network-policy-api: apis/v1alpha1 and apis/v1alpha2.
  {
    apiGroup: 'policy.networking.k8s.io',
    resources: ['adminnetworkpolicies', 'baselineadminnetworkpolicies', 'clusternetworkpolicies'],
  },
  // cilium/cilium pkg/k8s/apis/cilium.io/v2: register.go.
  {
    apiGroup: 'cilium.io',
    resources: [
      'ciliumcidrgroups',
      'ciliumclusterwidenetworkpolicies',
      'ciliumegressgatewaypolicies',
      'ciliumlocalredirectpolicies',
      'ciliumnetworkpolicies',
    ],
  },
  // projectcalico/calico api/pkg/apis/projectcalico/v3: register.go; the aggregated API keeps them in the second group.
  ...['projectcalico.org', 'crd.projectcalico.org'].map((apiGroup) => ({
    apiGroup,
    resources: ['globalnetworkpolicies', 'globalnetworksets', 'networkpolicies', 'networksets', 'tiers'],
  })),
  // antrea-io/antrea pkg/apis/crd: register.go.
  {
    apiGroup: 'crd.antrea.io',
    resources: ['clustergroups', 'clusternetworkpolicies', 'egresses', 'groups', 'networkpolicies', 'tiers'],
  },
  // ovn-kubernetes go-controller/pkg/crd.
  {
    apiGroup: 'k8s.ovn.org',
    resources: [
      'adminpolicybasedexternalroutes',
      'clusteruserdefinednetworks',
      'egressfirewalls',
      'userdefinednetworks',
    ],
  },
  // k8snetworkplumbingwg: networks beside the cluster's own, which NetworkPolicy does not reach, and policies for them.
  { apiGroup: 'k8s.cni.cncf.io', resources: ['multi-networkpolicies', 'network-attachment-definitions'] },
];
