/** AIR-PLAN-1. */
import { groupedBy, once } from '../../core/remember';
import { fieldsOf } from '../fields/kinds';
import { unreadFields } from '../fields/unread-fields';
import { unreadFiles } from '../files/unread-files';
import { annotationComplaints } from '../kubernetes/annotations';
import { groupOf } from '../kubernetes/kinds';
import { labelComplaints } from '../kubernetes/labels';
import { type Gap, type KubernetesObject, placeOf, subjectOf } from '../kubernetes/object';
import type { PodTemplate } from '../kubernetes/pods';
import { TYPED_RESOURCES } from '../kubernetes/typed-resources';
import type { PlanStack } from '../plan/plan';
import { declarationComplaints } from '../terraform/declarations';
import { unreadExpressions } from '../terraform/expressions';
import { type AuditContext, type Complaint, guard, judge, type Rule, type Statement } from './rule';

const fileStatements = ({ plan }: AuditContext): Statement[] =>
  unreadFiles(plan).map(({ file, message, fix }) => ({
    verdict: 'UNPROVEN',
    subject: file,
    check: 'file',
    message,
    fix,
    place: { stack: '', file, pointer: '' },
  }));

const gapsIn = groupedBy(({ place }: Gap) => place.file);

const expressionsOf = once(unreadExpressions);

/** Expressions that are more than a reference: what they come to, and what they do on the way, no plan shows. */
function expressionComplaints(stack: PlanStack, { gaps }: AuditContext): Complaint[] {
  // A gap at the very value says it already, with all that it makes unknown.
  const said = new Set(gapsIn(gaps, stack.file).map(({ place }) => place.pointer));
  return expressionsOf(stack.root)
    .filter(({ where: { pointer } }) => !said.has(pointer))
    .map(({ where, expression }) => ({
      check: 'expression',
      message: `only plain references are read; this is more: \${${expression}}`,
      fix: 'write the value out in the plan',
      where,
      unproven: true,
    }));
}

/** One statement for each complaint, and none where there is none: the objects of the stack tell what was read. */
function stackStatements(stack: PlanStack, context: AuditContext): Statement[] {
  const place = { stack: stack.name, file: stack.file, pointer: '' };
  const subject = `stack ${stack.name}`;
  return guard(subject, place, () =>
    judge({ subject, place, proven: '' }, () => [
      ...declarationComplaints({ stack, context }),
      ...expressionComplaints(stack, context),
    ]).filter(({ verdict }) => verdict !== 'PROVEN'),
  );
}

/** Annotations and labels of objects and of pods: something in the cluster may act on them. */
const markStatements = ({ object, root, subject }: PodTemplate): Statement[] =>
  judge({ subject, place: placeOf(object), proven: '' }, () => [
    ...annotationComplaints(root),
    ...labelComplaints(root, object.kind === 'Namespace'),
  ]).filter(({ verdict }) => verdict !== 'PROVEN');
const marksOfPod = once(markStatements);
const marksOfObject = once((object: KubernetesObject) =>
  markStatements({ object, root: object.root, subject: subjectOf(object) }),
);

/** Fields that no rule judges and no list calls harmless; an object without any was read in full. */
const fieldStatements = once((object: KubernetesObject): Statement[] => {
  const { apiVersion, kind, root, resource } = object;
  const table = fieldsOf(`${groupOf(apiVersion)}/${kind}`, TYPED_RESOURCES.has(resource.type)) ?? {};
  return judge({ subject: subjectOf(object), place: placeOf(object), proven: 'read in full' }, () =>
    unreadFields(root, table).map(({ node, path, wanted }) => ({
      check: 'field',
      message:
        wanted === undefined
          ? `nobody has said what follows from the field ${path}`
          : `nobody has said what follows from this value of ${path}: ${wanted} is known`,
      fix: 'leave it out, or waive it for this object with a reason',
      where: node.where,
      ...(node.kind === 'scalar' ? { value: String(node.value) } : {}),
      unproven: true,
    })),
  );
});

export const planAnalyzed: Rule = {
  id: 'AIR-PLAN-1',
  title: 'Everything that the plan makes was analyzed',
  explanation:
    'A resource type, a chart, a module or a computed value that the audit cannot look into may make anything. Each one ' +
    'is listed here once, with every rule that cannot be decided because of it. A further file in a stack’s folder that ' +
    'Terraform would read counts as well, and so does any other file below the plan’s folder of which it is not known what ' +
    'reads it. Of expressions, plain references are read; functions may read whatever lies on the deploying machine. Annotations of ' +
    'pods, Services and namespaces are commands to whatever in the cluster reads them, so those that nobody knows count, too.',
  waivable: true,
  needs: [],
  // What could not be read at all is said once for all rules, by whoever runs them.
  evaluate: (context) => [
    ...fileStatements(context),
    ...context.plan.stacks.flatMap((stack) => stackStatements(stack, context)),
    ...context.objects.flatMap(marksOfObject),
    ...context.pods.flatMap(marksOfPod),
    ...context.objects.flatMap(fieldStatements),
  ],
};
