/** The report as people read it. Names, values and messages come from the plan, which may hold anything. */
import { type Page, type Table, table } from '../../core/page';
import { type Line, lines, show, type Text } from '../../core/visible';
import type { Finding } from '../evaluate';
import { type AuditReport, isFailure, VERDICTS } from './report';

/** One row per rule; a zero is shown as a dot, so that what counts stands out. */
export const ruleTable = ({ rules }: AuditReport): Table =>
  table(
    ['rule', 'what it proves', ...VERDICTS],
    rules.map(({ rule, title, counts }) => [
      rule,
      title,
      ...VERDICTS.map((verdict) => (counts[verdict] === 0 ? '·' : counts[verdict])),
    ]),
  );

function placeLines({ place }: Finding): Line[] {
  if (place === undefined) return [];
  const pointer = place.inner === undefined ? place.pointer : `${place.pointer} → ${place.inner || '/'}`;
  return [
    ...(place.constructPath === undefined ? [] : [show`  construct: ${place.constructPath}`]),
    show`  at: ${place.file}#${pointer}`,
  ];
}

/** What cannot be decided before a finding is, in words: the rules, then what each of them would say of what. */
export const foldTexts = ({ folds = [] }: Finding): readonly string[] =>
  folds.length === 0
    ? []
    : [
        folds.map(({ rule }) => rule).join(', '),
        ...folds.flatMap(({ rule, subjects = [] }) => subjects.map((subject) => `${rule} ${subject}`)),
      ];

/** How that stands: with the finding it is waived, or waits. */
export const foldTerm = ({ verdict }: Finding): string =>
  verdict === 'WAIVED' ? 'waived with it' : 'undecided with it';

const foldLines = (finding: Finding): Line[] => foldTexts(finding).map((text) => show`  ${foldTerm(finding)}: ${text}`);

/** One finding as a paragraph. */
export function findingText(finding: Finding): Text {
  const { rule, check, verdict, subject, message, value, fix, accepts, waiver } = finding;
  return lines([
    show`${verdict} ${rule}${check === undefined ? '' : `[${check}]`} ${subject}`,
    show`  ${message}`,
    ...(value === undefined ? [] : [show`  value: ${value}`]),
    ...placeLines(finding),
    ...foldLines(finding),
    ...(fix === undefined || verdict === 'WAIVED' ? [] : [show`  fix: ${fix}`]),
    ...(accepts === undefined || verdict === 'WAIVED' ? [] : [show`  accepts: ${accepts}`]),
    ...(waiver === undefined ? [] : [show`  waived by ${waiver.approver} until ${waiver.expires}: ${waiver.reason}`]),
  ]);
}

/** Findings worth reading: failures and waivers, and with `verbose` everything. */
export const shownFindings = ({ findings }: AuditReport, verbose: boolean): readonly Finding[] =>
  findings.filter(({ verdict }) => verbose || isFailure(verdict) || verdict === 'WAIVED');

/** What must be said beside the table. */
export function notes({ exampleLock, expiredWaivers, unboundWaivers, unusedWaivers }: AuditReport): Line[] {
  return [
    ...(exampleLock
      ? [
          show`note: the lock is an example: its digests were not resolved, so no cluster can run this plan as it stands`,
        ]
      : []),
    ...expiredWaivers.map(
      ({ rule, subject, expires }) =>
        show`note: waiver for ${rule} ${subject} expired on ${expires}: it accepts nothing any more`,
    ),
    ...unboundWaivers.map(
      ({ rule, subject, accepts }) =>
        show`note: waiver for ${rule} ${subject} ${accepts === undefined ? 'names no value' : 'accepts another value'}: look at the finding again, and write what it shows as accepts`,
    ),
    ...unusedWaivers.map(({ rule, subject }) => show`note: waiver for ${rule} ${subject} is not needed: remove it`),
  ];
}

/** The closing line: one for each cause, whatever hangs on it. */
export function conclusion({ gate, findings }: AuditReport): Line {
  const totals = new Map<string, number>();
  for (const { verdict } of findings) totals.set(verdict, (totals.get(verdict) ?? 0) + 1);
  const parts = VERDICTS.flatMap((verdict) => {
    const total = totals.get(verdict);
    return total === undefined ? [] : [`${String(total)} ${verdict}`];
  });
  return show`${gate === 'pass' ? 'PASS' : 'FAIL'}: ${parts.join(', ')}`;
}

/** All of a report that a person is shown, the verdict last. */
export const reportPage = (report: AuditReport, verbose: boolean): Page => [
  ruleTable(report),
  ...shownFindings(report, verbose).flatMap((finding) => [show``, findingText(finding)]),
  show``,
  ...notes(report),
  conclusion(report),
];
