/** Objects of the whole cluster that reach into the namespaces of a plan: admission, policies of other tiers, rights. */
import { groupOf } from '../../audit/kubernetes/kinds';
import type { PlainObject } from '../../audit/kubernetes/plain';
import { NETWORK_POLICY_RESOURCES } from '../../catalog/network-policy-kinds';
import type { ApiKind } from './api-kinds';
import { labelsOf } from './made';
import { type Labels, type Selector, selects } from './selectors';

const ADMISSION = 'admissionregistration.k8s.io';
const RBAC = 'rbac.authorization.k8s.io';

/** Whether objects of a kind of the whole cluster can bear on pods of a namespace. */
export const bearsOnNamespaces = ({ namespaced, group, resource }: ApiKind): boolean =>
  !namespaced &&
  (group === ADMISSION ||
    (group === RBAC && resource === 'clusterrolebindings') ||
    NETWORK_POLICY_RESOURCES.some(({ apiGroup, resources }) => apiGroup === group && resources.includes(resource)));

/** Bindings of one namespace can give rights to accounts of another. */
export const isRoleBinding = ({ group, resource }: ApiKind): boolean => group === RBAC && resource === 'rolebindings';

export interface Reach {
  /** Labels of each namespace of the plan, as they are. */
  readonly namespaces: ReadonlyMap<string, Labels>;
  /** What admission would be asked about: what is planned and what is there. */
  readonly targets: readonly PlainObject[];
  readonly kinds: readonly ApiKind[];
}

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** Groups and users that stand for every account (kubernetes.io, "Authenticating"; k8s.io/apiserver serviceaccount/util.go). */
const EVERYBODY = ['system:serviceaccounts', 'system:authenticated', 'system:unauthenticated', 'system:anonymous'];

function isOurs({ kind, name, namespace = '' }: Subject, { namespaces }: Reach): boolean {
  if (kind === 'ServiceAccount') return namespaces.has(namespace);
  const [, account] = /^system:serviceaccounts?:([^:]+)/.exec(name) ?? [];
  return account !== undefined && namespaces.has(account);
}

const subjectsOf = (binding: PlainObject): readonly Subject[] => (binding['subjects'] ?? []) as readonly Subject[];

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly scope?: string;
}

/** The API writes `null` where a field was emptied. */
interface Match {
  readonly namespaceSelector?: Selector | null;
  readonly objectSelector?: Selector | null;
  readonly rules?: readonly Rule[] | null;
  readonly resourceRules?: readonly Rule[] | null;
}

const covers = ({ apiGroups = ['*'], resources = ['*'], scope = '*' }: Rule, kind: ApiKind): boolean =>
  (apiGroups.includes('*') || apiGroups.includes(kind.group)) &&
  // A subresource bears on its object: `pods/exec`.
  resources.some((name) => ['*', kind.resource].includes(name.split('/')[0] ?? '')) &&
  (scope === '*' || (scope === 'Namespaced') === kind.namespaced);

/** Without rules, a binding takes those of its policy. */
function asks(
  { namespaceSelector, objectSelector, rules, resourceRules }: Match,
  { targets, kinds, namespaces }: Reach,
): boolean {
  const wanted = rules ?? resourceRules ?? [{}];
  const inNamespace = (labels: Labels): boolean => selects(namespaceSelector ?? undefined, labels);
  return targets.some((target) => {
    const kind = kinds.find((one) => one.kind === target.kind && one.group === groupOf(target.apiVersion));
    if (kind === undefined || !wanted.some((rule) => covers(rule, kind))) return false;
    if (!selects(objectSelector ?? undefined, labelsOf(target))) return false;
    const { name, namespace } = target.metadata;
    if (kind.namespaced) return inNamespace(namespaces.get(namespace ?? '') ?? {});
    // The selector is not asked about other objects of the whole cluster (API reference, MatchResources).
    return kind.kind === 'Namespace' && kind.group === ''
      ? inNamespace(namespaces.get(name) ?? labelsOf(target))
      : true;
  });
}

interface Subjected {
  readonly subject?: {
    readonly namespaces?: Selector | null;
    readonly pods?: { readonly namespaceSelector?: Selector | null } | null;
  };
}

/** network-policy-api apis/v1alpha2: one of two selectors of namespaces. Of other projects' policies every one may select a pod. */
function maySelect({ apiVersion, spec }: PlainObject, { namespaces }: Reach): boolean {
  if (groupOf(apiVersion) !== 'policy.networking.k8s.io') return true;
  const { namespaces: named, pods } = (spec as Subjected | undefined)?.subject ?? {};
  const selector = named ?? pods?.namespaceSelector ?? undefined;
  return [...namespaces.values()].some((labels) => selects(selector, labels));
}

/** Whether an object of the whole cluster, or a binding of another namespace, reaches into the namespaces. */
export function reaches(object: PlainObject, reach: Reach): boolean {
  const spec = (object['spec'] ?? {}) as {
    readonly matchConstraints?: Match | null;
    readonly matchResources?: Match | null;
  };
  switch (`${groupOf(object.apiVersion)}/${object.kind}`) {
    case `${RBAC}/RoleBinding`:
      return subjectsOf(object).some((subject) => isOurs(subject, reach));
    case `${RBAC}/ClusterRoleBinding`:
      return subjectsOf(object).some((subject) => isOurs(subject, reach) || EVERYBODY.includes(subject.name));
    case `${ADMISSION}/ValidatingWebhookConfiguration`:
    case `${ADMISSION}/MutatingWebhookConfiguration`:
      return ((object['webhooks'] ?? []) as readonly Match[]).some((webhook) => asks(webhook, reach));
    case `${ADMISSION}/ValidatingAdmissionPolicy`:
    case `${ADMISSION}/MutatingAdmissionPolicy`:
      return asks(spec.matchConstraints ?? {}, reach);
    case `${ADMISSION}/ValidatingAdmissionPolicyBinding`:
    case `${ADMISSION}/MutatingAdmissionPolicyBinding`:
      return asks(spec.matchResources ?? {}, reach);
    default:
      // Also of kinds of admission that are not known yet.
      return maySelect(object, reach);
  }
}
