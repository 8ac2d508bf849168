/** The report of an audit: plain data, a pure function of the inputs that it names by digest. */
import type { Digest } from '../../core/digest';
import type { Finding } from '../evaluate';
import type { Rule, Verdict } from '../rules/rule';
import type { Waiver } from '../waivers/waiver';

/** Digests of what was judged: a report is about these bytes alone. */
export interface AuditInputs {
  readonly site: Digest;
  readonly enclave: Digest;
  readonly lock: Digest;
  readonly waivers?: Digest;
  /** Each stack's configuration, by its path below the plan's folder. */
  readonly plan: Readonly<Record<string, Digest>>;
}

/** How many findings have each verdict; a rule that cannot be decided before another finding is, has its verdict. */
export type Counts = Readonly<Record<Verdict, number>>;

/** How one rule came out. */
export interface RuleSummary {
  readonly rule: string;
  readonly title: string;
  readonly waivable: boolean;
  readonly counts: Counts;
}

/** What the rules said of a plan; the same inputs give the same report, byte for byte. */
export interface AuditReport {
  readonly apiVersion: 'airlock/v1alpha1';
  readonly kind: 'AuditReport';
  readonly site: string;
  readonly inputs: AuditInputs;
  /** True where the lock's digests were made up: what is proven, is proven of an example. */
  readonly exampleLock: boolean;
  /** Day against which waivers were held, where the caller gave one. */
  readonly asOf?: string;
  /** pass: nothing is VIOLATED or UNPROVEN. */
  readonly gate: 'pass' | 'fail';
  readonly rules: readonly RuleSummary[];
  readonly findings: readonly Finding[];
  readonly expiredWaivers: readonly Waiver[];
  /** They name a finding, and not the value that stands there now. */
  readonly unboundWaivers: readonly Waiver[];
  readonly unusedWaivers: readonly Waiver[];
}

/** In the order of urgency. */
export const VERDICTS: readonly Verdict[] = ['VIOLATED', 'UNPROVEN', 'WAIVED', 'PROVEN', 'N/A'];

/** Verdicts that close the gate. */
export const isFailure = (verdict: Verdict): boolean => verdict === 'VIOLATED' || verdict === 'UNPROVEN';

/** Counts of each rule. */
function countsOf(findings: readonly Finding[]): (rule: string) => Counts {
  const none: Counts = { VIOLATED: 0, UNPROVEN: 0, WAIVED: 0, PROVEN: 0, 'N/A': 0 };
  const counts = new Map<string, Record<Verdict, number>>();
  for (const { rule, verdict, folds = [] } of findings) {
    for (const { rule: one, statements } of [{ rule, statements: 1 }, ...folds]) {
      const own = counts.get(one) ?? { ...none };
      own[verdict] += statements;
      counts.set(one, own);
    }
  }
  return (rule) => counts.get(rule) ?? none;
}

const sortKey = ({ rule, verdict, subject, check, place, message }: Finding): string =>
  [rule, VERDICTS.indexOf(verdict), subject, check, place?.file, place?.pointer, place?.inner, message].join('\u0000');

export interface ReportParts {
  readonly site: string;
  readonly inputs: AuditInputs;
  readonly exampleLock: boolean;
  readonly asOf?: string;
  readonly rules: readonly Rule[];
  readonly findings: readonly Finding[];
  readonly expiredWaivers: readonly Waiver[];
  /** They name a finding, and not the value that stands there now. */
  readonly unboundWaivers: readonly Waiver[];
  readonly unusedWaivers: readonly Waiver[];
}

/** Puts a report together; findings are sorted, so that equal inputs give equal bytes. */
export function buildReport({ rules, findings, asOf, ...parts }: ReportParts): AuditReport {
  const counts = countsOf(findings);
  const sorted = findings
    .map((finding) => ({ finding, key: sortKey(finding) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ finding }) => finding);
  return {
    apiVersion: 'airlock/v1alpha1',
    kind: 'AuditReport',
    ...parts,
    ...(asOf === undefined ? {} : { asOf }),
    gate: findings.some(({ verdict }) => isFailure(verdict)) ? 'fail' : 'pass',
    rules: rules.map(({ id, title, waivable }) => ({
      rule: id,
      title,
      waivable,
      counts: counts(id),
    })),
    findings: sorted,
  };
}
