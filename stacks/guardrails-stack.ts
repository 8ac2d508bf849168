import type { Construct } from 'constructs';
import { AdmissionGuardrails } from '../constructs/confinement/admission-guardrails';
import { ClusterEgressTier } from '../constructs/confinement/cluster-egress-tier';
import { BaseStack } from './base-stack';
import { confinedNamespace } from './namespace';
import type { PlatformProps } from './props';

/** What the API server refuses, in force before any workload: the stacks with workloads come after this one. */
export class GuardrailsStack extends BaseStack {
  public constructor(scope: Construct, id: string, props: PlatformProps) {
    super(scope, id, props);
    const { cluster, guardrails } = props.blueprint;
    const { egressTier, ...admission } = guardrails;
    const namespace = confinedNamespace(this, props.blueprint, 'guardrails');
    new AdmissionGuardrails(this, 'admission', {
      ...{ namespace, kubernetesVersion: cluster.kubernetesVersion },
      ...admission,
    });
    if (egressTier === undefined) return;
    new ClusterEgressTier(this, 'egress-tier', { namespace, namespaces: admission.namespaces, ...egressTier });
  }
}
