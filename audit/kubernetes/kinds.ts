/** Kinds of the Kubernetes API that the audit knows, with what they can bear on. */

/** What a rule reasons about; an unknown in one of these makes the rules that need it UNPROVEN. */
export type Concern = 'pods' | 'policies' | 'namespaces' | 'secrets' | 'services' | 'admission' | 'rights';

export const CONCERNS: readonly Concern[] = [
  ...(['pods', 'policies', 'namespaces', 'secrets', 'services', 'admission', 'rights'] as const),
];

export interface KnownKind {
  readonly namespaced: boolean;
  readonly concerns: readonly Concern[];
  /** Keys from the object's root to each pod template, for kinds that make pods. */
  readonly podTemplates?: readonly (readonly string[])[];
}

const inert = (namespaced: boolean, ...kinds: string[]): [string, KnownKind][] =>
  kinds.map((kind) => [kind, { namespaced, concerns: [] }]);

const bearing = (concern: Concern, namespaced: boolean, ...kinds: string[]): [string, KnownKind][] =>
  kinds.map((kind) => [kind, { namespaced, concerns: [concern] }]);

const pods = (podTemplate: readonly string[], ...kinds: string[]): [string, KnownKind][] =>
  kinds.map((kind) => [kind, { namespaced: true, concerns: ['pods'], podTemplates: [podTemplate] }]);

/**
 * `group/Kind` (core group: `/Kind`) → what is known of it. Source: API reference of Kubernetes 1.34. Left out on
 * purpose is what no rule judges and what yet leads out of its frame: kinds that rewrite other objects (mutating webhooks
 * and policies), that call an address (webhooks, Ingress), that mount what lies elsewhere (volumes and their drivers),
 * that add kinds of their own, or that hand out credentials (certificates).
 */
export const KNOWN_KINDS: ReadonlyMap<string, KnownKind> = new Map([
  ['/Namespace', { namespaced: false, concerns: ['namespaces'] }],
  ['/Secret', { namespaced: true, concerns: ['secrets'] }],
  ...bearing('policies', true, 'networking.k8s.io/NetworkPolicy'),
  // Of other tiers: network-policy-api, Cilium, Calico.
  ...bearing(
    'policies',
    true,
    'cilium.io/CiliumNetworkPolicy',
    'crd.projectcalico.org/NetworkPolicy',
    'projectcalico.org/NetworkPolicy',
  ),
  ...bearing(
    'policies',
    false,
    'cilium.io/CiliumClusterwideNetworkPolicy',
    'crd.projectcalico.org/GlobalNetworkPolicy',
    'policy.networking.k8s.io/AdminNetworkPolicy',
    'policy.networking.k8s.io/ClusterNetworkPolicy',
    'projectcalico.org/GlobalNetworkPolicy',
  ),
  ...bearing('services', true, '/Service', '/Endpoints', 'discovery.k8s.io/EndpointSlice'),
  ...bearing('rights', true, 'rbac.authorization.k8s.io/Role', 'rbac.authorization.k8s.io/RoleBinding'),
  ...bearing('rights', false, 'rbac.authorization.k8s.io/ClusterRole', 'rbac.authorization.k8s.io/ClusterRoleBinding'),
  ...bearing(
    'admission',
    false,
    'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
    'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  ),
  ...pods([], '/Pod'),
  ...pods(['template'], '/PodTemplate'),
  ...pods(
    ['spec', 'template'],
    '/ReplicationController',
    'apps/Deployment',
    'apps/StatefulSet',
    'apps/DaemonSet',
    'apps/ReplicaSet',
    'batch/Job',
  ),
  ...pods(['spec', 'jobTemplate', 'spec', 'template'], 'batch/CronJob'),
  // kubernetes-sigs/lws api/leaderworkerset/v1; without a leader's template the workers' is used for it.
  [
    'leaderworkerset.x-k8s.io/LeaderWorkerSet',
    {
      namespaced: true,
      concerns: ['pods'],
      podTemplates: [
        ['spec', 'leaderWorkerTemplate', 'leaderTemplate'],
        ['spec', 'leaderWorkerTemplate', 'workerTemplate'],
      ],
    },
  ],
  ...inert(
    true,
    '/ConfigMap',
    '/ServiceAccount',
    '/PersistentVolumeClaim',
    '/ResourceQuota',
    '/LimitRange',
    'policy/PodDisruptionBudget',
    'autoscaling/HorizontalPodAutoscaler',
    'coordination.k8s.io/Lease',
    'monitoring.coreos.com/ServiceMonitor',
    'monitoring.coreos.com/PodMonitor',
  ),
  ...inert(false, 'scheduling.k8s.io/PriorityClass', 'node.k8s.io/RuntimeClass'),
]);

/** API group of an apiVersion; the core group is empty. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';

export const knownKind = (apiVersion: string, kind: string): KnownKind | undefined =>
  KNOWN_KINDS.get(`${groupOf(apiVersion)}/${kind}`);
