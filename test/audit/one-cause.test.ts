import { auditContext, evaluateRules, type Finding } from '../../audit/evaluate';
import { isFailure } from '../../audit/report/report';
import { buildReport } from '../../audit/report/report';
import { conclusion, findingText } from '../../audit/report/text';
import { RULES } from '../../audit/rules';
import { applyWaivers } from '../../audit/waivers/apply-waivers';
import type { Waiver } from '../../audit/waivers/waiver';
import { digestOf } from '../../core/digest';
import { Draft } from './plans/draft';

const NAMESPACE = '/resource/kubernetes_namespace_v1/serving';
const DENY = '/resource/kubernetes_network_policy_v1/serving_deny';
const DAY = '2026-11-02';

const failing = (findings: readonly Finding[]): Finding[] => findings.filter(({ verdict }) => isFailure(verdict));
const lines = (findings: readonly Finding[]): string[] =>
  failing(findings).map(({ verdict, rule, check = '', subject }) => `${verdict} ${rule}[${check}] ${subject}`);

const waiverOf = ({ rule, subject, accepts, check }: Finding): Waiver => ({
  rule: `${rule}[${check ?? ''}]`,
  subject,
  ...(accepts === undefined ? {} : { accepts }),
  reason: 'it was read, and is what it should be',
  approver: 'security@nordlicht.example',
  expires: '2026-12-31',
});

const reportOf = (findings: readonly Finding[]): ReturnType<typeof buildReport> => {
  const digest = digestOf('');
  return buildReport({
    ...{ site: 'nordlicht', exampleLock: false, expiredWaivers: [], unboundWaivers: [], unusedWaivers: [] },
    inputs: { site: digest, enclave: digest, lock: digest, plan: {} },
    rules: RULES,
    findings,
  });
};

/** The clean plan names the namespace by a reference in one place: that would be a second thing that nobody knows. */
const named = (draft: Draft): Draft =>
  draft.put('/resource/kubernetes_network_policy_v1/serving_dns/metadata/namespace', 'airlock-serving');

/** Ways to make one resource one that cannot be read, or of which nobody knows whether it is made as it stands. */
const WAYS: readonly [string, string, (draft: Draft) => Draft, string][] = [
  [
    'a namespace with a count',
    'namespaces',
    (d) => d.put(`${NAMESPACE}/count`, '${var.some}'),
    'kubernetes_namespace_v1.serving',
  ],
  [
    'a namespace with a computed name',
    'namespaces',
    (d) => named(d).put(`${NAMESPACE}/metadata/name`, '${var.name}'),
    'kubernetes_namespace_v1.serving',
  ],
  [
    'a deny-all policy with a dynamic block',
    'policies',
    (d) => d.put(`${DENY}/dynamic`, { egress: {} }),
    'kubernetes_network_policy_v1.serving_deny',
  ],
  [
    'a deny-all policy with for_each',
    'policies',
    (d) => d.put(`${DENY}/for_each`, '${var.some}'),
    'kubernetes_network_policy_v1.serving_deny',
  ],
];

describe.each(WAYS)('%s', (_what, concern, change, subject) => {
  const draft = (): Draft => change(new Draft());
  const needing = RULES.filter(({ needs }) => needs.some((one) => one === concern)).map(({ id }) => id);

  it('is one finding, and nothing is violated because of it', () => {
    expect(lines(draft().allFindings())).toEqual([`UNPROVEN AIR-PLAN-1[opaque] ${subject}`]);
  });

  it('names every rule that cannot be decided, whose row says so', () => {
    const found = draft().allFindings();
    const folded = failing(found)[0]?.folds?.map(({ rule }) => rule) ?? [];
    expect(folded).toEqual(expect.arrayContaining(needing));
    const { rules } = reportOf(found);
    for (const id of folded)
      expect({ id, counts: rules.find(({ rule }) => rule === id)?.counts }).toMatchObject({
        id,
        counts: { UNPROVEN: expect.any(Number) as number },
      });
    expect(rules.filter(({ counts }) => counts.UNPROVEN > 0).map(({ rule }) => rule)).toEqual(
      RULES.map(({ id }) => id).filter((id) => id === 'AIR-PLAN-1' || folded.includes(id)),
    );
    expect(conclusion(reportOf(found))).toMatch(/^FAIL: 1 UNPROVEN, /);
    expect(findingText(failing(found)[0]!)).toContain(`undecided with it: ${folded.join(', ')}`);
  });

  it('is found by each of these rules alone, too', () => {
    for (const id of needing) expect(lines(draft().findings(id))).toEqual([`UNPROVEN AIR-PLAN-1[opaque] ${subject}`]);
  });

  it('is waived as one, and the rules with it', () => {
    const found = draft().allFindings();
    const { findings, unused } = applyWaivers(found, failing(found).map(waiverOf), DAY);
    expect([lines(findings), unused]).toEqual([[], []]);
    const { gate, rules } = reportOf(findings);
    expect(gate).toBe('pass');
    for (const id of needing) expect(rules.find(({ rule }) => rule === id)?.counts.WAIVED).toBeGreaterThan(0);
  });
});

describe('what cannot be read', () => {
  it('is no excuse for what lacks elsewhere', () => {
    const draft = new Draft()
      .put(`${DENY}/dynamic`, { egress: {} })
      .drop('/resource/kubernetes_network_policy_v1/mirror_deny');
    expect(lines(draft.findings('AIR-NET-1')).sort()).toEqual([
      'UNPROVEN AIR-PLAN-1[opaque] kubernetes_network_policy_v1.serving_deny',
      'VIOLATED AIR-NET-1[egress] Namespace airlock-mirror',
      'VIOLATED AIR-NET-1[ingress] Namespace airlock-mirror',
    ]);
  });

  it('leaves what lacks unsure where it may be anything, which no waiver of it covers', () => {
    const chart = { name: 'x', namespace: 'airlock-serving', chart: 'assets/other' };
    const draft = new Draft().put('/resource/helm_release/x', chart).drop(DENY);
    const found = draft.findings('AIR-NET-1');
    expect(lines(found).sort()).toEqual([
      'UNPROVEN AIR-NET-1[egress] Namespace airlock-serving',
      'UNPROVEN AIR-NET-1[ingress] Namespace airlock-serving',
      'UNPROVEN AIR-PLAN-1[opaque] helm_release.x',
    ]);
    const cause = found.filter(({ rule }) => rule === 'AIR-PLAN-1').map(waiverOf);
    expect(lines(applyWaivers(found, cause, DAY).findings)).toHaveLength(2);
  });

  it('is no copy where the plan says that there is none', () => {
    expect(lines(new Draft().put(`${DENY}/count`, 0).findings('AIR-NET-1'))).toEqual([
      'VIOLATED AIR-NET-1[ingress] Namespace airlock-serving',
      'VIOLATED AIR-NET-1[egress] Namespace airlock-serving',
    ]);
  });

  it('is accepted with what hangs on it, and with nothing that does so later', () => {
    const unread = (draft: Draft): Draft =>
      draft.put('/resource/kubernetes_network_policy_v1/more', {
        metadata: { name: 'more', namespace: 'airlock-serving' },
        dynamic: { spec: {} },
      });
    const before = unread(new Draft()).allFindings();
    const waivers = failing(before).map(waiverOf);
    expect(lines(applyWaivers(before, waivers, DAY).findings)).toEqual([]);
    const after = unread(new Draft()).drop(DENY).allFindings();
    const { findings, unbound } = applyWaivers(after, waivers, DAY);
    expect(lines(findings)).toContain('UNPROVEN AIR-PLAN-1[opaque] kubernetes_network_policy_v1.more');
    expect(unbound).toEqual(waivers);
  });

  it('is accepted as a whole: a change anywhere in it is another value', () => {
    const unread = (more: object): Finding[] =>
      failing(
        new Draft().put(`${DENY}/dynamic`, { egress: {} }).put(`${DENY}/spec/policy_types`, more).findings('AIR-NET-1'),
      );
    const [one] = unread(['Ingress', 'Egress']);
    const [other] = unread(['Ingress']);
    expect(one?.accepts).toMatch(/^sha256:/);
    expect(other?.accepts).not.toBe(one?.accepts);
  });

  it('needs no waiver for each rule any more: those that were written so are reported', () => {
    const found = new Draft().put('/resource/kubernetes_api_service_v1/x', {}).allFindings();
    const [cause] = failing(found).map(waiverOf);
    const old = { ...cause!, rule: 'AIR-IMG-1[opaque]' };
    const { findings, unused } = applyWaivers(found, [cause!, old], DAY);
    expect([lines(findings), unused]).toEqual([[], [old]]);
  });

  it('is said whichever rules run, and not where none of them hangs on it', () => {
    const context = auditContext(new Draft().put(`${DENY}/dynamic`, {}).plan(), new Draft());
    const found = (id: string): string[] =>
      lines(
        evaluateRules(
          RULES.filter((rule) => rule.id === id),
          context,
        ),
      );
    expect(found('AIR-NET-6')).toHaveLength(1);
    expect(found('AIR-SEC-1')).toEqual([]);
  });
});
