/** What a waiver accepts: the value that stood there when somebody looked at it, and nothing that came later. */
import type { Finding } from '../../../audit/evaluate';
import { RULES } from '../../../audit/rules';
import { applyWaivers } from '../../../audit/waivers/apply-waivers';
import { parseWaivers } from '../../../audit/waivers/parse-waivers';
import { proposeWaivers, UNWRITTEN, waiversFile } from '../../../audit/waivers/propose-waivers';
import type { Waiver } from '../../../audit/waivers/waiver';
import { buildReport, type AuditReport } from '../../../audit/report/report';
import { digestOf } from '../../../core/digest';
import { TOOLBOX_IMAGE } from '../plans/clean-plan';
import { Draft, ENGINE, leftText, MIRROR_POD, POD, POLICIES, VALUES, WORKLOAD } from '../plans/draft';

const DAY = '2026-11-02';
const fails = ({ verdict }: Finding): boolean => verdict === 'VIOLATED' || verdict === 'UNPROVEN';

/** Waivers for each finding of a rule that fails, as a person would complete them. */
const waiversOf = (draft: Draft, rule: string): Waiver[] =>
  draft
    .findings(rule)
    .filter(fails)
    .map(({ check, subject, accepts }) => ({
      ...{ rule: check === undefined ? rule : `${rule}[${check}]`, subject, reason: 'looked at it twice' },
      ...{ approver: 'security@nordlicht.example', expires: '2027-03-31' },
      ...(accepts === undefined ? {} : { accepts }),
    }));

const left = (draft: Draft, rule: string, waivers: readonly Waiver[]): number =>
  applyWaivers(draft.findings(rule), waivers, DAY).findings.filter(fails).length;

interface Case {
  readonly name: string;
  readonly rule: string;
  /** What is accepted. */
  readonly fault: (draft: Draft) => unknown;
  /** What comes behind the waiver later, under the same subject and check. */
  readonly later: (draft: Draft) => unknown;
}

const privileged = (draft: Draft): unknown => draft.put(`${ENGINE}/securityContext/privileged`, true);
const mapped = (draft: Draft): Draft =>
  draft.put(`${POD}/volumes/-`, { name: 'more', hostPath: { path: '/srv/models' } });
const opened = (draft: Draft): Draft =>
  draft.put(`${POLICIES}/mirror_fill/spec/egress/0/to/-`, { ip_block: { cidr: '10.9.9.9/32' } });

const LEVEL = '/resource/kubernetes_namespace_v1/serving/metadata/labels/pod-security.kubernetes.io~1enforce';

const CASES: readonly Case[] = [
  {
    name: 'another image of the container',
    rule: 'AIR-POD-1',
    fault: privileged,
    later: (draft) => draft.put(`${ENGINE}/image`, TOOLBOX_IMAGE),
  },
  {
    name: 'another command of the container',
    rule: 'AIR-POD-1',
    fault: privileged,
    later: (draft) => draft.put(`${ENGINE}/command`, ['sh']),
  },
  {
    name: 'one argument more of the container',
    rule: 'AIR-POD-1',
    fault: privileged,
    later: (draft) => draft.put(`${ENGINE}/args/-`, '--more'),
  },
  {
    name: 'another image of a typed container',
    rule: 'AIR-POD-1',
    fault: (draft) => draft.put(`${MIRROR_POD}/container/0/security_context/privileged`, true),
    later: (draft) => draft.put(`${MIRROR_POD}/container/0/image`, TOOLBOX_IMAGE),
  },
  {
    name: 'another path of a volume',
    rule: 'AIR-POD-1',
    fault: mapped,
    later: (draft) => draft.put(`${POD}/volumes/1/hostPath/path`, '/'),
  },
  {
    name: 'another address of a policy',
    rule: 'AIR-NET-2',
    fault: opened,
    later: (draft) => draft.put(`${POLICIES}/mirror_fill/spec/egress/0/to/1/ip_block/cidr`, '10.9.9.0/24'),
  },
  {
    name: 'another level of a namespace',
    rule: 'AIR-POD-2',
    fault: (draft) => draft.put(LEVEL, 'baseline'),
    later: (draft) => draft.put(LEVEL, 'privileged'),
  },
  {
    name: 'another chart that nobody reads',
    rule: 'AIR-PLAN-1',
    fault: (draft) => draft.put('/resource/helm_release/chat/chart', '/srv/charts/one.tgz'),
    later: (draft) => draft.put('/resource/helm_release/chat/chart', '/srv/charts/two.tgz'),
  },
  {
    name: 'another value of a field that nobody reads',
    rule: 'AIR-PLAN-1',
    fault: (draft) => draft.put(`${POD}/schedulerName`, 'one'),
    later: (draft) => draft.put(`${POD}/schedulerName`, 'two'),
  },
  {
    name: 'another expression',
    rule: 'AIR-PLAN-1',
    fault: (draft) => draft.put('/output/namespace/value', '${file("a")}'),
    later: (draft) => draft.put('/output/namespace/value', '${file("b")}'),
  },
  {
    name: 'other content of a file that nobody knows',
    rule: 'AIR-PLAN-1',
    fault: (draft) => draft.assets.set('stacks/serving/x.bin', digestOf('a')),
    later: (draft) => draft.assets.set('stacks/serving/x.bin', digestOf('b')),
  },
];

describe('a waiver accepts one value, and not', () => {
  it.each(CASES)('$name', ({ rule, fault, later }) => {
    const draft = new Draft();
    fault(draft);
    const waivers = waiversOf(draft, rule);
    expect(waivers.length).toBeGreaterThan(0);
    expect(left(draft, rule, waivers)).toBe(0);
    const changed = new Draft();
    fault(changed);
    later(changed);
    expect(left(changed, rule, waivers)).toBeGreaterThan(0);
    const { unbound, unused } = applyWaivers(changed.findings(rule), waivers, DAY);
    expect([...unbound, ...unused].length).toBeGreaterThan(0);
  });
});

describe('what a waiver accepts', () => {
  const accepts = (change: (draft: Draft) => unknown): (string | undefined)[] => {
    const draft = new Draft();
    privileged(draft);
    change(draft);
    return draft
      .findings('AIR-POD-1')
      .filter(fails)
      .map((finding) => finding.accepts);
  };

  it('is the same wherever in the plan it stands: a place that moved is no other value', () => {
    const before = accepts(() => undefined);
    expect(accepts((draft) => draft.put(`${VALUES}/objects/0/metadata/labels`, { app: 'chat' }))).toEqual(before);
    const moved = accepts((draft) =>
      draft.put(`${POD}/containers`, [
        { ...(draft.get(`${POD}/initContainers/0`) as object), name: 'first' },
        draft.get(ENGINE),
      ]),
    );
    expect(moved).toEqual(expect.arrayContaining(before));
  });

  it('is the same in another order of keys, and without comments of CDKTF', () => {
    const before = accepts(() => undefined);
    const reversed = accepts((draft) =>
      draft.put(ENGINE, Object.fromEntries(Object.entries(draft.get(ENGINE) as object).reverse())),
    );
    expect(reversed).toEqual(before);
  });

  it('is stated of every finding that fails, and of none that is proven', () => {
    const draft = new Draft();
    for (const { fault } of CASES) fault(draft);
    draft.put('/resource/kubernetes_api_service_v1/x', {}).drop(`${WORKLOAD}/spec/template/spec/initContainers`);
    draft.left.set('stacks/serving/.terraform/x', leftText('x'));
    const findings = draft.allFindings();
    expect(findings.filter(fails).length).toBeGreaterThan(9);
    expect(findings.filter((finding) => fails(finding) && finding.accepts === undefined)).toEqual([]);
    expect(findings.filter(({ verdict, accepts: value }) => verdict === 'PROVEN' && value !== undefined)).toEqual([]);
  });
});

const reportOf = (draft: Draft): AuditReport =>
  buildReport({
    ...{
      site: 'nordlicht',
      exampleLock: false,
      expiredWaivers: [],
      unboundWaivers: [],
      unusedWaivers: [],
      rules: RULES,
    },
    inputs: { site: digestOf(''), enclave: digestOf(''), lock: digestOf(''), plan: {} },
    findings: draft.findings('AIR-POD-1'),
  });

describe('proposed waivers', () => {
  const draft = new Draft();
  privileged(draft);
  draft.put(`${ENGINE}/securityContext/procMount`, 'Unmasked');
  const report = reportOf(draft);
  const SUBJECT = 'Deployment airlock-serving/chat container engine';

  it.each([
    ['a rule', 'AIR-POD-1', ['AIR-POD-1[privileged]', 'AIR-POD-1[procMount]']],
    ['a rule with a subject', `AIR-POD-1 ${SUBJECT}`, ['AIR-POD-1[privileged]', 'AIR-POD-1[procMount]']],
    ['a check', 'AIR-POD-1[procMount]', ['AIR-POD-1[procMount]']],
    ['a check with a subject', `AIR-POD-1[procMount] ${SUBJECT}`, ['AIR-POD-1[procMount]']],
  ])('are of the findings of %s', (_what, wanted, rules) => {
    const proposed = proposeWaivers(report, wanted);
    expect(proposed.map(({ rule }) => rule).sort()).toEqual(rules);
    expect(proposed.every(({ subject, accepts }) => subject === SUBJECT && accepts !== undefined)).toBe(true);
  });

  it.each(['AIR-POD-2', 'AIR-POD-1[hostPorts]', 'AIR-POD-1 Pod x/y', 'AIR-POD', ''])(
    'are none of %j, and the error names what fails',
    (wanted) => {
      expect(() => proposeWaivers(report, wanted)).toThrow(
        expect.objectContaining({
          code: 'USAGE_UNKNOWN_NAME',
          fix: expect.stringContaining(SUBJECT) as string,
        }) as Error,
      );
    },
  );

  it('are none of what is proven', () => {
    expect(() => proposeWaivers(reportOf(new Draft()), 'AIR-POD-1')).toThrow(/no finding that fails/);
  });

  it('stand there once, however often a finding does', () => {
    const twice = { ...report, findings: [...report.findings, ...report.findings] };
    expect(proposeWaivers(twice, 'AIR-POD-1')).toEqual(proposeWaivers(report, 'AIR-POD-1'));
  });

  const complete = { reason: 'looked at it twice', approver: 'security@nordlicht.example', expires: '2027-03-31' };

  it.each(Object.keys(complete))('are refused as a file while nobody wrote the %s', (field) => {
    const text = JSON.stringify(
      waiversFile(
        proposeWaivers(report, 'AIR-POD-1').map((waiver) => ({ ...waiver, ...complete, [field]: UNWRITTEN })),
      ),
    );
    expect(() => parseWaivers(text, 'waivers.yaml', RULES)).toThrow(/waivers\.yaml/);
  });

  it('accept all that they were proposed for, once a person has completed them', () => {
    const text = JSON.stringify(
      waiversFile(proposeWaivers(report, 'AIR-POD-1').map((one) => ({ ...one, ...complete }))),
    );
    const waivers = parseWaivers(text, 'waivers.yaml', RULES);
    expect(left(draft, 'AIR-POD-1', waivers)).toBe(0);
  });
});

describe('a waiver holds', () => {
  const draft = new Draft();
  privileged(draft);
  const findings = draft.findings('AIR-POD-1');
  const until = (expires: string) => () =>
    applyWaivers(
      findings,
      waiversOf(draft, 'AIR-POD-1').map((waiver) => ({ ...waiver, expires })),
      '2026-01-01',
    );

  it('for as many days as the enclave says', () => {
    const waiver = { rule: 'AIR-POD-1', subject: 'a', reason: 'r', approver: 'a', expires: '2026-01-31' };
    expect(() => applyWaivers([], [waiver], '2026-01-01', 30)).not.toThrow();
    expect(() => applyWaivers([], [waiver], '2026-01-01', 29)).toThrow(/more than 29 days from 2026-01-01/);
  });

  it('for 400 days', () => {
    expect(until('2027-02-05')().findings.filter(fails)).toEqual([]);
  });

  it.each(['2027-02-06', '2036-01-01', '9999-12-31'])(
    'not until %s: nobody accepts anything unseen for longer',
    (day) => {
      expect(until(day)).toThrow(/more than 400 days from 2026-01-01/);
    },
  );

  it('for one value, which another waiver of the same finding may name', () => {
    const waivers = waiversOf(draft, 'AIR-POD-1');
    const other = waivers.map((waiver) => ({ ...waiver, accepts: digestOf('another') }));
    const { findings: judged, unbound } = applyWaivers(findings, [...other, ...waivers], DAY);
    expect([judged.filter(fails), unbound]).toEqual([[], other]);
  });

  it('not at all without a value', () => {
    const bare = waiversOf(draft, 'AIR-POD-1').map(({ rule, subject, reason, approver, expires }) => ({
      rule,
      subject,
      reason,
      approver,
      expires,
    }));
    const { findings: judged, unbound, unused } = applyWaivers(findings, bare, DAY);
    expect([judged, unbound, unused]).toEqual([findings, bare, []]);
  });
});
