/** What the API server refuses, and what leaves the cluster at all. */
import type { PolicyTier } from '../catalog/cni';
import { NAMESPACES } from '../catalog/platform/names';
import { cidrOfAddress } from '../core/cidr';
import { badInput } from '../core/errors';
import type { Faults } from '../site/checks/faults';
import { deployersOf } from '../site/deployers';
import type { Enclave } from '../site/generated/enclave';
import { lockedReferences } from '../site/lock/locked-references';
import { type ClusterDecision, namespacesOf } from './cluster';
import type { Inputs } from './inputs';
import { enclaveAt, lockAt, type Rests, restsOn, siteAt } from './rests';

/** The cluster-wide policy above NetworkPolicy, as ClusterEgressTier takes it. */
export interface EgressTierDecision {
  readonly tier: Exclude<PolicyTier, 'none'>;
  readonly inside: readonly string[];
  readonly destinations: readonly string[];
}

/** Admission, as AdmissionGuardrails takes it. */
export interface GuardrailsDecision extends Rests {
  /** Names of the namespaces that are guarded. */
  readonly namespaces: readonly string[];
  /** Images that may run, by digest. */
  readonly images: readonly string[];
  /** Who may change what is guarded. */
  readonly deployers: readonly string[];
  readonly exposed: NonNullable<Enclave['exposure']>;
  /** Guarded namespaces whose pods may have the node's namespaces. */
  readonly hostAccess?: readonly string[];
  readonly egressTier?: EgressTierDecision;
}

function egressTier({ enclave }: Inputs, tier: PolicyTier): EgressTierDecision | undefined {
  if (tier === 'none') return undefined;
  const { podCidrs, serviceCidrs, destinations, apiServers, nodeLocalDns = [] } = enclave.network;
  return {
    tier,
    inside: [...podCidrs, ...serviceCidrs],
    destinations: [
      ...destinations.map(({ cidr }) => cidr),
      ...(apiServers?.cidrs ?? []),
      ...nodeLocalDns.map(cidrOfAddress),
    ],
  };
}

/** Doors lead to Services of the platform alone. */
export function noteExposure(inputs: Inputs, faults: Faults): void {
  const guarded = namespacesOf(inputs);
  (inputs.enclave.exposure ?? []).forEach(({ namespace }, at) => {
    if (guarded.includes(namespace)) return;
    faults.note(
      { file: 'enclave.yaml', path: `exposure[${at}].namespace` },
      badInput('SITE_LACKS_NAME', `namespace "${namespace}" is not guarded`, `guarded: ${guarded.join(', ')}`),
    );
  });
}

export function guardrailsOf(inputs: Inputs, cluster: ClusterDecision): GuardrailsDecision {
  const { site, enclave, lock } = inputs;
  const above = egressTier(inputs, cluster.policyTier);
  return {
    namespaces: namespacesOf(inputs),
    images: lockedReferences(lock, enclave.registry),
    deployers: deployersOf(enclave, site),
    exposed: enclave.exposure ?? [],
    // The toolkit and the MIG manager of the GPU Operator restart what runs on the node.
    ...(site.gpu?.operator === undefined ? {} : { hostAccess: [NAMESPACES.accelerators] }),
    ...(above === undefined ? {} : { egressTier: above }),
    restsOn: restsOn(
      siteAt('cluster'),
      ...[site.gpu !== undefined && siteAt('gpu'), site.gateway !== undefined && siteAt('gateway')],
      site.traces !== undefined && siteAt('traces'),
      enclaveAt('registry'),
      enclave.deployers !== undefined && enclaveAt('deployers'),
      enclave.exposure !== undefined && enclaveAt('exposure'),
      enclaveAt('network'),
      lockAt('images'),
      lockAt('derived'),
    ),
  };
}
