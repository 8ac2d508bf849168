import Ajv, { type SchemaObject } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import type { Result } from 'sarif';
import { sarifLog } from '../../../../audit/report/sarif/log';
import type { AuditReport } from '../../../../audit/report/report';
import { RULES } from '../../../../audit/rules';
import { digestOf } from '../../../../core/digest';
import { ENGINE, Draft, POLICIES } from '../../plans/draft';
import { HOSTILE, PLACINGS, POINTERS, PRINTABLE, reportOf, reportSaying, reportWith } from '../draft-report';
import schema from '../../../fixtures/sarif/sarif-schema-2.1.0.json';

// As github.com/owenrumney/go-sarif v3.3.1 carries it. It is written in draft 4 of JSON Schema, of which it uses nothing that
// draft 7 has changed but the name of `$id`.
const draft7 = JSON.stringify({ ...schema, $schema: undefined, id: undefined, $id: schema.id });
const ajv = new Ajv({ strict: false, allErrors: false });
addFormats(ajv);
const validate = ajv.compile(JSON.parse(draft7) as SchemaObject);

const logOf = (report: AuditReport, verbose = false): ReturnType<typeof sarifLog> =>
  sarifLog(report, { rules: RULES, kitVersion: '1.2.3', verbose });

function expectValid(log: ReturnType<typeof sarifLog>): void {
  validate(JSON.parse(JSON.stringify(log)));
  expect(validate.errors ?? []).toEqual([]);
}

const resultsOf = (report: AuditReport, verbose = false): Result[] => logOf(report, verbose).runs[0]?.results ?? [];

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

/** A plan in which several things are wrong, on several lists and at several places. */
const faulty = (): Draft =>
  new Draft()
    .put(`${POLICIES}/serving_deny/spec/egress`, [{}])
    .put(`${ENGINE}/image`, 'docker.io/vllm/vllm-openai:latest')
    .put(`${ENGINE}/securityContext/privileged`, true);

describe('the report as SARIF', () => {
  it('is valid by the schema of the standard, with and without findings', () => {
    for (const report of [reportOf(new Draft()), reportOf(faulty())])
      for (const verbose of [false, true]) expectValid(logOf(report, verbose));
  });

  it('would not be valid with a level, a place or a field that the standard does not have', () => {
    const log = logOf(reportOf(faulty()));
    const [run] = log.runs;
    for (const result of [
      { level: 'fatal' },
      { locations: [{ physicalLocation: { artifactLocation: { uri: 'a b' } } }] },
      { rule: 'x' },
    ])
      expect(validate({ ...log, runs: [{ ...run, results: [{ message: { text: 'x' }, ...result }] }] })).toBe(false);
  });

  it('says of each rule what it proves and why', () => {
    const rules = logOf(reportOf(new Draft())).runs[0]?.tool.driver.rules ?? [];
    expect(rules.map(({ id }) => id)).toEqual(RULES.map(({ id }) => id));
    for (const { shortDescription, fullDescription, help } of rules)
      for (const text of [shortDescription?.text, fullDescription?.text, help?.text])
        expect(text?.length).toBeGreaterThan(20);
  });

  it('has every finding that closes the gate as an error, with its place', () => {
    const report = reportOf(faulty());
    const failing = report.findings.filter(({ verdict }) => verdict === 'VIOLATED' || verdict === 'UNPROVEN');
    const results = resultsOf(report);
    expect(results).toHaveLength(failing.length);
    expect(failing.length).toBeGreaterThan(3);
    results.forEach((result, at) => {
      const { rule, place, subject, message } = failing[at]!;
      expect(result).toMatchObject({ ruleId: rule, kind: 'fail', level: 'error' });
      expect(RULES[result.ruleIndex ?? -1]?.id).toBe(rule);
      expect(result.message.text).toContain(subject);
      expect(result.message.text).toContain(message.replaceAll('{', '{{').replaceAll('}', '}}'));
      if (place === undefined) {
        expect(result.locations).toBeUndefined();
        return;
      }
      const [location] = result.locations ?? [];
      expect(location?.physicalLocation?.artifactLocation).toEqual({ uri: place.file, uriBaseId: 'PLAN' });
      const names = location?.logicalLocations?.map(({ fullyQualifiedName }) => fullyQualifiedName);
      expect(names).toContain(place.pointer);
      if (place.constructPath !== undefined) expect(names).toContain(place.constructPath);
    });
  });

  it('has what is proven on request, and never as a finding', () => {
    const report = reportOf(new Draft());
    expect(resultsOf(report)).toEqual([]);
    const results = resultsOf(report, true);
    expect(results).toHaveLength(report.findings.length);
    expect(new Set(results.map(({ level }) => level))).toEqual(new Set(['none']));
  });

  it('has what is waived as suppressed, with who accepts it and why', () => {
    const suppressed = resultsOf(reportSaying('accepted for a while')).filter(({ suppressions }) => suppressions);
    expect(suppressed.map(({ properties }) => String(properties?.['verdict']))).toEqual(['WAIVED']);
    expect(suppressed[0]?.suppressions).toEqual([
      {
        ...{ kind: 'external', status: 'accepted', justification: 'accepted for a while.' },
        properties: { approver: 'accepted for a while', expires: 'accepted for a while' },
      },
    ]);
  });

  it('knows a finding again after its place has changed, and no two of one plan for the same', () => {
    const prints = (draft: Draft): string[] =>
      resultsOf(reportOf(draft), true).map(({ partialFingerprints }) => partialFingerprints!['airlockFinding/v1']!);
    const before = prints(faulty());
    expect(new Set(before).size).toBe(before.length);
    const moved = faulty().move('/resource/helm_release/chat', '/resource/helm_release/renamed');
    expect(moved.get('/resource/helm_release/chat')).toBeUndefined();
    const after = new Set(prints(moved));
    const engine = resultsOf(reportOf(faulty())).filter(({ ruleId }) => ruleId === 'AIR-IMG-1');
    expect(engine.length).toBeGreaterThan(0);
    for (const { partialFingerprints } of engine)
      expect(after.has(partialFingerprints!['airlockFinding/v1']!)).toBe(true);
  });

  it('takes braces, brackets and markup of a plan for text', () => {
    const [result] = resultsOf(reportSaying('[click](https://evil.example) {0} <b>'));
    expect(result?.message.text).toContain('[click\\](https://evil.example) {{0}} <b>');
  });

  it('names a file by a relative reference that decodes to it', () => {
    for (const file of ['stacks/a b/cdk.tf.json', 'stacks/ü#?%/cdk.tf.json', 'a:b/c']) {
      const report = {
        ...reportOf(new Draft()),
        inputs: { ...reportOf(new Draft()).inputs, plan: { [file]: digestOf('') } },
      };
      const uri = logOf(report).runs[0]?.artifacts?.[0]?.location?.uri ?? '';
      expect(decodeURIComponent(new URL(uri, 'https://plan.example/base/').pathname)).toBe(`/base/${file}`);
    }
  });

  it('is valid and visible whatever stands at any place of the plan', () => {
    fc.assert(
      fc.property(fc.constantFrom(...POINTERS), fc.constantFrom(...PLACINGS), (pointer, how) => {
        const report = reportWith(HOSTILE, pointer, how);
        if (report === undefined) return;
        const log = logOf(report, true);
        expectValid(log);
        expect(stringsIn(log).filter((text) => !PRINTABLE.test(text))).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  it('is valid and visible whatever a plan, a file or a waiver is called', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant(HOSTILE), fc.string({ unit: 'binary', minLength: 1 })), (text) => {
        const log = logOf(reportSaying(text), true);
        expectValid(log);
        expect(stringsIn(log).filter((one) => !PRINTABLE.test(one))).toEqual([]);
      }),
    );
  });
});
