/** AIR-PLAN-1. */
import { subjectOf, placeOf } from '../kubernetes/object';
import type { Rule } from './rule';

export const planAnalyzed: Rule = {
  id: 'AIR-PLAN-1',
  title: 'Everything that the plan makes was analyzed',
  explanation:
    'A resource type, a chart, a module or a computed value that the audit cannot look into may make anything. Each one ' +
    'is listed here, and makes every rule that depends on it UNPROVEN too. A further file in a stack’s folder that ' +
    'Terraform would read counts as well.',
  waivable: true,
  needs: [],
  evaluate: ({ objects, gaps }) => [
    ...gaps.map(({ subject, message, fix, place }) => ({
      verdict: 'UNPROVEN' as const,
      subject,
      check: 'opaque',
      message,
      fix,
      place,
    })),
    ...objects.map((object) => ({
      verdict: 'PROVEN' as const,
      subject: subjectOf(object),
      message: 'read in full',
      place: placeOf(object),
    })),
  ],
};
