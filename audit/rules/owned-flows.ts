/** AIR-NET-6. */
import { OWNER_ANNOTATION, REASON_ANNOTATION } from '../../catalog/platform/names';
import { DIRECTIONS, rulesOf } from '../kubernetes/network-policy';
import { type KubernetesObject, placeOf, subjectOf } from '../kubernetes/object';
import { at, textOf } from '../plan/access';
import { type AuditContext, type Complaint, guard, judge, type Rule, type Statement } from './rule';

const SAID = [
  { check: 'owner', key: OWNER_ANNOTATION, what: 'who answers for it' },
  { check: 'reason', key: REASON_ANNOTATION, what: 'why it is allowed' },
] as const;

function complaintsAbout({ root }: KubernetesObject): Complaint[] {
  const metadata = at(root, 'metadata') ?? root;
  const annotations = at(metadata, 'annotations');
  return SAID.flatMap(({ check, key, what }) => {
    const node = at(annotations ?? metadata, key);
    if (annotations !== undefined && (textOf(node) ?? '').trim() !== '') return [];
    const message = `the policy allows a flow and does not say ${what}`;
    const fix = `annotate it with ${key}`;
    return [{ check, message, fix, where: (node ?? annotations ?? metadata).where }];
  });
}

function judged(policy: KubernetesObject): Statement[] {
  const [subject, place] = [subjectOf(policy), placeOf(policy)];
  return guard(subject, place, () => {
    if (!DIRECTIONS.some((direction) => rulesOf(policy, direction).length > 0)) return [];
    return judge({ subject, place, proven: 'says who answers for the flow, and why it is allowed' }, () =>
      complaintsAbout(policy),
    );
  });
}

export const ownedFlows: Rule = {
  id: 'AIR-NET-6',
  title: 'Every allowed flow says who answers for it and why',
  explanation:
    'A flow that nobody answers for is never closed. Each NetworkPolicy that allows something carries two annotations, ' +
    `${OWNER_ANNOTATION} and ${REASON_ANNOTATION}, which are not empty. The owner is a person or a team, or the stack of the ` +
    'platform that opens a flow between its own parts.',
  waivable: true,
  needs: ['policies'],
  evaluate: ({ policies }: AuditContext) => policies.flatMap(judged),
};
