/** The cluster, and the namespaces that the kit makes in it. */
import { type PolicyTier, policyTier } from '../catalog/cni';
import { DISTRIBUTIONS } from '../catalog/distributions';
import type { DnsPeer } from '../catalog/distributions/distribution';
import type { AllowedFlow } from '../catalog/platform/flow';
import { NAMESPACES } from '../catalog/platform/names';
import { clusterDns } from '../site/cluster-dns';
import type { Site } from '../site/generated/site';
import type { Inputs } from './inputs';
import { enclaveAt, type Rests, restsOn, siteAt } from './rests';

/** The cluster that everything is placed on. */
export interface ClusterDecision extends Rests {
  readonly distribution: Site['cluster']['distribution'];
  /** Minor version, e.g. `1.34`. */
  readonly kubernetesVersion: string;
  /** Where pods ask for names. */
  readonly dns: DnsPeer;
  /** What the network plugin has above NetworkPolicy. */
  readonly policyTier: PolicyTier;
  /** Patterns of annotations that others write on what the plan makes. */
  readonly foreignAnnotations?: readonly string[];
}

/** Names the kit's own namespaces. */
export type NamespaceKey = keyof typeof NAMESPACES;

/** A namespace, as ConfinedNamespace takes it, and what its stack opens beside what its workloads open themselves. */
export interface NamespaceDecision extends Rests {
  readonly name: string;
  readonly kubernetesVersion: string;
  readonly podSecurity?: 'privileged';
  readonly holdsState?: boolean;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Who answers for the flows between its pods and others of the cluster. */
  readonly owner: string;
  readonly opens: readonly AllowedFlow[];
}

export function clusterOf({ site, enclave }: Inputs): ClusterDecision {
  const { distribution, kubernetesVersion } = site.cluster;
  const { foreignAnnotations } = DISTRIBUTIONS[distribution];
  return {
    ...{ distribution, kubernetesVersion },
    dns: clusterDns(site, enclave),
    policyTier: policyTier(site.cluster),
    ...(foreignAnnotations === undefined ? {} : { foreignAnnotations }),
    restsOn: restsOn(
      siteAt('cluster'),
      enclave.network.nodeLocalDns !== undefined && enclaveAt('network.nodeLocalDns'),
    ),
  };
}

/** What each of the kit's namespaces is there for. */
const IS_THERE: Readonly<Record<NamespaceKey, (inputs: Inputs) => boolean>> = {
  guardrails: () => true,
  // Guarded also where the plan makes none: nobody else may take the name.
  mirror: () => true,
  serving: () => true,
  accelerators: ({ site }) => site.gpu !== undefined,
  gateway: ({ site }) => site.gateway !== undefined,
  telemetry: ({ site }) => site.traces !== undefined,
};

/** Names of the kit's own namespaces in the cluster of a site. */
export const namespacesOf = (inputs: Inputs): string[] =>
  (Object.keys(NAMESPACES) as NamespaceKey[]).filter((key) => IS_THERE[key](inputs)).map((key) => NAMESPACES[key]);

/** Stacks that make the namespaces; their names are public contract. */
export const STACKS: Readonly<Record<NamespaceKey, string>> = {
  guardrails: 'guardrails',
  mirror: 'mirror',
  serving: 'serving',
  accelerators: 'accelerators',
  gateway: 'gateway',
  telemetry: 'traces',
};

/** The stack that makes a namespace answers for the flows that it opens: whoever deploys it. */
const ownerOf = (key: NamespaceKey, owner: string | undefined): string => owner ?? `stack ${STACKS[key]}`;

/**
 * Who answers for a flow between pods: the side that asks, where the kit makes it, else the other.
 *
 * @param owner whom the enclave names for all of them
 */
export function flowOwner(owner: string | undefined, ...namespaces: readonly string[]): string {
  const keys = Object.keys(NAMESPACES) as NamespaceKey[];
  const key = namespaces
    .map((name) => keys.find((one) => NAMESPACES[one] === name))
    .find((found) => found !== undefined);
  return key === undefined ? 'the site' : ownerOf(key, owner);
}

/** Namespaces whose pods keep something; Terraform refuses to destroy them. */
const HOLD_STATE: readonly NamespaceKey[] = ['mirror', 'gateway', 'telemetry'];

/** Sections of the files that decide whether a namespace is there. */
const THERE_BY: Readonly<Record<NamespaceKey, readonly string[]>> = {
  guardrails: [],
  mirror: [],
  serving: [],
  accelerators: [siteAt('gpu')],
  gateway: [siteAt('gateway')],
  telemetry: [siteAt('traces')],
};

/**
 * @param opens what its stack opens
 * @param opensBy what that rests on
 */
export function namespaceOf(
  inputs: Inputs,
  key: NamespaceKey,
  opens: readonly AllowedFlow[] = [],
  opensBy: readonly string[] = [],
): NamespaceDecision {
  const { cluster } = inputs.site;
  const name = NAMESPACES[key];
  const annotations = DISTRIBUTIONS[cluster.distribution].namespaceAnnotations?.(name);
  return {
    ...{ name, kubernetesVersion: cluster.kubernetesVersion, owner: ownerOf(key, inputs.enclave.owner) },
    ...(annotations === undefined ? {} : { annotations }),
    ...(HOLD_STATE.includes(key) ? { holdsState: true } : {}),
    // What makes the cluster see its GPUs reaches the node itself.
    ...(key === 'accelerators' ? { podSecurity: 'privileged' as const } : {}),
    opens,
    restsOn: restsOn(
      siteAt('cluster'),
      ...THERE_BY[key],
      inputs.enclave.owner !== undefined && enclaveAt('owner'),
      ...opensBy,
    ),
  };
}
