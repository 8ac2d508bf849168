/** Holds findings against waivers. */
import { badInput } from '../../core/errors';
import { groupedBy } from '../../core/remember';
import type { Finding } from '../evaluate';
import type { Waiver } from './waiver';

export interface Waived {
  readonly findings: readonly Finding[];
  /** Waivers past their last day: they accept nothing any more. */
  readonly expired: readonly Waiver[];
  /** Waivers that name what a finding is about, and not the value that stands there now. */
  readonly unbound: readonly Waiver[];
  /** Waivers that no finding needs. */
  readonly unused: readonly Waiver[];
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Longest life of a waiver, in days, unless the enclave says otherwise: whoever accepts something looks at it again within about a year. */
const LONGEST_DAYS = 400;
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

const waiversFor = groupedBy(({ subject }: Waiver) => subject);
const findingsAbout = groupedBy(({ subject }: Finding) => subject);

const names = (waiver: Waiver, { rule, check, subject, verdict }: Finding): boolean =>
  (verdict === 'VIOLATED' || verdict === 'UNPROVEN') &&
  waiver.subject === subject &&
  (waiver.rule === rule || (check !== undefined && waiver.rule === `${rule}[${check}]`));

const covers = (waiver: Waiver, finding: Finding): boolean =>
  names(waiver, finding) && waiver.accepts !== undefined && waiver.accepts === finding.accepts;

/** @throws AirlockError (input) for a waiver that lasts longer than anybody should accept anything unseen */
function refuseLong(waivers: readonly Waiver[], asOf: string, longestDays: number): void {
  const long = waivers.find(({ expires }) => Date.parse(expires) - Date.parse(asOf) > longestDays * DAY_MILLISECONDS);
  if (long === undefined) return;
  throw badInput(
    'WAIVER_FILE_INVALID',
    `the waiver of ${long.rule} for ${long.subject} holds until ${long.expires}, more than ${String(longestDays)} days from ${asOf}`,
    `write a day within ${String(longestDays)} days, and look at it again then`,
  );
}

/**
 * Turns findings that a waiver accepts into WAIVED.
 *
 * @param asOf the day on which the decision is made, YYYY-MM-DD
 * @param longestDays most days from then until a waiver ends
 * @throws AirlockError (input) when `asOf` is no date
 */
export function applyWaivers(
  findings: readonly Finding[],
  waivers: readonly Waiver[],
  asOf: string,
  longestDays = LONGEST_DAYS,
): Waived {
  if (!DAY.test(asOf) || Number.isNaN(Date.parse(asOf))) {
    throw badInput('USAGE_INVALID_VALUE', `"${asOf}" is not a date`, 'write YYYY-MM-DD');
  }
  refuseLong(waivers, asOf, longestDays);
  // Days in this form compare as texts.
  const expired = waivers.filter(({ expires }) => expires < asOf);
  const valid = waivers.filter(({ expires }) => expires >= asOf);
  const used = new Set<Waiver>();
  const judged = findings.map((finding): Finding => {
    const waiver = waiversFor(valid, finding.subject).find((one) => covers(one, finding));
    if (waiver === undefined) return finding;
    used.add(waiver);
    return { ...finding, verdict: 'WAIVED', waiver };
  });
  const idle = valid.filter((waiver) => !used.has(waiver));
  const unbound = idle.filter((waiver) =>
    findingsAbout(findings, waiver.subject).some((finding) => names(waiver, finding)),
  );
  return { findings: judged, expired, unbound, unused: idle.filter((waiver) => !unbound.includes(waiver)) };
}
