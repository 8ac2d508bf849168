/** What the accounts of a plan may do: roles that bind them, and which pods hold a token. */
import { type KubernetesObject, subjectOf } from '../../kubernetes/object';
import { podSpec } from '../../kubernetes/pods';
import { at, itemsOf, textOf } from '../../plan/access';
import type { AuditContext } from '../../rules/rule';
import { grantsOf, holdsToken } from '../../rules/rights';
import { orUnknown, UNKNOWN } from './zones';

export interface Grant {
  /** The binding, as findings name it. */
  readonly by: string;
  /** `get, list on configmaps`; of a role that the plan does not show, its name. */
  readonly rights: readonly string[];
}

/** An account with its rights. */
export interface AccountRights {
  /** `ServiceAccount airlock-serving/default`, `User jane`. */
  readonly account: string;
  readonly grants: readonly Grant[];
  /** Workloads that run under it. */
  readonly workloads: readonly string[];
  /** Those of them that hold a token for the API server. */
  readonly tokens: readonly string[];
}

/** Kubernetes' own where a pod names none. */
const DEFAULT_ACCOUNT = 'default';
const ANONYMOUS: Omit<AccountRights, 'account'> = { grants: [], workloads: [], tokens: [] };

function accountsOf(binding: KubernetesObject): string[] {
  return itemsOf(at(binding.root, 'subjects')).map((subject) => {
    const [kind, name, namespace] = ['kind', 'name', 'namespace'].map((key) => textOf(at(subject, key)) ?? '');
    if (kind !== 'ServiceAccount') return `${kind ?? ''} ${name ?? ''}`;
    return `ServiceAccount ${namespace === '' ? binding.namespace : (namespace ?? '')}/${name ?? ''}`;
  });
}

/** What a binding gives: the rules of its role, where the plan shows it. */
function grantOf(binding: KubernetesObject, { objects }: AuditContext): Grant {
  const reference = at(binding.root, 'roleRef');
  const [kind, name] = ['kind', 'name'].map((key) => textOf(at(reference, key)) ?? '');
  const role = objects.find(
    (one) =>
      one.kind === kind && one.name === name && (one.kind === 'ClusterRole' || one.namespace === binding.namespace),
  );
  const where = binding.namespace === '' ? ' in every namespace' : ` in ${binding.namespace}`;
  const rights = role === undefined ? [`whatever ${kind ?? ''} ${name ?? ''} says`] : grantsOf(role);
  return { by: subjectOf(binding), rights: rights.map((right) => `${right}${where}`) };
}

/** Every account that the plan makes, binds or runs pods under, by name. */
export function rightsOf(context: AuditContext): readonly AccountRights[] {
  const accounts = new Map<string, AccountRights>();
  const change = (account: string, next: (before: AccountRights) => Partial<AccountRights>): void => {
    const before = accounts.get(account) ?? { account, ...ANONYMOUS };
    accounts.set(account, { ...before, ...next(before) });
  };
  for (const object of context.objects) {
    if (object.kind === 'ServiceAccount') change(subjectOf(object), () => ({}));
    if (object.kind !== 'RoleBinding' && object.kind !== 'ClusterRoleBinding') continue;
    const grant = orUnknown(() => grantOf(object, context), { by: subjectOf(object), rights: [UNKNOWN] });
    for (const account of orUnknown(() => accountsOf(object), [UNKNOWN]))
      change(account, ({ grants }) => ({ grants: [...grants, grant] }));
  }
  for (const pod of context.pods) {
    const name = orUnknown(() => textOf(at(podSpec(pod), 'serviceAccountName')) ?? DEFAULT_ACCOUNT, UNKNOWN);
    const holds = orUnknown(() => holdsToken(pod), true);
    change(`ServiceAccount ${pod.object.namespace}/${name}`, ({ workloads, tokens }) => ({
      workloads: [...workloads, pod.subject],
      tokens: holds ? [...tokens, pod.subject] : tokens,
    }));
  }
  return [...accounts.values()].sort((a, b) => (a.account < b.account ? -1 : 1));
}
