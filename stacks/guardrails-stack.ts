import type { Construct } from 'constructs';
import { policyTier } from '../catalog/cni';
import { cidrOfAddress } from '../core/cidr';
import { AdmissionGuardrails } from '../constructs/confinement/admission-guardrails';
import { ClusterEgressTier } from '../constructs/confinement/cluster-egress-tier';
import { ConfinedNamespace } from '../constructs/confinement/confined-namespace';
import { NAMESPACES } from '../constructs/names';
import { deployersOf } from '../site/deployers';
import type { Enclave } from '../site/generated/enclave';
import type { Lock } from '../site/generated/lock';
import type { Site } from '../site/generated/site';
import { lockedReferences } from '../site/lock/locked-references';
import { BaseStack, type BaseStackProps } from './base-stack';
import { confined, namespacesOf } from './confined';

export interface GuardrailsStackProps extends BaseStackProps {
  readonly site: Site;
  readonly enclave: Enclave;
  readonly lock: Lock;
}

/** What the API server refuses, in force before any workload: the stacks with workloads come after this one. */
export class GuardrailsStack extends BaseStack {
  public constructor(scope: Construct, id: string, props: GuardrailsStackProps) {
    super(scope, id, props);
    const { site, enclave, lock } = props;
    const { kubernetesVersion } = site.cluster;
    const namespaces = namespacesOf(site);
    const tier = policyTier(site.cluster);
    const namespace = new ConfinedNamespace(this, 'namespace', confined(NAMESPACES.guardrails, site));
    new AdmissionGuardrails(this, 'admission', {
      namespace,
      namespaces,
      kubernetesVersion,
      images: lockedReferences(lock, enclave.registry),
      deployers: deployersOf(enclave, site),
      exposed: enclave.exposure ?? [],
      // The toolkit and the MIG manager of the GPU Operator restart what runs on the node.
      ...(site.gpu?.operator === undefined ? {} : { hostAccess: [NAMESPACES.accelerators] }),
    });
    if (tier === 'none') return;
    const { podCidrs, serviceCidrs, destinations, apiServers, nodeLocalDns = [] } = enclave.network;
    new ClusterEgressTier(this, 'egress-tier', {
      namespace,
      tier,
      namespaces,
      inside: [...podCidrs, ...serviceCidrs],
      destinations: [
        ...destinations.map(({ cidr }) => cidr),
        ...(apiServers?.cidrs ?? []),
        ...nodeLocalDns.map(cidrOfAddress),
      ],
    });
  }
}
