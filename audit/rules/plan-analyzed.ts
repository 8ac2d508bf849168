/** AIR-PLAN-1. */
import { unreadFiles } from '../files/unread-files';
import { annotationComplaints } from '../kubernetes/annotations';
import { groupOf } from '../kubernetes/kinds';
import { subjectOf, placeOf } from '../kubernetes/object';
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

/** Expressions that are more than a reference: what they come to, and what they do on the way, no plan shows. */
function expressionComplaints(stack: PlanStack, { gaps }: AuditContext): Complaint[] {
  // A gap at the very value says it already, with all that it makes unknown.
  const said = new Set(gaps.flatMap(({ place: { file, pointer } }) => (file === stack.file ? [pointer] : [])));
  return unreadExpressions(stack.root)
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

/** Annotations of what others act on: pods, the way to them, and the namespaces that they are in. */
const annotationStatements = ({ objects, pods }: AuditContext): Statement[] =>
  [
    ...objects
      .filter(({ apiVersion, kind }) => groupOf(apiVersion) === '' && ['Service', 'Namespace'].includes(kind))
      .map((object) => ({ object, root: object.root, subject: subjectOf(object) })),
    ...pods,
  ].flatMap(({ object, root, subject }) =>
    judge({ subject, place: placeOf(object), proven: '' }, () => annotationComplaints(root)).filter(
      ({ verdict }) => verdict !== 'PROVEN',
    ),
  );

export const planAnalyzed: Rule = {
  id: 'AIR-PLAN-1',
  title: 'Everything that the plan makes was analyzed',
  explanation:
    'A resource type, a chart, a module or a computed value that the audit cannot look into may make anything. Each one ' +
    'is listed here, and makes every rule that depends on it UNPROVEN too. A further file in a stack’s folder that ' +
    'Terraform would read counts as well, and so does any other file below the plan’s folder of which it is not known what ' +
    'reads it. Of expressions, plain references are read; functions may read whatever lies on the deploying machine. Annotations of ' +
    'pods, Services and namespaces are commands to whatever in the cluster reads them, so those that nobody knows count, too.',
  waivable: true,
  needs: [],
  evaluate: (context) => [
    ...context.gaps.map(({ subject, message, fix, place }) => ({
      verdict: 'UNPROVEN' as const,
      subject,
      check: 'opaque',
      message,
      fix,
      place,
    })),
    ...fileStatements(context),
    ...context.plan.stacks.flatMap((stack) => stackStatements(stack, context)),
    ...annotationStatements(context),
    ...context.objects.map((object) => ({
      verdict: 'PROVEN' as const,
      subject: subjectOf(object),
      message: 'read in full',
      place: placeOf(object),
    })),
  ],
};
