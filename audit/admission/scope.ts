/** Whether a policy and its binding see every request that they must see. */
import { requirementsOf } from '../kubernetes/selectors';
import { at, entriesOf, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import type { Complaint } from '../rules/rule';
import type { Watched } from './duties';

const NAME_LABEL = 'kubernetes.io/metadata.name';

const texts = (node: PlanNode | undefined): string[] => itemsOf(node).map((item) => textOf(item) ?? '');

const isEmpty = (node: PlanNode | undefined): boolean =>
  node === undefined || (node.kind === 'list' ? node.items.length === 0 : entriesOf(node).length === 0);

/** Fields that leave requests out wherever they stand. */
function exclusions(holder: PlanNode | undefined, fields: readonly string[]): Complaint[] {
  return fields.flatMap((field): Complaint[] => {
    const node = at(holder, field);
    if (node === undefined || isEmpty(node)) return [];
    const message = `${field} leaves requests out`;
    return [{ check: 'exclusion', message, fix: `remove ${field}`, where: node.where }];
  });
}

function covers(rule: PlanNode, group: string, resource: string, operation: string): boolean {
  const has = (field: string, wanted: string): boolean => {
    const listed = texts(at(rule, field));
    return listed.includes(wanted) || listed.includes('*');
  };
  return (
    has('apiGroups', group) &&
    texts(at(rule, 'apiVersions')).includes('*') &&
    has('resources', resource) &&
    has('operations', operation) &&
    isEmpty(at(rule, 'resourceNames')) &&
    (textOf(at(rule, 'scope')) ?? '*') === '*'
  );
}

/** A policy judges every request it must see, and fails closed. */
export function policyComplaints(policy: PlanNode, watched: readonly Watched[]): Complaint[] {
  const spec = at(policy, 'spec');
  const constraints = at(spec, 'matchConstraints');
  const rules = itemsOf(at(constraints, 'resourceRules'));
  const unseen = watched.flatMap(({ group, resources, operations }) =>
    resources.flatMap((resource) =>
      operations
        .filter((operation) => !rules.some((rule) => covers(rule, group, resource, operation)))
        .map((operation) => `${operation} ${resource}${group === '' ? '' : `.${group}`}`),
    ),
  );
  const failure = at(spec, 'failurePolicy');
  return [
    ...exclusions(spec, ['matchConditions']),
    ...exclusions(constraints, ['excludeResourceRules', 'namespaceSelector', 'objectSelector']),
    // Also of kinds that this cluster may lack: a policy that speaks of a kind speaks of all its objects.
    ...rules.flatMap((rule) => exclusions(rule, ['resourceNames'])),
    ...(unseen.length === 0
      ? []
      : [
          {
            check: 'requests',
            message: 'the policy does not see every request that it must see',
            fix: 'match them in every version, without names or scope',
            where: (constraints ?? spec ?? policy).where,
            value: unseen.join(', '),
          },
        ]),
    ...(failure === undefined || textOf(failure) === 'Fail'
      ? []
      : [
          {
            check: 'failure-policy',
            message: 'a policy that cannot be evaluated lets the request pass',
            fix: 'set failurePolicy to Fail',
            where: failure.where,
            value: textOf(failure) ?? '',
          },
        ]),
  ];
}

/** Namespaces that a selector surely selects, of those given. */
function selected(selector: PlanNode | undefined, namespaces: readonly string[]): readonly string[] {
  if (selector === undefined) return namespaces;
  const requirements = requirementsOf(selector);
  const byName = requirements.every(({ key, operator }) => key === NAME_LABEL && operator === 'In');
  const named = requirements.map(({ values }) => new Set(values));
  return byName ? namespaces.filter((name) => named.every((values) => values.has(name))) : [];
}

/** A binding denies, in every namespace of the plan. */
export function bindingComplaints(binding: PlanNode, namespaces: readonly string[]): Complaint[] {
  const spec = at(binding, 'spec');
  const resources = at(spec, 'matchResources');
  const actions = at(spec, 'validationActions');
  const selector = at(resources, 'namespaceSelector');
  const reached = new Set(selected(selector, namespaces));
  const missed = namespaces.filter((name) => !reached.has(name));
  return [
    ...exclusions(resources, ['excludeResourceRules', 'objectSelector', 'resourceRules']),
    ...(texts(actions).includes('Deny')
      ? []
      : [
          {
            check: 'actions',
            message: 'the binding does not deny',
            fix: 'add Deny to validationActions',
            where: (actions ?? spec ?? binding).where,
            value: texts(actions).join(', '),
          },
        ]),
    ...(missed.length === 0
      ? []
      : [
          {
            check: 'namespaces',
            message: 'the binding does not surely hold in every namespace of the plan',
            fix: `select them by ${NAME_LABEL} In a list of all names`,
            where: (selector ?? spec ?? binding).where,
            value: missed.join(', '),
          },
        ]),
  ];
}

/** Parameters of a policy that reads none: where nothing is found, the binding may let everything pass. */
export const parameterComplaints = (policy: PlanNode, binding: PlanNode): Complaint[] =>
  [at(policy, 'spec', 'paramKind'), at(binding, 'spec', 'paramRef')].flatMap((node) =>
    node === undefined
      ? []
      : [
          {
            check: 'parameter',
            message: 'its expressions read no parameter, and without one nothing may be judged at all',
            fix: 'remove paramKind and paramRef',
            where: node.where,
          },
        ],
  );
