import { AirlockError } from '../../../core/errors';
import { RULES } from '../../../audit/rules';
import { applyWaivers } from '../../../audit/waivers/apply-waivers';
import { parseWaivers } from '../../../audit/waivers/parse-waivers';
import type { Waiver } from '../../../audit/waivers/waiver';
import type { Finding } from '../../../audit/evaluate';
import { Draft, ENGINE } from '../plans/draft';

const SUBJECT = 'Deployment airlock-serving/chat container engine';
const faultyDraft = (): Draft =>
  new Draft().put(`${ENGINE}/securityContext/privileged`, true).put(`${ENGINE}/securityContext/procMount`, 'Unmasked');
const faulty = (): Finding[] => faultyDraft().findings('AIR-POD-1');
/** What the findings show: one value, since it is one container. */
const ACCEPTS = faulty().find(({ verdict }) => verdict === 'VIOLATED')?.accepts;

const waiver = (change: Partial<Waiver> = {}): Waiver => ({
  rule: 'AIR-POD-1',
  subject: SUBJECT,
  ...(ACCEPTS === undefined ? {} : { accepts: ACCEPTS }),
  reason: 'the driver of this accelerator needs it',
  approver: 'security@nordlicht.example',
  expires: '2026-12-31',
  ...change,
});

const checksOf = (findings: readonly Finding[], verdict: string): (string | undefined)[] =>
  findings.filter((finding) => finding.verdict === verdict).map(({ check }) => check);

const file = (lines: string): string => `apiVersion: airlock/v1alpha1\nkind: Waivers\nwaivers:\n${lines}`;
const ENTRY = `  - rule: AIR-POD-1[hostPorts]
    subject: DaemonSet a/b container c
    reason: the exporter is scraped on the node
    approver: security@nordlicht.example
    expires: 2026-12-31
`;

describe('waivers', () => {
  it('turn the findings of a rule and subject into WAIVED', () => {
    const { findings, expired, unused } = applyWaivers(faulty(), [waiver()], '2026-11-02');
    expect(checksOf(findings, 'WAIVED')).toEqual(['privileged', 'procMount']);
    expect(findings.find(({ verdict }) => verdict === 'WAIVED')?.waiver?.approver).toBe('security@nordlicht.example');
    expect([expired, unused]).toEqual([[], []]);
  });

  it('may accept one check alone', () => {
    const { findings } = applyWaivers(faulty(), [waiver({ rule: 'AIR-POD-1[procMount]' })], '2026-11-02');
    expect([checksOf(findings, 'WAIVED'), checksOf(findings, 'VIOLATED')]).toEqual([['procMount'], ['privileged']]);
  });

  it('hold on their last day, and not on the next', () => {
    expect(checksOf(applyWaivers(faulty(), [waiver()], '2026-12-31').findings, 'VIOLATED')).toEqual([]);
    const { findings, expired, unused } = applyWaivers(faulty(), [waiver()], '2027-01-01');
    expect(checksOf(findings, 'VIOLATED')).toEqual(['privileged', 'procMount']);
    expect([expired, unused]).toEqual([[waiver()], []]);
  });

  it.each([
    ['another subject', waiver({ subject: 'Deployment airlock-serving/chat' })],
    ['another rule', waiver({ rule: 'AIR-NET-2' })],
    ['another check', waiver({ rule: 'AIR-POD-1[hostPorts]' })],
  ])('for %s accept nothing, and are reported as unused', (_, other) => {
    const { findings, unused } = applyWaivers(faulty(), [other], '2026-11-02');
    expect(checksOf(findings, 'VIOLATED')).toHaveLength(2);
    expect(unused).toEqual([other]);
  });

  it('never touch what is proven', () => {
    const clean = new Draft().findings('AIR-POD-1');
    const subject = clean[0]?.subject ?? '';
    const { findings, unused } = applyWaivers(clean, [waiver({ subject })], '2026-11-02');
    expect([findings, unused.length]).toEqual([clean, 1]);
  });

  it.each(['2026-13-01', 'tomorrow', '2026-1-1', ''])('are not held against %j, which is no date', (asOf) => {
    expect(() => applyWaivers([], [], asOf)).toThrow(AirlockError);
  });

  it('are read from YAML', () => {
    expect(parseWaivers(file(ENTRY), 'waivers.yaml', RULES)).toEqual([
      expect.objectContaining({ rule: 'AIR-POD-1[hostPorts]', expires: '2026-12-31' }),
    ]);
  });

  it('of release 0.1.0 still load where they name the same for a rule that nobody can waive', () => {
    const old = file(ENTRY.replace('AIR-POD-1[hostPorts]', 'AIR-IMG-1[opaque]'));
    expect(parseWaivers(old, 'waivers.yaml', RULES)).toHaveLength(1);
  });

  it('may accept that a resource cannot be read, also for rules that nobody can waive', () => {
    const subject = 'kubernetes_api_service_v1.x';
    const text = file(
      ENTRY.replace('AIR-POD-1[hostPorts]', 'AIR-PLAN-1[opaque]').replace('DaemonSet a/b container c', subject),
    );
    const draft = new Draft().put('/resource/kubernetes_api_service_v1/x', {}).put(`${ENGINE}/image`, 'a:b');
    const found = draft.findings('AIR-IMG-1');
    const accepts = found.find(({ check }) => check === 'opaque')?.accepts;
    const waivers = parseWaivers(`${text}    accepts: ${accepts ?? ''}\n`, 'waivers.yaml', RULES);
    const { findings } = applyWaivers(found, waivers, '2026-11-02');
    expect([checksOf(findings, 'WAIVED'), checksOf(findings, 'VIOLATED')]).toEqual([['opaque'], ['digest']]);
  });

  it.each([
    ['a rule that does not exist', ENTRY.replace('AIR-POD-1', 'AIR-POD-9'), 4, /no rule AIR-POD-9/],
    ['a rule that nobody can waive', ENTRY.replace('AIR-POD-1', 'AIR-IMG-1'), 4, /AIR-IMG-1 cannot be waived/],
    ['no approver', ENTRY.replace(/ {4}approver.*\n/, ''), 4, /"approver" is missing/],
    ['a reason that gives none', ENTRY.replace('the exporter is scraped on the node', 'ok'), 6, /at least|fewer|10/],
    ['a day that does not exist', ENTRY.replace('2026-12-31', '2026-02-31'), 8, /date/],
    ['a misspelt key', ENTRY.replace('expires', 'expirse'), 8, /unknown key "expirse"/],
  ])('are refused with %s, at its line', (_, text, line, message) => {
    let thrown: unknown;
    try {
      parseWaivers(file(text), 'waivers.yaml', RULES);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(AirlockError);
    const faults = (thrown as AirlockError).faults;
    expect(faults.map((fault) => `${String(fault.line)} ${fault.message}`)).toEqual(
      expect.arrayContaining([expect.stringMatching(message) as string]),
    );
    expect(faults.some((fault) => fault.line === line)).toBe(true);
  });
});
