/** Rights that one plan gives and the other does not: verb by verb and resource by resource, to each account. */
import { canonicalJson } from '../../core/canonical-json';
import { type KubernetesObject, subjectOf } from '../kubernetes/object';
import { at, entriesOf, itemsOf, textOf, Unproven } from '../plan/access';
import type { PlanNode } from '../plan/node';
import { valueOf } from '../waivers/accepted-value';
import { type Change, changesOf, type Said, SEPARATOR, statements } from './change';

const RULE_FIELDS: readonly string[] = [
  'apiGroups',
  'resources',
  'resourceNames',
  'verbs',
  'nonResourceURLs',
  'nonResourceUrls',
];
const SUBJECT_FIELDS: readonly string[] = ['apiGroup', 'kind', 'name', 'namespace'];
const REFERENCE_FIELDS: readonly string[] = ['apiGroup', 'kind', 'name'];
const ROLES: readonly string[] = ['Role', 'ClusterRole'];
const BINDINGS: readonly string[] = ['RoleBinding', 'ClusterRoleBinding'];

/** Whether an object is compared here. */
export const isOfRights = ({ kind, apiVersion }: KubernetesObject): boolean =>
  apiVersion.startsWith('rbac.authorization.k8s.io/') && [...ROLES, ...BINDINGS].includes(kind);

function demandKnown(node: PlanNode | undefined, known: readonly string[]): void {
  const strange = entriesOf(node).find(([key]) => !known.includes(key));
  if (strange !== undefined) throw new Unproven(`the field ${strange[0]} is not known`, strange[1].where);
}

function ruleRights(rule: PlanNode): string[] {
  demandKnown(rule, RULE_FIELDS);
  const list = (key: string): string[] => itemsOf(at(rule, key)).map((item) => textOf(item) ?? '');
  const names = list('resourceNames');
  const only = names.length === 0 ? '' : ` named ${names.sort().join(', ')}`;
  const resources = list('apiGroups').flatMap((group) =>
    list('resources').map((resource) => `${resource}${group === '' ? '' : `.${group}`}${only}`),
  );
  const urls = [...list('nonResourceURLs'), ...list('nonResourceUrls')];
  return list('verbs').flatMap((verb) => [...resources, ...urls].map((one) => `${verb} ${one}`));
}

function roleRights(role: KubernetesObject): string[] {
  const aggregated = at(role.root, 'aggregationRule');
  if (aggregated !== undefined)
    return [`whatever roles add that match ${canonicalJson(valueOf(aggregated)).toString()}`];
  return itemsOf(at(role.root, 'rules')).flatMap(ruleRights);
}

function accountsOf(binding: KubernetesObject): string[] {
  return itemsOf(at(binding.root, 'subjects')).map((subject) => {
    demandKnown(subject, SUBJECT_FIELDS);
    const [kind, name, namespace] = ['kind', 'name', 'namespace'].map((key) => textOf(at(subject, key)) ?? '');
    if (kind !== 'ServiceAccount') return `${kind ?? ''} ${name ?? ''}`;
    return `ServiceAccount ${namespace === '' ? binding.namespace : (namespace ?? '')}/${name ?? ''}`;
  });
}

/** Keys of what a binding gives: account, right, where. */
function given(binding: KubernetesObject, roles: readonly KubernetesObject[]): string[] {
  const reference = at(binding.root, 'roleRef');
  demandKnown(reference, REFERENCE_FIELDS);
  const [kind, name, group] = ['kind', 'name', 'apiGroup'].map((key) => textOf(at(reference, key)) ?? '');
  const role = roles.find(
    (one) => one.kind === kind && one.name === name && (kind === 'ClusterRole' || one.namespace === binding.namespace),
  );
  const where = binding.namespace === '' ? 'in every namespace' : `in ${binding.namespace}`;
  const strange = group === '' || group === 'rbac.authorization.k8s.io' ? '' : ` of ${group ?? ''}`;
  const rights =
    role === undefined || strange !== '' ? [`whatever ${kind ?? ''} ${name ?? ''}${strange} says`] : roleRights(role);
  return accountsOf(binding).flatMap((account) => rights.map((right) => `${account}${SEPARATOR}${right} ${where}`));
}

/** What an object of rights says; undefined where it says what is compared field by field. */
export function rightsSaidBy(
  object: KubernetesObject,
  objects: readonly KubernetesObject[],
): readonly Said[] | undefined {
  const statement = `by ${subjectOf(object)}`;
  const roles = objects.filter((one) => isOfRights(one) && ROLES.includes(one.kind));
  try {
    const keys = BINDINGS.includes(object.kind)
      ? given(object, roles)
      : // What a role says is given by whoever binds it, in the plan or past it.
        roleRights(object).map((right) => `whoever is bound to ${subjectOf(object)}${SEPARATOR}${right}`);
    return keys.map((key) => ({ key, statement }));
  } catch (error) {
    if (error instanceof Unproven) return undefined;
    throw error;
  }
}

export const rightChanges = (before: readonly KubernetesObject[], after: readonly KubernetesObject[]): Change[] =>
  changesOf(
    statements(before.filter(isOfRights).flatMap((object) => rightsSaidBy(object, before) ?? [])),
    statements(after.filter(isOfRights).flatMap((object) => rightsSaidBy(object, after) ?? [])),
    (key) => {
      const [subject = '', what = ''] = key.split(SEPARATOR);
      return { kind: 'rights', subject, what };
    },
  );
