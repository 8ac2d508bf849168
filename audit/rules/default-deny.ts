/** AIR-NET-1. */
import { deniesAll, DIRECTIONS } from '../kubernetes/network-policy';
import { objectsByName } from '../kubernetes/find-object';
import { type KubernetesObject, placeOf } from '../kubernetes/object';
import { policiesIn } from '../kubernetes/selection';
import { type AuditContext, type Complaint, judge, type Rule } from './rule';
import { usedNamespaces } from './used-namespaces';

function complaintsAbout(
  namespace: string,
  made: KubernetesObject | undefined,
  policies: readonly KubernetesObject[],
  where: { readonly pointer: string },
): Complaint[] {
  if (made === undefined) {
    const message = 'the plan uses this namespace, but does not create it';
    const fix = `add a kubernetes_namespace_v1 named "${namespace}" with a deny-all policy, or put the objects elsewhere`;
    return [{ check: 'namespace', message, fix, where, lacks: { concern: 'namespaces', namespace } }];
  }
  const open = DIRECTIONS.filter((direction) => !policies.some((policy) => deniesAll(policy, direction)));
  return open.map((direction) => ({
    check: direction.toLowerCase(),
    message: `no policy denies all ${direction.toLowerCase()} by default: a pod that no other policy selects is open`,
    fix: `add a NetworkPolicy with pod_selector {}, policy_types ["Ingress", "Egress"] and no rules`,
    where,
    lacks: { concern: 'policies', namespace },
  }));
}

function evaluate({ plan, objects, policies, namespaces }: AuditContext): ReturnType<Rule['evaluate']> {
  const used = new Map(usedNamespaces(plan, objects));
  for (const namespace of namespaces) {
    if (!used.has(namespace.name)) used.set(namespace.name, placeOf(namespace));
  }
  return [...used]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, usedAt]) => {
      const made = objectsByName(namespaces, name).find(({ hook }) => !hook);
      const place = made === undefined ? usedAt : placeOf(made);
      const own = policiesIn(policies, name).filter(({ hook }) => !hook);
      return judge({ subject: `Namespace ${name}`, place, proven: 'denies all ingress and egress by default' }, () =>
        complaintsAbout(name, made, own, place),
      );
    });
}

export const defaultDeny: Rule = {
  id: 'AIR-NET-1',
  title: 'Every namespace that the plan uses denies all egress and ingress by default',
  explanation:
    'A pod is isolated only in the directions of the policies that select it, so a pod without a policy may talk to ' +
    'everything. Labels change and controllers make pods that no plan lists; only a policy with an empty podSelector and ' +
    'no rules holds for all of them. The namespace must be created by the plan, else nothing orders the policy before ' +
    'the pods.',
  waivable: false,
  needs: ['policies', 'namespaces'],
  evaluate,
};
