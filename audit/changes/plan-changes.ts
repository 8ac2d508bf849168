/** What changed from one plan to another: everything, and nothing for how it is written. */
import { isNetworkPolicy } from '../kubernetes/network-policy';
import { normalize } from '../kubernetes/normalize';
import type { Plan } from '../plan/plan';
import type { Waiver } from '../waivers/waiver';
import { type Change, CHANGE_KINDS, changesOf, statements } from './change';
import { flowChanges } from './flow-changes';
import { byIdentity, objectChanges } from './object-changes';
import { resourceChanges } from './resource-changes';
import { rightChanges } from './right-changes';

export interface Reviewed {
  readonly plan: Plan;
  /** Findings that somebody accepts; undefined where nobody says: they are not compared then. */
  readonly waivers?: readonly Waiver[];
}

function waiverChanges(before: readonly Waiver[], after: readonly Waiver[]): Change[] {
  const saidOf = (waivers: readonly Waiver[]): ReadonlyMap<string, string> =>
    statements(
      waivers.map(({ rule, subject, accepts, reason, approver, expires }) => ({
        key: `${rule} ${subject}`,
        statement: `${reason}; by ${approver} until ${expires}, accepts ${accepts ?? 'nothing'}`,
      })),
    );
  return changesOf(saidOf(before), saidOf(after), (key) => ({ kind: 'waiver', subject: key, what: 'accepted' }));
}

const sortKey = ({ kind, subject, what }: Change): string =>
  [String(CHANGE_KINDS.indexOf(kind)).padStart(2, '0'), subject, what].join('\u0000');

/**
 * Two plans that differ in the order of keys, of resources or in white space alone have no changes. The same plans give the same
 * changes, in the same order.
 */
export function planChanges(before: Reviewed, after: Reviewed): readonly Change[] {
  const old = { plan: before.plan, objects: normalize(before.plan).objects };
  const now = { plan: after.plan, objects: normalize(after.plan).objects };
  const compared = { before: byIdentity(old.objects), after: byIdentity(now.objects) };
  const found = [
    ...flowChanges(old.objects.filter(isNetworkPolicy), now.objects.filter(isNetworkPolicy)),
    ...rightChanges(old.objects, now.objects),
    ...objectChanges(compared.before, compared.after),
    ...resourceChanges(old, now, compared),
    ...(before.waivers === undefined || after.waivers === undefined
      ? []
      : waiverChanges(before.waivers, after.waivers)),
  ];
  return found.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : sortKey(a) > sortKey(b) ? 1 : 0));
}
