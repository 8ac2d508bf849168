/** Holds findings against waivers. */
import { badInput } from '../../core/errors';
import type { Finding } from '../evaluate';
import type { Waiver } from './waiver';

export interface Waived {
  readonly findings: readonly Finding[];
  /** Waivers past their last day: they accept nothing any more. */
  readonly expired: readonly Waiver[];
  /** Waivers that no finding needs. */
  readonly unused: readonly Waiver[];
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

const covers = (waiver: Waiver, { rule, check, subject, verdict }: Finding): boolean =>
  (verdict === 'VIOLATED' || verdict === 'UNPROVEN') &&
  waiver.subject === subject &&
  (waiver.rule === rule || (check !== undefined && waiver.rule === `${rule}[${check}]`));

/**
 * Turns findings that a waiver accepts into WAIVED.
 *
 * @param asOf the day on which the decision is made, YYYY-MM-DD
 * @throws AirlockError (input) when `asOf` is no date
 */
export function applyWaivers(findings: readonly Finding[], waivers: readonly Waiver[], asOf: string): Waived {
  if (!DAY.test(asOf) || Number.isNaN(Date.parse(asOf))) {
    throw badInput('USAGE_INVALID_VALUE', `"${asOf}" is not a date`, 'write YYYY-MM-DD');
  }
  // Days in this form compare as texts.
  const expired = waivers.filter(({ expires }) => expires < asOf);
  const valid = waivers.filter(({ expires }) => expires >= asOf);
  const used = new Set<Waiver>();
  const judged = findings.map((finding): Finding => {
    const waiver = valid.find((candidate) => covers(candidate, finding));
    if (waiver === undefined) return finding;
    used.add(waiver);
    return { ...finding, verdict: 'WAIVED', waiver };
  });
  return { findings: judged, expired, unused: valid.filter((waiver) => !used.has(waiver)) };
}
