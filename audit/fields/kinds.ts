/** Fields of every other kind that the audit knows (API reference of Kubernetes 1.34, and of the projects named). */
import {
  ANY_TEXT,
  below,
  COUNT_OR_SHARE,
  type FieldTable,
  FLAG,
  harmless,
  judged,
  judgedAs,
  orElse,
  NAME,
  oneOf,
  PORT,
  QUANTITY,
  WHOLE_NUMBER,
} from './disposition';
import { METADATA, NAMESPACE_METADATA, selector } from './metadata';
import { MONITORS } from './monitors';
import { CLAIM_SPEC, WORKLOADS } from './workloads';

/** Of a policy whose rules these pass: it opens less, or what a contract or the enclave lists. */
const FLOW_PASSED = 'what these rules pass shuts a flow, or opens one that the enclave or a contract lists';
const FLOW = orElse(judged('AIR-NET-1', 'AIR-NET-2', 'AIR-NET-5', 'AIR-NET-8'), FLOW_PASSED);
const SERVICE = orElse(judged('AIR-NET-3'), 'inside the cluster alone, or as the enclave declares');
const RIGHTS = judged('AIR-RBAC-1');
const ADMISSION = judged('AIR-ADM-1');
const TIER = orElse(
  judged('AIR-NET-4'),
  'a tier that passes AIR-NET-4 opens nothing: without it the policies of the namespaces stand alone',
);

const PEER: FieldTable = {
  'ipBlock.cidr': FLOW,
  'ipBlock.except[]': FLOW,
  ...below('namespaceSelector', selector(FLOW)),
  ...below('podSelector', selector(FLOW)),
};

const flowRule = (peers: 'from' | 'to'): FieldTable => ({
  'ports[].port': orElse(judgedAs(PORT, 'AIR-NET-2', 'AIR-NET-8'), FLOW_PASSED),
  'ports[].endPort': orElse(judgedAs(WHOLE_NUMBER, 'AIR-NET-2', 'AIR-NET-8'), FLOW_PASSED),
  'ports[].protocol': orElse(judgedAs(oneOf('TCP', 'UDP', 'SCTP'), 'AIR-NET-2', 'AIR-NET-8'), FLOW_PASSED),
  ...below(`${peers}[]`, PEER),
});

/** A policy that sees more refuses more; that it sees what it must, AIR-ADM-1 asks (MatchResources). */
const SEEN = orElse(judged('AIR-ADM-1'), 'it sees all that it must see, and refuses more or others beyond');
const matchedRules = (path: string): FieldTable => ({
  [`${path}[].apiGroups[]`]: SEEN,
  [`${path}[].apiVersions[]`]: SEEN,
  [`${path}[].operations[]`]: SEEN,
  [`${path}[].resources[]`]: SEEN,
  [`${path}[].resourceNames[]`]: ADMISSION,
  [`${path}[].scope`]: ADMISSION,
});
const MATCHED: FieldTable = {
  matchPolicy: harmless(oneOf('Equivalent'), 'it is the default'),
  ...matchedRules('resourceRules'),
  ...matchedRules('excludeResourceRules'),
  ...below('namespaceSelector', selector(SEEN)),
  ...below('objectSelector', selector(ADMISSION)),
};

const WHOLE_POLICY: FieldTable = { ...METADATA, 'spec.**': TIER, 'specs.**': TIER };
const rights = (...fields: readonly string[]): FieldTable => ({
  ...METADATA,
  ...Object.fromEntries(fields.map((field) => [field, RIGHTS])),
});

const COUNT = harmless(COUNT_OR_SHARE, 'it decides how many pods may be away at a time');

const KINDS: Readonly<Record<string, FieldTable>> = {
  '/Namespace': { ...NAMESPACE_METADATA, 'spec.finalizers[]': harmless(oneOf('kubernetes'), 'it is the default') },
  'networking.k8s.io/NetworkPolicy': {
    ...METADATA,
    ...below('spec.podSelector', selector(FLOW)),
    'spec.policyTypes[]': orElse(judgedAs(oneOf('Ingress', 'Egress'), 'AIR-NET-1', 'AIR-NET-2'), FLOW_PASSED),
    ...below('spec.ingress[]', flowRule('from')),
    ...below('spec.egress[]', flowRule('to')),
  },
  '/Service': {
    ...METADATA,
    'spec.type': SERVICE,
    'spec.selector.*': orElse(
      judged('AIR-NET-3', 'AIR-NET-7'),
      'it leads to the same workload, or to no pod of the plan',
    ),
    'spec.externalName': SERVICE,
    'spec.externalIPs[]': SERVICE,
    'spec.clusterIP': harmless(oneOf('', 'None'), 'the cluster gives the address, or the pods have their own'),
    'spec.internalTrafficPolicy': harmless(oneOf('Cluster', 'Local'), 'it decides on which node a pod answers'),
    'spec.externalTrafficPolicy': harmless(oneOf('Cluster', 'Local'), 'it decides on which node a pod answers'),
    'spec.ipFamilyPolicy': harmless(
      oneOf('SingleStack', 'PreferDualStack', 'RequireDualStack'),
      'it decides which addresses the Service has',
    ),
    'spec.ipFamilies[]': harmless(oneOf('IPv4', 'IPv6'), 'it decides which addresses the Service has'),
    'spec.publishNotReadyAddresses': harmless(FLAG, 'it decides whether pods that start are found'),
    'spec.sessionAffinity': harmless(oneOf('None', 'ClientIP'), 'it decides which pod answers again'),
    'spec.ports[].name': harmless(NAME, 'it names a port'),
    'spec.ports[].port': harmless(WHOLE_NUMBER, 'policies speak of the port of the pod, and deny any other'),
    'spec.ports[].targetPort': harmless(PORT, 'policies speak of the port of the pod, and deny any other'),
    'spec.ports[].nodePort': SERVICE,
    'spec.ports[].protocol': harmless(oneOf('TCP', 'UDP', 'SCTP'), 'policies name the protocols that may pass'),
    'spec.ports[].appProtocol': harmless(ANY_TEXT, 'it informs'),
  },
  '/Endpoints': { ...METADATA, 'subsets.**': SERVICE },
  'discovery.k8s.io/EndpointSlice': {
    ...METADATA,
    addressType: SERVICE,
    'endpoints.**': SERVICE,
    'ports.**': SERVICE,
  },
  'rbac.authorization.k8s.io/Role': rights('rules.**'),
  'rbac.authorization.k8s.io/ClusterRole': rights('rules.**', 'aggregationRule.**'),
  'rbac.authorization.k8s.io/RoleBinding': rights('subjects.**', 'roleRef.**'),
  'rbac.authorization.k8s.io/ClusterRoleBinding': rights('subjects.**', 'roleRef.**'),
  '/ServiceAccount': {
    ...METADATA,
    automountServiceAccountToken: harmless(FLAG, 'each pod says itself whether it has a token'),
    'imagePullSecrets[].name': harmless(NAME, 'the kubelet shows it to the registry of an image that AIR-IMG-1 judges'),
  },
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': {
    ...METADATA,
    'spec.failurePolicy': orElse(ADMISSION, 'absent, it is Fail'),
    'spec.matchConditions.**': ADMISSION,
    ...below('spec.matchConstraints', MATCHED),
    'spec.paramKind.apiVersion': ADMISSION,
    'spec.paramKind.kind': ADMISSION,
    'spec.auditAnnotations[].key': harmless(ANY_TEXT, 'it tells the audit log of the API server'),
    'spec.auditAnnotations[].valueExpression': harmless(ANY_TEXT, 'it tells the audit log of the API server'),
    'spec.validations[].expression': ADMISSION,
    'spec.validations[].message': ADMISSION,
    'spec.validations[].messageExpression': ADMISSION,
    'spec.validations[].reason': ADMISSION,
    'spec.variables[].name': ADMISSION,
    'spec.variables[].expression': ADMISSION,
  },
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': {
    ...METADATA,
    'spec.policyName': ADMISSION,
    'spec.validationActions[]': orElse(judgedAs(oneOf('Deny', 'Audit', 'Warn'), 'AIR-ADM-1'), 'it still denies'),
    'spec.paramRef.name': ADMISSION,
    'spec.paramRef.namespace': ADMISSION,
    'spec.paramRef.parameterNotFoundAction': ADMISSION,
    'spec.paramRef.selector.**': ADMISSION,
    ...below('spec.matchResources', MATCHED),
  },
  'cilium.io/CiliumNetworkPolicy': WHOLE_POLICY,
  'cilium.io/CiliumClusterwideNetworkPolicy': WHOLE_POLICY,
  'crd.projectcalico.org/NetworkPolicy': WHOLE_POLICY,
  'crd.projectcalico.org/GlobalNetworkPolicy': WHOLE_POLICY,
  'projectcalico.org/NetworkPolicy': WHOLE_POLICY,
  'projectcalico.org/GlobalNetworkPolicy': WHOLE_POLICY,
  'policy.networking.k8s.io/AdminNetworkPolicy': WHOLE_POLICY,
  'policy.networking.k8s.io/ClusterNetworkPolicy': WHOLE_POLICY,
  '/ConfigMap': {
    ...METADATA,
    'data.*': judged('AIR-CFG-1', 'AIR-ADM-1', 'AIR-SEC-1'),
    'binaryData.*': judged('AIR-CFG-1', 'AIR-ADM-1'),
    immutable: harmless(FLAG, 'it keeps the map as it is'),
  },
  '/Secret': {
    ...METADATA,
    type: RIGHTS,
    immutable: harmless(FLAG, 'it keeps the Secret as it is'),
    'data.*': judged('AIR-SEC-1'),
    'stringData.*': judged('AIR-SEC-1'),
  },
  '/PersistentVolumeClaim': { ...METADATA, ...below('spec', CLAIM_SPEC) },
  '/ResourceQuota': {
    ...METADATA,
    'spec.hard.*': harmless(QUANTITY, 'it refuses what is more'),
    'spec.scopes[]': harmless(ANY_TEXT, 'it decides which pods count'),
  },
  '/LimitRange': {
    ...METADATA,
    'spec.limits[].type': harmless(oneOf('Container', 'Pod', 'PersistentVolumeClaim'), 'it decides what is bounded'),
    ...Object.fromEntries(
      ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'].map((side) => [
        `spec.limits[].${side}.*`,
        side.startsWith('default') ? judged('AIR-RUN-2') : harmless(QUANTITY, 'it refuses what is more or less'),
      ]),
    ),
  },
  'policy/PodDisruptionBudget': {
    ...METADATA,
    'spec.maxUnavailable': COUNT,
    'spec.minAvailable': COUNT,
    ...below('spec.selector', selector(harmless(ANY_TEXT, 'it decides which pods may be away at a time'))),
    'spec.unhealthyPodEvictionPolicy': harmless(
      oneOf('AlwaysAllow', 'IfHealthyBudget'),
      'it decides which pods may be away at a time',
    ),
  },
  'autoscaling/HorizontalPodAutoscaler': {
    ...METADATA,
    'spec.**': harmless(ANY_TEXT, 'it decides how many pods of a template there are, and nothing of the template'),
  },
  'coordination.k8s.io/Lease': {
    ...METADATA,
    'spec.**': harmless(ANY_TEXT, 'a name and a time, for programs that agree on who leads'),
  },
  'scheduling.k8s.io/PriorityClass': {
    ...METADATA,
    value: harmless(WHOLE_NUMBER, 'it decides which pods go first where there is no room'),
    globalDefault: harmless(FLAG, 'it decides which pods go first where there is no room'),
    description: harmless(ANY_TEXT, 'it informs'),
    preemptionPolicy: harmless(
      oneOf('PreemptLowerPriority', 'Never'),
      'it decides which pods go first where there is no room',
    ),
  },
  'node.k8s.io/RuntimeClass': { ...METADATA, handler: judged('AIR-RUN-2') },
};

/** Versions whose fields stand here; of a kind that is not named, `v1`. */
const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  'autoscaling/HorizontalPodAutoscaler': ['v1', 'v2'],
  'cilium.io/CiliumNetworkPolicy': ['v2'],
  'cilium.io/CiliumClusterwideNetworkPolicy': ['v2'],
  'projectcalico.org/NetworkPolicy': ['v3'],
  'projectcalico.org/GlobalNetworkPolicy': ['v3'],
  'policy.networking.k8s.io/AdminNetworkPolicy': ['v1alpha1'],
  'policy.networking.k8s.io/ClusterNetworkPolicy': ['v1alpha1', 'v1alpha2'],
};

/** What an object says of its own kind. */
function identity(kind: string): FieldTable {
  const [group = '', name = ''] = kind.split('/');
  const versions = (VERSIONS[kind] ?? ['v1']).map((version) => (group === '' ? version : `${group}/${version}`));
  return {
    apiVersion: harmless(oneOf(...versions), 'it is the version whose fields are judged here'),
    kind: harmless(oneOf(name), 'it is the kind whose fields are judged here'),
  };
}

/** `group/Kind` → its fields; the same kinds as `kubernetes/kinds.ts`, which a test holds. */
export const FIELDS: ReadonlyMap<string, FieldTable> = new Map(
  Object.entries({ ...KINDS, ...WORKLOADS, ...MONITORS }).map(([kind, table]) => [
    kind,
    { ...identity(kind), ...table },
  ]),
);

const ORDER = harmless(
  ANY_TEXT,
  'AIR-ORD-1 asks for every order that keeps a pod confined; more of it only waits, and Terraform refuses what does not exist',
);

/** Arguments of a typed resource beside its object (terraform-provider-kubernetes 2.38, docs/resources; Terraform, "Meta-arguments"). */
export const RESOURCE_ARGUMENTS: FieldTable = {
  '//.**': harmless(ANY_TEXT, 'a comment, which Terraform does not read'),
  dependsOn: ORDER,
  'dependsOn[]': ORDER,
  'lifecycle.**': orElse(
    judged('AIR-PLAN-1', 'AIR-DATA-2'),
    'what may be destroyed can be fetched or made again; AIR-DATA-2 asks of the rest',
  ),
  'provisioner.**': judged('AIR-PLAN-2'),
  'connection.**': judged('AIR-PLAN-2'),
  provider: judged('AIR-PLAN-1'),
  count: orElse(judged('AIR-PLAN-1'), 'one, as without it; any other number is not read'),
  forEach: judged('AIR-PLAN-1'),
  'forEach.**': judged('AIR-PLAN-1'),
  'timeouts.*': harmless(ANY_TEXT, 'it decides how long Terraform waits'),
  waitForRollout: harmless(FLAG, 'it decides how long Terraform waits'),
  waitForCompletion: harmless(FLAG, 'it decides how long Terraform waits'),
  waitForLoadBalancer: harmless(FLAG, 'it decides how long Terraform waits'),
  waitForDefaultServiceAccount: harmless(FLAG, 'it decides how long Terraform waits'),
  waitUntilBound: harmless(FLAG, 'it decides how long Terraform waits'),
};

const TYPED_FIELDS: ReadonlyMap<string, FieldTable> = new Map(
  [...FIELDS].map(([kind, table]) => [kind, { ...table, ...RESOURCE_ARGUMENTS }]),
);

/**
 * The fields of a kind, in the names of the Kubernetes API.
 *
 * @param typed whether a typed resource makes the object, whose arguments stand beside it
 */
export const fieldsOf = (kind: string, typed: boolean): FieldTable | undefined =>
  (typed ? TYPED_FIELDS : FIELDS).get(kind);
