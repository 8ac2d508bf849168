import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvOf } from '../../../audit/report/csv';
import { visible } from '../../../core/visible';
import { Draft } from '../plans/draft';
import { HOSTILE, PLACINGS, POINTERS, PRINTABLE, reportOf, reportSaying, reportWith } from './draft-report';

/** What a reader of RFC 4180 makes of it. */
const cellsOf = (text: string): string[][] => parse(text, { record_delimiter: '\r\n' });

/** What a spreadsheet makes of it that takes semicolons for what separates cells, and quotes inside of them for text. */
const splitAtSemicolons = (text: string): string[][] =>
  parse(text, { delimiter: ';', quote: false, record_delimiter: '\r\n', relax_column_count: true });

/** What spreadsheets take for a formula. */
const COMPUTED = /^\s*[=+\-@\t\r＝＋－＠]/;

const hostileText = fc.oneof(
  fc.constantFrom(
    HOSTILE,
    '=HYPERLINK("https://evil.example","x")',
    '+1',
    "-1+cmd|' /C calc'!A0",
    '@SUM(1)',
    '\t=1',
    '\r=1',
    '"',
    '",=1,"',
    ';=1',
    '; @x',
    '＝1',
    "'=1",
    '',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom('=', '+', '-', '@', '"', "'", ',', ';', '\t', '\r', '\n', ' ', 'a'),
    maxLength: 12,
  }),
);

describe('the report as CSV', () => {
  it('says of each finding what it is about, where it stands and what to change', () => {
    const draft = new Draft().put('/resource/kubernetes_network_policy_v1/serving_deny/spec/egress', [{}]);
    const [head, ...rows] = cellsOf(csvOf(reportOf(draft), false));
    const findings = rows.map((row) => new Map(row.map((cell, at) => [head![at]!, cell])));
    expect(findings.length).toBeGreaterThan(0);
    const [first] = findings.filter((finding) => finding.get('rule') === 'AIR-NET-1');
    expect(['verdict', 'stack', 'file'].map((column) => first?.get(column))).toEqual([
      ...['VIOLATED', 'serving', 'stacks/serving/cdk.tf.json'],
    ]);
    for (const column of ['subject', 'message', 'fix', 'pointer', 'accepts']) expect(first?.get(column)).toMatch(/./);
  });

  it('has what is proven on request', () => {
    const report = reportOf(new Draft());
    expect(cellsOf(csvOf(report, false))).toHaveLength(1);
    expect(cellsOf(csvOf(report, true))).toHaveLength(report.findings.length + 1);
  });

  it('keeps every text in its cell, visible and as it is, for a reader that we did not write', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const rows = cellsOf(csvOf(reportSaying(text), true));
        expect(rows).toHaveLength(5);
        const cells = rows.flat();
        expect(cells.filter((cell) => !PRINTABLE.test(cell))).toEqual([]);
        // Apostrophes alone are added.
        const plain = (one: string): string => one.replaceAll("'", '');
        expect(cells.filter((cell) => plain(cell) === plain(visible(text))).length).toBeGreaterThan(20);
      }),
    );
  });

  it.each([cellsOf, splitAtSemicolons])('has no cell that a spreadsheet would compute: %p', (reader) => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const cells = reader(csvOf(reportSaying(text), true)).flat();
        expect(cells.filter((cell) => COMPUTED.test(cell))).toEqual([]);
      }),
    );
  });

  it('shows nothing of a plan raw, whatever stands at any place of it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...POINTERS), fc.constantFrom(...PLACINGS), hostileText, (pointer, how, text) => {
        const report = reportWith(text, pointer, how);
        const cells = report === undefined ? [] : cellsOf(csvOf(report, true)).flat();
        expect(cells.filter((cell) => !PRINTABLE.test(cell) || COMPUTED.test(cell))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
