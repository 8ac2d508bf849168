import fc from 'fast-check';
import { ASSUMPTIONS } from '../../../../audit/report/assumptions';
import { htmlReport } from '../../../../audit/report/html/page';
import { overviewOf } from '../../../../audit/report/overview/overview';
import type { AuditReport } from '../../../../audit/report/report';
import { newHash } from '../../../../core/digest';
import { Draft, ENGINE, POLICIES } from '../../plans/draft';
import { HOSTILE, PRINTABLE, reportOf, reportSaying } from '../draft-report';

const pageOf = (draft: Draft, report: AuditReport = reportOf(draft)): string =>
  htmlReport({ report, overview: overviewOf(draft.context()), kitVersion: '1.2.3' });

const hostileText = fc.oneof(
  fc.constantFrom(
    ...[HOSTILE, '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "' onmouseover='x", '</style><b>'],
    ...['=HYPERLINK("x")', '&lt;b&gt;', '<!--', ']]>', '${x}'],
  ),
  fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '/', '=', '`', 'a', '\u202e', '\u001b'), maxLength: 12 }),
);

/** Every tag with its attributes, in order: what a browser takes for markup. */
const tagsOf = (page: string): string[] => page.replace(/<style>.*<\/style>/s, '').match(/<[^>]*>/g) ?? [];

/** Its text without the markup. */
const textOf = (page: string): string =>
  page
    .replace(/<style>.*<\/style>/s, '')
    .replace(/<[^>]*>/g, '\n')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

/** What is not folded away. */
const openPart = (page: string): string => page.replace(/<details>.*?<\/details>/gs, '');

describe('the report as HTML', () => {
  it('is the same for the same inputs, byte for byte', () => {
    expect(pageOf(new Draft())).toBe(pageOf(new Draft()));
  });

  it('loads nothing, runs nothing, and lets its own style in by its hash', () => {
    const page = pageOf(new Draft());
    const style = /<style>(.*)<\/style>/s.exec(page)?.[1] ?? '';
    const hash = newHash().update(style).digest('base64');
    expect(page).toContain(
      `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(style).not.toMatch(/url\(|@import|expression/);
    const tags = tagsOf(page);
    expect(tags.filter((tag) => /^<(?:script|img|iframe|object|embed|link|form|use|image)\b/i.test(tag))).toEqual([]);
    expect(tags.filter((tag) => /\s(?:style|src|srcset|on\w+|action|xlink:href)=/i.test(tag))).toEqual([]);
    expect(tags.filter((tag) => /\shref="(?!#)/.test(tag))).toEqual([]);
  });

  it('has the same markup whatever a finding, a waiver or a file is called, and shows it as text', () => {
    const tags = tagsOf(pageOf(new Draft(), reportSaying('a')));
    fc.assert(
      fc.property(hostileText, (text) => {
        const page = pageOf(new Draft(), reportSaying(text));
        expect(tagsOf(page)).toEqual(tags);
        expect(page.split('\n').filter((line) => !PRINTABLE.test(line))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it.each(['metadata/annotations/airlock.dev~1reason', 'metadata/annotations/airlock.dev~1owner', 'metadata/name'])(
    'shows %s of a policy as text, whatever it holds',
    (field) => {
      /** Names of tags and of their attributes. */
      const forms = (text: string): string[] =>
        tagsOf(pageOf(new Draft().put(`${POLICIES}/serving_dns/${field}`, text))).map((tag) =>
          tag.replace(/"[^"]*"/g, '""'),
        );
      const known = new Set([...forms('a'), ...forms('${var.a}')]);
      fc.assert(
        fc.property(hostileText, (text) => {
          expect(forms(text).filter((form) => !known.has(form))).toEqual([]);
        }),
        { numRuns: 8 },
      );
    },
  );

  it('shows whatever closes the gate in full, and folds nothing of it', () => {
    const draft = new Draft().put(`${POLICIES}/serving_deny/spec/egress`, [{}]).put(`${ENGINE}/image`, 'x:latest');
    const report = reportOf(draft);
    const text = textOf(openPart(pageOf(draft, report)));
    const failing = report.findings.filter(({ verdict }) => verdict === 'VIOLATED' || verdict === 'UNPROVEN');
    expect(failing.length).toBeGreaterThan(3);
    for (const { rule, subject, message, fix, place, accepts } of failing)
      for (const part of [rule, subject, message, fix, place?.constructPath, place?.pointer, accepts])
        if (part !== undefined) expect(text).toContain(part);
    expect(text).toContain('FAIL: ');
    expect(text).toContain(`What closes the gate: ${String(failing.length)}`);
  });

  it('says of thousands of failures each, and of thousands of proofs how many', () => {
    const report = reportOf(new Draft());
    const many = (verdict: 'VIOLATED' | 'PROVEN', count: number): AuditReport['findings'] =>
      Array.from({ length: count }, (_, at) => ({
        ...{ rule: 'AIR-POD-1', verdict, subject: `Pod a/p${String(at)}`, message: 'm' },
      }));
    const page = pageOf(new Draft(), { ...report, findings: [...many('VIOLATED', 3000), ...many('PROVEN', 10_000)] });
    const open = openPart(page);
    for (const at of [0, 1, 1500, 2999]) expect(open).toContain(`AIR-POD-1 Pod a/p${String(at)}</h3>`);
    expect(page).toContain('AIR-POD-1: 10000 PROVEN');
    expect(page).toContain('And 9900 more, all PROVEN');
    expect(page.length).toBeLessThan(1_500_000);
  });

  it('names the inputs by digest, the version, and what is assumed', () => {
    const report = reportOf(new Draft());
    const text = textOf(pageOf(new Draft(), report));
    expect(text).toContain(report.inputs.lock);
    expect(text).toContain('Airlock 1.2.3');
    for (const one of ASSUMPTIONS) expect(text).toContain(one);
  });
});
