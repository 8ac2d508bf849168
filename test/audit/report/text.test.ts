import fc from 'fast-check';
import type { AuditReport } from '../../../audit/report/report';
import { conclusion, findingText, notes, ruleTable, shownFindings } from '../../../audit/report/text';
import { digestOf } from '../../../core/digest';
import { cleanPlan } from '../plans/clean-plan';
import { Draft, leftText } from '../plans/draft';
import { HOSTILE, PLACINGS, POINTERS, PRINTABLE, reportOf, reportSaying, reportWith } from './draft-report';

/** What each line of a finding begins with. */
const LINE = /^(?:(?:VIOLATED|UNPROVEN|PROVEN|WAIVED|N\/A) AIR-| {2}\S)/;

const linesOf = (report: AuditReport): string[] => [
  ...shownFindings(report, true).flatMap((finding) => findingText(finding).split('\n')),
  ...[...notes(report), conclusion(report), ...ruleTable(report).rows.flat(2)].map((line) => `  ${line}`),
];

const expectVisible = (report: AuditReport): void =>
  expect(linesOf(report).filter((line) => !PRINTABLE.test(line) || !LINE.test(line))).toEqual([]);

describe('the report as text', () => {
  it('shows nothing of a plan raw, whatever stands at any place of it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...POINTERS), fc.constantFrom(...PLACINGS), (pointer, how) => {
        const report = reportWith(HOSTILE, pointer, how);
        if (report !== undefined) expectVisible(report);
      }),
      { numRuns: 60 },
    );
  });

  it('shows a hostile name as its codes, on the line of its finding', () => {
    const draft = new Draft().put('/resource/kubernetes_namespace_v1/mirror/metadata/name', HOSTILE);
    const lines = linesOf(reportOf(draft));
    expect(lines.some((line) => line.includes('x\\u{1b}[2J\\u{1b}[32m\\u{a}PASS: 262 PROVEN'))).toBe(true);
    expect(lines.filter((line) => line.startsWith('PASS'))).toEqual([]);
  });

  it('shows names of files, stacks and waivers in the same way', () => {
    const draft = new Draft().addStack(HOSTILE, cleanPlan());
    draft.assets.set(`stacks/serving/${HOSTILE}`, digestOf('x'));
    draft.left.set(`stacks/serving/.terraform/${HOSTILE}`, leftText(HOSTILE));
    expectVisible(reportOf(draft));
    expectVisible(reportSaying(HOSTILE));
  });
});
