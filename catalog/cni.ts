/** Network plugins: whether they enforce NetworkPolicy, and what they have above it. */
import { badInput } from '../core/errors';

/**
 * Kinds of cluster-wide policy. `calico-crd` is Calico's policy where only its resource definitions are installed, as with
 * Canal, and not its API server.
 */
export type PolicyTier = 'none' | 'cluster-network-policy' | 'cilium' | 'calico' | 'calico-crd';

/** What the network plugin of a cluster can hold. */
export interface Cni {
  /** False where NetworkPolicy objects are stored and ignored. */
  readonly enforces: boolean;
  readonly tier: PolicyTier;
}

/** Network plugins, as the enclave writes them. */
export type CniName =
  | 'antrea'
  | 'bridge'
  | 'calico'
  | 'canal'
  | 'cilium'
  | 'flannel'
  | 'kindnet'
  | 'kube-network-policies'
  | 'kube-ovn'
  | 'kube-router'
  | 'ovn-kubernetes';

/** Network plugins, by the name that the enclave writes. */
export const CNIS: Readonly<Record<CniName, Cni>> = {
  // antrea.io, "Antrea Network Policy CRDs": NetworkPolicy and kinds of its own, which the kit does not write.
  antrea: { enforces: true, tier: 'none' },
  // containernetworking/plugins plugins/main/bridge: connects, and polices nothing.
  bridge: { enforces: false, tier: 'none' },
  // docs.tigera.io/calico, "Global network policy"; the operator installs the API server for projectcalico.org/v3.
  calico: { enforces: true, tier: 'calico' },
  // docs.tigera.io/calico, "Install Calico for policy and flannel (aka Canal)": Felix with Calico's definitions.
  canal: { enforces: true, tier: 'calico-crd' },
  // docs.cilium.io, "CiliumClusterwideNetworkPolicy".
  cilium: { enforces: true, tier: 'cilium' },
  // flannel-io/flannel README: "For network policy, other projects such as Calico can be used."
  flannel: { enforces: false, tier: 'none' },
  // kubernetes-sigs/kind, release notes of v0.24.0: kindnetd enforces NetworkPolicy.
  kindnet: { enforces: true, tier: 'none' },
  // kubernetes-sigs/kube-network-policies README: an enforcer beside any plugin. ClusterNetworkPolicy only where asked for.
  'kube-network-policies': { enforces: true, tier: 'none' },
  // kubeovn.github.io, "NetworkPolicy".
  'kube-ovn': { enforces: true, tier: 'none' },
  // kube-router.io, "Network Policy Controller".
  'kube-router': { enforces: true, tier: 'none' },
  // ovn-kubernetes.io, "Network Policy"; OpenShift's AdminNetworkPolicy is v1alpha1, which the kit does not write.
  'ovn-kubernetes': { enforces: true, tier: 'none' },
};

/** What a distribution installs unless told otherwise; kubeadm installs none. */
const DEFAULT_CNIS: Readonly<Record<string, CniName>> = {
  // docs.rke2.io, "Basic Network Options".
  rke2: 'canal',
  // docs.k3s.io, "Basic Network Options".
  k3s: 'flannel',
  // www.talos.dev, "Network Configuration": Flannel.
  talos: 'flannel',
  // docs.openshift.com, "About the OVN-Kubernetes network plugin".
  openshift: 'ovn-kubernetes',
};

/** Distributions that enforce NetworkPolicy themselves beside Flannel: docs.k3s.io, "Network Policy Controller" (kube-router). */
const WITH_A_CONTROLLER: readonly string[] = ['k3s'];

export interface ClusterNetwork {
  readonly distribution: string;
  /**
   * @default - that of the distribution
   */
  readonly cni?: CniName;
  /**
   * @default auto - what the network plugin has
   */
  readonly policyTier?: 'auto' | 'none' | 'cluster-network-policy';
}

const ENFORCING = Object.entries(CNIS).flatMap(([name, { enforces }]) => (enforces ? [name] : []));

/**
 * The cluster-wide policy of a cluster whose network enforces NetworkPolicy.
 *
 * @throws AirlockError (input) when the plugin is not known, or does not enforce: every policy would be a dead letter
 */
export function policyTier({ distribution, cni, policyTier: wanted = 'auto' }: ClusterNetwork): PolicyTier {
  const name = cni ?? DEFAULT_CNIS[distribution];
  if (name === undefined) {
    throw badInput(
      'NETWORK_POLICY_UNENFORCED',
      `${distribution} installs no network plugin by itself, so it is not known whether policies are enforced`,
      `write the installed one as cluster.cni: ${ENFORCING.join(', ')}`,
    );
  }
  const { enforces, tier } = CNIS[name];
  if (!enforces && !(name === 'flannel' && WITH_A_CONTROLLER.includes(distribution))) {
    const whose = cni === undefined ? `, the network plugin of ${distribution},` : '';
    throw badInput(
      'NETWORK_POLICY_UNENFORCED',
      `${name}${whose} does not enforce NetworkPolicy: every pod could reach everything`,
      `install one that does and write it as cluster.cni: ${ENFORCING.join(', ')}`,
    );
  }
  return wanted === 'auto' ? tier : wanted;
}
