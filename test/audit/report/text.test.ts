import fc from 'fast-check';
import { conclusion, findingText, notes, ruleTable, shownFindings } from '../../../audit/report/text';
import { buildReport } from '../../../audit/report/report';
import { RULES } from '../../../audit/rules';
import { digestOf } from '../../../core/digest';
import { cleanPlan } from '../plans/clean-plan';
import { Draft, leftText } from '../plans/draft';

/** Begins as no name does, and holds what steers a terminal, reorders text or forges a line. */
const HOSTILE = 'x\u001b[2J\u001b[32m\nPASS: 262 PROVEN\r\u009b1m\u202eevil\u2066\u2028\u0007\u0000\u200b';
/** What each line of a finding begins with. */
const LINE = /^(?:(?:VIOLATED|UNPROVEN|PROVEN|WAIVED|N\/A) AIR-| {2}\S)/;
const PRINTABLE = /^[^\p{C}\p{Zl}\p{Zp}]*$/u;

function linesOf(draft: Draft): string[] {
  const digest = digestOf('');
  const report = buildReport({
    ...{
      site: 'nordlicht',
      exampleLock: false,
      expiredWaivers: [],
      unboundWaivers: [],
      unusedWaivers: [],
      rules: RULES,
    },
    inputs: { site: digest, enclave: digest, lock: digest, plan: {} },
    findings: draft.allFindings(),
  });
  return [
    ...shownFindings(report, true).flatMap((finding) => findingText(finding).split('\n')),
    ...[...notes(report), conclusion(report), ...ruleTable(report).rows.flat(2)].map((line) => `  ${line}`),
  ];
}

function expectVisible(draft: Draft): void {
  const lines = linesOf(draft);
  expect(lines.filter((line) => !PRINTABLE.test(line) || !LINE.test(line))).toEqual([]);
}

/** Pointers of every value below one. */
function pointersIn(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [at];
  const below = Object.entries(value).flatMap(([key, child]) =>
    pointersIn(child, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
  return [at, ...below].filter((pointer) => pointer !== '');
}

/** But those of comments, whose key the draft cannot move. */
const POINTERS = pointersIn(cleanPlan()).filter((pointer) => !pointer.includes('~1~1'));

describe('the report as text', () => {
  it('shows nothing of a plan raw, whatever stands at any place of it', () => {
    const place = fc.constantFrom(...POINTERS);
    fc.assert(
      fc.property(place, fc.constantFrom('value', 'key', 'item'), (pointer, how) => {
        const draft = new Draft();
        if (how === 'value') draft.put(pointer, HOSTILE);
        else if (how === 'item') draft.put(pointer, [HOSTILE, { [HOSTILE]: HOSTILE }]);
        else draft.move(pointer, `${pointer.slice(0, pointer.lastIndexOf('/'))}/${HOSTILE}`);
        try {
          expectVisible(draft);
        } catch (error) {
          // Some places make a plan malformed; that is said in another way.
          if ((error as { kind?: string }).kind !== 'input') throw error;
        }
      }),
      { numRuns: 150 },
    );
  });

  it('shows a hostile name as its codes, on the line of its finding', () => {
    const draft = new Draft().put('/resource/kubernetes_namespace_v1/mirror/metadata/name', HOSTILE);
    const lines = linesOf(draft);
    expect(lines.some((line) => line.includes('x\\u{1b}[2J\\u{1b}[32m\\u{a}PASS: 262 PROVEN'))).toBe(true);
    expect(lines.filter((line) => line.startsWith('PASS'))).toEqual([]);
  });

  it('shows names of files, stacks and waivers in the same way', () => {
    const draft = new Draft().addStack(HOSTILE, cleanPlan());
    draft.assets.set(`stacks/serving/${HOSTILE}`, digestOf('x'));
    draft.left.set(`stacks/serving/.terraform/${HOSTILE}`, leftText(HOSTILE));
    expectVisible(draft);
    const waiver = { rule: HOSTILE, subject: HOSTILE, reason: HOSTILE, approver: HOSTILE, expires: HOSTILE };
    const finding = { rule: 'AIR-POD-1', verdict: 'WAIVED', subject: HOSTILE, message: HOSTILE, waiver } as const;
    const place = { stack: HOSTILE, file: HOSTILE, pointer: HOSTILE, inner: HOSTILE, constructPath: HOSTILE };
    const text = findingText({ ...finding, place, value: HOSTILE, check: HOSTILE, fix: HOSTILE });
    expect(text.split('\n').filter((line) => !PRINTABLE.test(line) || !LINE.test(line))).toEqual([]);
    const parts = {
      site: '',
      rules: [],
      findings: [],
      exampleLock: true,
      expiredWaivers: [waiver],
      unboundWaivers: [waiver],
      unusedWaivers: [waiver],
    };
    const digest = digestOf('');
    const report = buildReport({ ...parts, inputs: { site: digest, enclave: digest, lock: digest, plan: {} } });
    expect(notes(report).filter((note) => !PRINTABLE.test(note))).toEqual([]);
  });
});
