/**
 * The report as text: rows for a table, and findings as paragraphs. Names, values and messages come from the plan, which
 * may hold anything; so each line is made visible as a whole, when it is complete.
 */
import { visible } from '../../core/visible';
import type { Finding } from '../evaluate';
import { type AuditReport, isFailure, VERDICTS } from './report';

export const TABLE_HEAD: readonly string[] = ['rule', 'what it proves', ...VERDICTS];

/** One row per rule; a zero is shown as a dot, so that what counts stands out. */
export const tableRows = ({ rules }: AuditReport): string[][] =>
  rules.map(({ rule, title, counts }) => [
    rule,
    title,
    ...VERDICTS.map((verdict) => (counts[verdict] === 0 ? '·' : String(counts[verdict]))),
  ]);

function placeLines({ place }: Finding): string[] {
  if (place === undefined) return [];
  const pointer = place.inner === undefined ? place.pointer : `${place.pointer} → ${place.inner || '/'}`;
  return [
    ...(place.constructPath === undefined ? [] : [`  construct: ${place.constructPath}`]),
    `  at: ${place.file}#${pointer}`,
  ];
}

/** One finding as a paragraph. */
export function findingText(finding: Finding): string {
  const { rule, check, verdict, subject, message, value, fix, waiver } = finding;
  return [
    `${verdict} ${rule}${check === undefined ? '' : `[${check}]`} ${subject}`,
    `  ${message}`,
    ...(value === undefined ? [] : [`  value: ${value}`]),
    ...placeLines(finding),
    ...(fix === undefined || verdict === 'WAIVED' ? [] : [`  fix: ${fix}`]),
    ...(waiver === undefined ? [] : [`  waived by ${waiver.approver} until ${waiver.expires}: ${waiver.reason}`]),
  ]
    .map(visible)
    .join('\n');
}

/** Findings worth reading: failures and waivers, and with `verbose` everything. */
export const shownFindings = ({ findings }: AuditReport, verbose: boolean): readonly Finding[] =>
  findings.filter(({ verdict }) => verbose || isFailure(verdict) || verdict === 'WAIVED');

/** What must be said beside the table. */
export function notes({ exampleLock, expiredWaivers, unusedWaivers }: AuditReport): string[] {
  return [
    ...(exampleLock
      ? ['the lock is an example: its digests were not resolved, so no cluster can run this plan as it stands']
      : []),
    ...expiredWaivers.map(
      ({ rule, subject, expires }) =>
        `waiver for ${rule} ${subject} expired on ${expires}: it accepts nothing any more`,
    ),
    ...unusedWaivers.map(({ rule, subject }) => `waiver for ${rule} ${subject} is not needed: remove it`),
  ].map(visible);
}

/** The closing line. */
export function conclusion({ gate, rules }: AuditReport): string {
  const total = (verdict: (typeof VERDICTS)[number]): number =>
    rules.reduce((sum, { counts }) => sum + counts[verdict], 0);
  const parts = VERDICTS.filter((verdict) => total(verdict) > 0).map(
    (verdict) => `${String(total(verdict))} ${verdict}`,
  );
  return `${gate === 'pass' ? 'PASS' : 'FAIL'}: ${parts.join(', ')}`;
}
