/** AIR-ORD-1. */
import { once } from '../../core/remember';
import { deniesAll, DIRECTIONS } from '../kubernetes/network-policy';
import { objectsByName } from '../kubernetes/find-object';
import { type KubernetesObject, placeOf, subjectOf } from '../kubernetes/object';
import { podLabels, type PodTemplate } from '../kubernetes/pods';
import { policiesIn, policiesSelecting } from '../kubernetes/selection';
import { below } from '../plan/node';
import { appliedBefore, type PlanStack, stackOf } from '../plan/plan';
import { type AuditContext, type Complaint, judge, type Rule } from './rule';

interface Precondition {
  readonly check: string;
  readonly object: KubernetesObject;
  readonly role: string;
}

const closes = once((policy: KubernetesObject): boolean =>
  DIRECTIONS.some((direction) => deniesAll(policy, direction)),
);

/** What must exist before a pod: its namespace, and every policy that confines it. */
function preconditions(pod: PodTemplate, { policies, namespaces }: AuditContext): Precondition[] {
  const { namespace } = pod.object;
  const labels = podLabels(pod);
  return [
    ...objectsByName(namespaces, namespace).map((object) => ({ check: 'namespace', object, role: 'its namespace' })),
    ...policiesSelecting(policiesIn(policies, namespace), labels).map((object) =>
      closes(object)
        ? { check: 'deny-all', object, role: 'the deny-all policy' }
        : { check: 'policy', object, role: 'a policy that selects its pods' },
    ),
  ];
}

/** Whether Terraform applies one address before another; most are named in `depends_on` itself. */
function isBefore(stack: PlanStack | undefined, earlier: string, later: string): boolean {
  if (stack === undefined) return false;
  return stack.dependencies.get(later)?.has(earlier) === true || appliedBefore(stack, later).has(earlier);
}

function complaintsAbout(pod: PodTemplate, context: AuditContext): Complaint[] {
  const { resource, namespace } = pod.object;
  const stack = stackOf(context.plan, resource.file);
  const where = resource.body.entries.has('depends_on')
    ? below(resource.body.where, 'depends_on')
    : resource.body.where;
  const needed = preconditions(pod, context);
  const missing = (['namespace', 'deny-all'] as const).filter((kind) => needed.every(({ check }) => check !== kind));
  return [
    ...missing.map((kind) => ({
      check: kind,
      message: `the plan makes no ${kind === 'namespace' ? 'Namespace' : 'deny-all policy'} for ${namespace} that the workload could wait for`,
      fix: 'create the namespace and its deny-all policy in the same stack, and depend on both',
      where,
      lacks: { concern: kind === 'namespace' ? ('namespaces' as const) : ('policies' as const), namespace },
    })),
    ...needed.flatMap(({ check, object, role }): Complaint[] => {
      const { address, file, stack: other } = object.resource;
      const name = `${subjectOf(object)} (${role})`;
      if (file !== resource.file) {
        const message = `${name} is in stack ${other}: nothing orders it before the workload when stacks are applied one by one`;
        return [{ check, message, fix: 'keep a namespace, its policies and its workloads in one stack', where }];
      }
      if (address === resource.address) {
        const message = `${name} comes with the same Helm release: its order within the release is not part of the plan`;
        return [{ check, message, fix: 'make it a resource of its own, and depend on it', where, unproven: true }];
      }
      if (isBefore(stack, address, resource.address)) return [];
      const message = `${name} may be applied after the workload`;
      return [{ check, message, fix: `add "${address}" to depends_on`, where }];
    }),
  ];
}

export const applyOrder: Rule = {
  id: 'AIR-ORD-1',
  title: 'Workloads are applied after the policies that confine them',
  explanation:
    'A pod that starts before its policy is in force runs unconfined, and what it connected then stays connected. ' +
    'Terraform orders only by references and depends_on, so each workload must depend, directly or through others, on its ' +
    'namespace, on the deny-all policy, and on every policy of the namespace that selects its pods.',
  waivable: false,
  needs: ['pods', 'policies', 'namespaces'],
  evaluate: (context) =>
    context.pods.flatMap((pod) =>
      judge(
        {
          subject: pod.subject,
          place: placeOf(pod.object),
          proven: 'its namespace and its policies are applied first',
        },
        () => complaintsAbout(pod, context),
      ),
    ),
};
