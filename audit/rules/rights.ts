/** AIR-RBAC-1. */
import { objectsByName, objectsNamed } from '../kubernetes/find-object';
import { type KubernetesObject, placeOf, subjectOf } from '../kubernetes/object';
import { podSpec, type PodTemplate } from '../kubernetes/pods';
import { at, entriesOf, flagOf, itemsOf, textOf, textsOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import { type AuditContext, type Complaint, judge, type Rule, type Statement } from './rule';

/** What a workload may read of its own namespace without learning a secret or moving anything. */
const READING = new Set(['get', 'list', 'watch']);
const READABLE: ReadonlySet<string> = new Set([
  ...[' configmaps', ' endpoints', ' pods', ' services'],
  'discovery.k8s.io endpointslices',
]);
const RBAC = 'rbac.authorization.k8s.io';
const FIX = 'grant it outside of the plan, where whoever answers for the cluster decides it, or waive it with a reason';

const listOf = (rule: PlanNode, key: string): string[] => itemsOf(at(rule, key)).map((item) => textOf(item) ?? '');

/** The API's name of the field, and what becomes of the provider's `non_resource_urls`. */
const urlsOf = (rule: PlanNode): string[] => ['nonResourceURLs', 'nonResourceUrls'].flatMap((key) => listOf(rule, key));

/** `get, list on configmaps`, as a finding names a right. */
const named = (verbs: readonly string[], resources: readonly string[]): string =>
  `${verbs.join(', ') || 'nothing'} on ${resources.join(', ') || 'nothing'}`;

/** A rule that gives more than reading what is readable; the complaint names its verbs. */
function ruleComplaints(rule: PlanNode): Complaint[] {
  const [verbs, groups, resources] = ['verbs', 'apiGroups', 'resources'].map((key) => listOf(rule, key)) as [
    string[],
    string[],
    string[],
  ];
  const urls = urlsOf(rule);
  const harmless =
    urls.length === 0 &&
    verbs.every((verb) => READING.has(verb)) &&
    groups.every((group) => resources.every((resource) => READABLE.has(`${group} ${resource}`)));
  if (harmless) return [];
  const message = `it gives ${named(verbs, [...resources, ...urls])}`;
  return [{ check: 'verbs', message, fix: FIX, where: rule.where, unproven: true }];
}

const roleComplaints = (role: KubernetesObject): Complaint[] => itemsOf(at(role.root, 'rules')).flatMap(ruleComplaints);

/** What a role gives, rule by rule, as findings say it: `get, list on configmaps`. */
export const grantsOf = ({ root }: Pick<KubernetesObject, 'root'>): string[] =>
  at(root, 'aggregationRule') === undefined
    ? itemsOf(at(root, 'rules')).map((rule) =>
        named(listOf(rule, 'verbs'), [...listOf(rule, 'resources'), ...urlsOf(rule)]),
      )
    : ['whatever other roles add to it'];

/** A role of the whole cluster reaches every namespace, those of the system among them. */
function clusterRoleComplaints(role: KubernetesObject): Complaint[] {
  const message = `in every namespace it gives ${grantsOf(role).join('; ') || 'nothing yet'}`;
  return [{ check: 'cluster', message, fix: FIX, where: role.root.where, unproven: true }];
}

/** Who is given what: workloads of the plan's own namespaces, a role of the plan. */
function bindingComplaints(binding: KubernetesObject, { objects, namespaces }: AuditContext): Complaint[] {
  const { root, namespace } = binding;
  const reference = at(root, 'roleRef');
  const [kind, name, group] = ['kind', 'name', 'apiGroup'].map((key) => textOf(at(reference, key)) ?? '');
  const [role] = kind === 'Role' ? objectsNamed(objects, 'Role', namespace, name ?? '') : [];
  const complaints: Complaint[] = [];
  if (role === undefined || (group !== '' && group !== RBAC)) {
    const message = `it gives what ${kind ?? ''} ${name ?? ''} says, which the plan does not show as a Role of ${namespace}`;
    const where = reference?.where ?? root.where;
    const lacks = { concern: 'rights', namespace } as const;
    complaints.push({ check: 'binding', message, fix: FIX, where, unproven: true, lacks });
  }
  for (const subject of itemsOf(at(root, 'subjects'))) {
    const [who, whose, where] = ['kind', 'name', 'namespace'].map((key) => textOf(at(subject, key)) ?? '');
    const account = where === undefined || where === '' ? namespace : where;
    if (who === 'ServiceAccount' && objectsByName(namespaces, account).length > 0) continue;
    const message = `it gives rights to ${who ?? ''} ${whose ?? ''}, which is no account of a namespace of the plan`;
    const lacks = { concern: 'namespaces', namespace: account } as const;
    complaints.push({ check: 'subject', message, fix: FIX, where: subject.where, unproven: true, lacks });
  }
  return complaints;
}

/** A token of an account, which lasts as long as its Secret. */
const tokenComplaints = ({ root }: KubernetesObject): Complaint[] => [
  {
    check: 'token',
    message: 'the API server writes a token of an account into it, which never expires',
    fix: 'remove it; tokens are asked for when they are needed, and expire',
    where: at(root, 'type')?.where ?? root.where,
    unproven: true,
  },
];

const isTokenSecret = ({ apiVersion, kind, root }: KubernetesObject): boolean =>
  apiVersion === 'v1' &&
  kind === 'Secret' &&
  (textOf(at(root, 'type')) === 'kubernetes.io/service-account-token' ||
    textsOf(at(root, 'metadata', 'annotations')).has('kubernetes.io/service-account.name'));

/**
 * Sources of a projected volume that are what the plan says, or public (API reference, ProjectedVolumeSource). Others hand
 * out credentials of the pod: tokens, and the certificates of `podCertificate`.
 */
const WITHOUT_CREDENTIAL: ReadonlySet<string> = new Set(['clusterTrustBundle', 'configMap', 'downwardAPI', 'secret']);

/** Tokens for the API server in a pod: mounted unless the pod says no, or projected. */
function podComplaints(pod: PodTemplate): Complaint[] {
  const spec = podSpec(pod);
  const mount = at(spec, 'automountServiceAccountToken');
  const projected = itemsOf(at(spec, 'volumes')).flatMap((volume) =>
    itemsOf(at(volume, 'projected', 'sources')).flatMap((source) =>
      entriesOf(source).filter(([name]) => !WITHOUT_CREDENTIAL.has(name)),
    ),
  );
  const complaint = (node: PlanNode | undefined, message: string): Complaint => ({
    check: 'credential',
    message,
    fix: 'write automountServiceAccountToken: false, and project no token',
    where: (node ?? spec ?? pod.root).where,
    unproven: true,
  });
  return [
    ...(flagOf(mount) === false ? [] : [complaint(mount, 'a token for the API server is mounted into its containers')]),
    ...projected.map(([name, node]) =>
      complaint(
        node,
        name === 'serviceAccountToken'
          ? 'a token of its account is projected into it'
          : `${name} is projected into it, which may be a credential for the API server`,
      ),
    ),
  ];
}

/** Whether a pod has something to show the API server. */
export const holdsToken = (pod: PodTemplate): boolean => podComplaints(pod).length > 0;

const READERS: Readonly<Record<string, (object: KubernetesObject, context: AuditContext) => Complaint[]>> = {
  Role: roleComplaints,
  ClusterRole: clusterRoleComplaints,
  RoleBinding: bindingComplaints,
  ClusterRoleBinding: bindingComplaints,
};

function objectStatements(object: KubernetesObject, context: AuditContext): Statement[] {
  const subject = subjectOf(object);
  const place = placeOf(object);
  const read = object.apiVersion.startsWith(`${RBAC}/`) ? READERS[object.kind] : undefined;
  if (read !== undefined)
    return judge({ subject, place, proven: 'reads, and no secrets' }, () => read(object, context));
  if (object.kind !== 'Secret') return [];
  return judge({ subject, place, proven: '' }, () => (isTokenSecret(object) ? tokenComplaints(object) : [])).filter(
    ({ verdict }) => verdict !== 'PROVEN',
  );
}

export const rights: Rule = {
  id: 'AIR-RBAC-1',
  title: 'The plan gives nobody rights over the cluster',
  explanation:
    'Whoever may change policies, read Secrets or act as somebody else is held by no proof about a plan. Reads every Role, ' +
    'ClusterRole and binding: a Role may let accounts of the plan’s own namespaces read configmaps, endpoints, pods and ' +
    'services of its namespace; anything more is UNPROVEN, with its verbs. Pods may hold no token for the API server, and no ' +
    'Secret may ask for one.',
  waivable: true,
  needs: ['rights', 'pods', 'secrets'],
  evaluate: (context) => [
    ...context.objects.flatMap((object) => objectStatements(object, context)),
    ...context.pods.flatMap((pod) =>
      judge({ subject: pod.subject, place: placeOf(pod.object), proven: 'holds no token for the API server' }, () =>
        podComplaints(pod),
      ),
    ),
  ],
};
