/**
 * What appears in a namespace of ours although no plan names it, each with its maker: the list of the good against which
 * `airlock drift` holds a live cluster. What is on neither the plan nor this list is named.
 */

/** `group/Kind`; the core group is empty. */
export type KindName = `${string}/${string}`;

/** Kinds that open nothing, whoever makes them, or that show once more what is judged elsewhere. */
export const HARMLESS_KINDS: Readonly<Record<KindName, string>> = {
  '/Event': 'a note of what happened; it ends after an hour',
  'events.k8s.io/Event': 'the same notes in another group',
  'coordination.k8s.io/Lease': 'a lock by which the replicas of a controller choose their leader',
  // openshift/openshift-apiserver pkg/authorization: proxies of rbac.authorization.k8s.io.
  'authorization.openshift.io/Role': 'a view of the roles of rbac.authorization.k8s.io',
  'authorization.openshift.io/RoleBinding': 'a view of the bindings of rbac.authorization.k8s.io',
  // projectcalico/calico libcalico-go/lib/backend/k8s/resources/workloadendpoint.go.
  'projectcalico.org/WorkloadEndpoint': 'a view of the pods',
};

/** How an object shows that its owner makes it; the owner itself must be planned, or made in turn. */
export type Tie =
  /** The owner's selector selects it, and the owner is its controller, so it counts, changes or deletes it. */
  | 'selected'
  /** The same, and its containers are those of the owner's template: whoever replaces a pod is counted like it. */
  | 'from template'
  /** The same as `selected`, with the owner's name and an ordinal: the controller of a StatefulSet leaves others alone. */
  | 'ordinal'
  /** It has the owner's name. */
  | 'same name'
  /** It has the owner's name and an ending. */
  | 'named after'
  /** An EndpointSlice of the controller, which sets it back when somebody else writes it. */
  | 'endpoints'
  | 'owned';

export interface OwnedKind {
  readonly kind: KindName;
  readonly owners: readonly KindName[];
  readonly tie: Tie;
}

/** kubernetes/kubernetes pkg/controller, kubernetes-sigs/lws pkg/controllers; others as noted. */
export const OWNED_KINDS: readonly OwnedKind[] = [
  { kind: 'apps/ReplicaSet', owners: ['apps/Deployment'], tie: 'selected' },
  { kind: '/Pod', owners: ['apps/ReplicaSet', 'batch/Job', '/ReplicationController'], tie: 'from template' },
  { kind: '/Pod', owners: ['apps/StatefulSet'], tie: 'ordinal' },
  // Its template may be newer than the pod.
  { kind: '/Pod', owners: ['apps/DaemonSet'], tie: 'selected' },
  { kind: 'batch/Job', owners: ['batch/CronJob'], tie: 'named after' },
  {
    kind: 'apps/ControllerRevision',
    owners: ['apps/StatefulSet', 'apps/DaemonSet', 'leaderworkerset.x-k8s.io/LeaderWorkerSet'],
    tie: 'owned',
  },
  { kind: 'discovery.k8s.io/EndpointSlice', owners: ['/Service'], tie: 'endpoints' },
  // The leaders of a LeaderWorkerSet are one StatefulSet, the workers of each leader another.
  { kind: 'apps/StatefulSet', owners: ['leaderworkerset.x-k8s.io/LeaderWorkerSet', '/Pod'], tie: 'same name' },
  { kind: '/Service', owners: ['leaderworkerset.x-k8s.io/LeaderWorkerSet'], tie: 'same name' },
  // Ephemeral volumes and claims of devices (kubernetes.io, "Ephemeral Volumes", "Dynamic Resource Allocation").
  { kind: '/PersistentVolumeClaim', owners: ['/Pod'], tie: 'named after' },
  { kind: 'resource.k8s.io/ResourceClaim', owners: ['/Pod'], tie: 'named after' },
  // cilium/cilium pkg/k8s/apis/cilium.io/v2/types.go, CiliumEndpoint: what the agent says of a pod.
  { kind: 'cilium.io/CiliumEndpoint', owners: ['/Pod'], tie: 'same name' },
  // kubernetes-sigs/node-feature-discovery pkg/nfd-worker: what it found on a node.
  { kind: 'nfd.k8s-sigs.io/NodeFeature', owners: ['/Pod', 'apps/DaemonSet'], tie: 'owned' },
  // NVIDIA/gpu-operator controllers/object_controls.go: operands of its ClusterPolicy.
  ...(
    [
      '/ConfigMap',
      '/Service',
      '/ServiceAccount',
      'apps/DaemonSet',
      'rbac.authorization.k8s.io/Role',
      'rbac.authorization.k8s.io/RoleBinding',
    ] as const
  ).map((kind) => ({ kind, owners: ['nvidia.com/ClusterPolicy'], tie: 'owned' }) as const),
];

/** An object that is there by its name. */
export interface NamedObject {
  readonly kind: KindName;
  readonly name: RegExp;
  /** Type of a Secret, where the name alone would say too little. */
  readonly type?: string;
  /** Role that a binding must name, so that no other binding passes under its name. */
  readonly role?: string;
  readonly maker: string;
}

const CLUSTER_ROLE_BINDING = 'rbac.authorization.k8s.io/ClusterRoleBinding';
const ROLE_BINDING = 'rbac.authorization.k8s.io/RoleBinding';

/** Five characters that the API server appends (k8s.io/apiserver pkg/storage/names/generate.go). */
const GENERATED = '[bcdfghjklmnpqrstvwxz2456789]{5}';

/** In every namespace. */
export const NAMED_OBJECTS: readonly NamedObject[] = [
  {
    kind: '/ConfigMap',
    name: /^kube-root-ca\.crt$/,
    maker: 'controller manager, root-ca-certificate-publisher-controller',
  },
  { kind: '/ServiceAccount', name: /^default$/, maker: 'controller manager, serviceaccount-controller' },
  // Servers before 1.24 and OpenShift keep tokens of service accounts in Secrets.
  {
    kind: '/Secret',
    name: new RegExp(`^(?:default|builder|deployer)-token-${GENERATED}$`),
    type: 'kubernetes.io/service-account-token',
    maker: 'controller manager, serviceaccount-token-controller',
  },
  // docs.openshift.com, "Default service accounts and roles".
  { kind: '/ConfigMap', name: /^openshift-service-ca\.crt$/, maker: 'OpenShift, service-ca operator' },
  { kind: '/ServiceAccount', name: /^(?:builder|deployer)$/, maker: 'OpenShift, openshift-controller-manager' },
  {
    kind: '/Secret',
    name: new RegExp(`^(?:default|builder|deployer)-dockercfg-${GENERATED}$`),
    type: 'kubernetes.io/dockercfg',
    maker: 'OpenShift, openshift-controller-manager',
  },
  ...[
    ['system:image-pullers', 'system:image-puller'] as const,
    ['system:image-builders', 'system:image-builder'] as const,
    ['system:deployers', 'system:deployer'] as const,
  ].map(
    ([name, role]) =>
      ({
        kind: ROLE_BINDING,
        name: new RegExp(`^${name}$`),
        role,
        maker: 'OpenShift, openshift-controller-manager',
      }) as const,
  ),
];

/** Of the whole cluster. */
export const NAMED_CLUSTER_OBJECTS: readonly NamedObject[] = [
  // kubernetes/kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go, ClusterRoleBindings.
  ...[
    'system:basic-user',
    'system:discovery',
    'system:public-info-viewer',
    'system:service-account-issuer-discovery',
  ].map(
    (name) =>
      ({
        kind: CLUSTER_ROLE_BINDING,
        name: new RegExp(`^${name}$`),
        role: name,
        maker: 'API server, bootstrap policy',
      }) as const,
  ),
  // projectcalico/calico libcalico-go/lib/names/names.go; antrea-io/antrea docs/antrea-network-policy.md: tiers only order policies.
  ...(['projectcalico.org/Tier', 'crd.projectcalico.org/Tier', 'crd.antrea.io/Tier'] as const).map((kind) => ({
    kind,
    name: /^(?:default|adminnetworkpolicy|baselineadminnetworkpolicy|kube-admin|kube-baseline|allow-tigera|calico-system|emergency|securityops|networkops|platform|application|baseline)$/,
    maker: 'Calico or Antrea',
  })),
];

/** Admission that a kind of the plan needs: the controller of the kind brings it. */
export const NEEDED_ADMISSION: readonly (NamedObject & { readonly for: KindName })[] = (
  ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'] as const
).map((kind) => ({
  kind: `admissionregistration.k8s.io/${kind}`,
  // kubernetes-sigs/lws config/default, config/webhook.
  name: /^lws-(?:mutating|validating)-webhook-configuration$/,
  maker: 'controller of LeaderWorkerSets',
  for: 'leaderworkerset.x-k8s.io/LeaderWorkerSet',
}));

/**
 * What every API server serves (API reference of Kubernetes 1.30 and later), as `group/resource`: one that does not show
 * them tells too little to be believed about the rest.
 */
export const ALWAYS_SERVED: readonly string[] = [
  ...['configmaps', 'endpoints', 'persistentvolumeclaims', 'pods', 'secrets', 'serviceaccounts', 'services'].map(
    (name) => `/${name}`,
  ),
  ...['daemonsets', 'deployments', 'replicasets', 'statefulsets'].map((name) => `apps/${name}`),
  ...['cronjobs', 'jobs'].map((name) => `batch/${name}`),
  'discovery.k8s.io/endpointslices',
  ...['ingresses', 'networkpolicies'].map((name) => `networking.k8s.io/${name}`),
  ...['clusterrolebindings', 'rolebindings', 'roles'].map((name) => `rbac.authorization.k8s.io/${name}`),
  ...[
    'mutatingwebhookconfigurations',
    'validatingadmissionpolicies',
    'validatingadmissionpolicybindings',
    'validatingwebhookconfigurations',
  ].map((name) => `admissionregistration.k8s.io/${name}`),
];
