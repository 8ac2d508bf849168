/** Runs rules over a plan: from files and declarations to findings. */
import { canonicalJson } from '../core/canonical-json';
import { type Digest, digestOf } from '../core/digest';
import type { Enclave } from '../site/generated/enclave';
import type { Lock } from '../site/generated/lock';
import type { Site } from '../site/generated/site';
import { isNetworkPolicy } from './kubernetes/network-policy';
import { normalize } from './kubernetes/normalize';
import { CONCERNS } from './kubernetes/kinds';
import { type Gap, mayBe, placeOf, subjectOf } from './kubernetes/object';
import { type PodTemplate, podTemplatesOf } from './kubernetes/pods';
import { Unproven } from './plan/access';
import type { Place, Plan } from './plan/plan';
import { lockedDigests } from './rules/locked-digests';
import { type AuditContext, movedTo, type Rule, type Statement, type Verdict } from './rules/rule';
import { secretIn } from './secrets/patterns';
import { acceptedDigest } from './waivers/accepted-value';
import type { Waiver } from './waivers/waiver';

/** What a rule could not decide for a cause that is found elsewhere. */
export interface Fold {
  readonly rule: string;
  /** How many statements of the rule hang on it; one where that is the rule as a whole. */
  readonly statements: number;
  /** What these are about, where they are about something: each would fail, were what cannot be read nothing of the kind. */
  readonly subjects?: readonly string[];
}

/** One line of the report. */
export interface Finding {
  readonly rule: string;
  readonly verdict: Verdict;
  readonly subject: string;
  readonly check?: string;
  readonly message: string;
  readonly fix?: string;
  readonly value?: string;
  readonly place?: Place;
  /** Digest of the value that a waiver of this finding accepts; only where there is something to accept. */
  readonly accepts?: Digest;
  /** The waiver that accepts it. */
  readonly waiver?: Waiver;
  /** Rules that cannot be decided before this is, in the order of the report; they are waived with it. */
  readonly folds?: readonly Fold[];
}

export interface Declarations {
  readonly site: Site;
  readonly enclave: Enclave;
  readonly lock: Lock;
}

const LONGEST_VALUE = 200;

/** A value as a report may show it: short, and never one that looks like a secret. */
export function shown(value: string): string {
  const kind = secretIn(value);
  if (kind !== undefined) return `(withheld: ${kind})`;
  return value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value;
}

/** Brings a plan into the form that rules read. */
export function auditContext(plan: Plan, { site, enclave, lock }: Declarations): AuditContext {
  const { objects, gaps } = normalize(plan);
  const pods: PodTemplate[] = [];
  const unreadable: Gap[] = [];
  for (const object of objects) {
    try {
      pods.push(...podTemplatesOf(object));
    } catch (error) {
      if (!(error instanceof Unproven)) throw error;
      unreadable.push({
        subject: subjectOf(object),
        concerns: ['pods'],
        message: error.message,
        fix: 'write the pod template out in the plan',
        place: movedTo(placeOf(object), error.where),
        unread: placeOf(object),
        namespace: object.namespace,
      });
    }
  }
  return {
    plan,
    site,
    enclave,
    lock,
    locked: lockedDigests(lock),
    objects,
    gaps: [...gaps, ...unreadable],
    pods,
    policies: objects.filter(isNetworkPolicy),
    namespaces: objects.filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Namespace'),
  };
}

function run(rule: Rule, context: AuditContext): readonly Statement[] {
  try {
    return rule.evaluate(context);
  } catch (error) {
    if (error instanceof Unproven) {
      const { message } = error;
      const fix = 'write the value out in the plan';
      return [{ verdict: 'UNPROVEN', subject: 'plan', check: 'unknown', message, fix }];
    }
    // A rule that fails proves nothing; the others still stand.
    const message = `the rule failed: ${error instanceof Error ? error.message : String(error)}`;
    return [
      { verdict: 'UNPROVEN', subject: 'rule', check: 'error', message, fix: 'report this as a fault of Airlock' },
    ];
  }
}

/** The rule that says what nobody has read. */
const OF_GAPS = 'AIR-PLAN-1';

/** Statements that hang on a gap, by the rule that made them. */
type Folded = ReadonlyMap<string, readonly Statement[]>;

interface Judged {
  readonly findings: readonly Finding[];
  /** Gaps with what hangs on them. */
  readonly folded: ReadonlyMap<Gap, Folded>;
}

const isSpecific = ({ concerns }: Gap): boolean => concerns.length < CONCERNS.length;
const fails = ({ verdict }: Statement): boolean => verdict !== 'PROVEN';

/**
 * A statement that something is lacking, in sight of what could not be read. Where that is of the very kind, it is the cause,
 * and the statement hangs on it; where it may be anything, the statement stays, and is not sure.
 */
function weighed(statement: Statement, gaps: readonly Gap[]): { readonly cause?: Gap; readonly statement: Statement } {
  const { lacks, ...said } = statement;
  if (lacks === undefined || !fails(statement)) return { statement: said };
  const candidates = gaps.filter((gap) => mayBe(gap, lacks));
  const cause = candidates.find(isSpecific);
  if (cause !== undefined) return { cause, statement: said };
  const [any] = candidates;
  if (any === undefined) return { statement: said };
  const message = `${said.message}, unless ${any.subject}, which cannot be read, brings it`;
  return { statement: { ...said, verdict: 'UNPROVEN', message } };
}

const findingOf = (rule: string, statement: Statement, { plan }: AuditContext): Finding => ({
  rule,
  ...statement,
  ...(statement.value === undefined ? {} : { value: shown(statement.value) }),
  ...(fails(statement) ? { accepts: acceptedDigest(plan, statement.place, statement.message) } : {}),
});

function judgeAll(rules: readonly Rule[], context: AuditContext): Judged {
  const folded = new Map<Gap, Map<string, Statement[]>>();
  const findings = rules.flatMap((rule): Finding[] => {
    const weighedAll = run(rule, context).map((statement) => weighed(statement, context.gaps));
    for (const { cause, statement } of weighedAll) {
      if (cause === undefined) continue;
      const ofGap = folded.get(cause) ?? new Map<string, Statement[]>();
      folded.set(cause, ofGap.set(rule.id, [...(ofGap.get(rule.id) ?? []), statement]));
    }
    const undecided = context.gaps.some((gap) => needs(rule, gap) || folded.get(gap)?.has(rule.id) === true);
    if (weighedAll.length === 0 && !undecided && (rule.id !== OF_GAPS || context.gaps.length === 0)) {
      const message = 'the site declares no such subject';
      return [{ rule: rule.id, verdict: 'N/A', subject: 'plan', message }];
    }
    return weighedAll.flatMap(({ cause, statement }) =>
      cause === undefined ? [findingOf(rule.id, statement, context)] : [],
    );
  });
  return { findings, folded };
}

const needs = (rule: Rule, { concerns }: Gap): boolean => concerns.some((concern) => rule.needs.includes(concern));

const subjectIn = ({ subject, check }: Statement): string => (check === undefined ? subject : `${subject} [${check}]`);

/** The one finding of a gap; none where no rule that runs hangs on it. */
function findingOfGap(gap: Gap, folded: Folded, rules: readonly Rule[], context: AuditContext): Finding[] {
  const { subject, message, fix, place, unread = place } = gap;
  const folds = rules.flatMap((rule): Fold[] => {
    const subjects = (folded.get(rule.id) ?? []).map(subjectIn).sort();
    if (subjects.length > 0) return [{ rule: rule.id, statements: subjects.length, subjects }];
    return needs(rule, gap) ? [{ rule: rule.id, statements: 1 }] : [];
  });
  if (folds.length === 0 && rules.every(({ id }) => id !== OF_GAPS)) return [];
  const said = folds.flatMap(({ rule, subjects }) => (subjects === undefined ? [] : [[rule, ...subjects]]));
  const value = acceptedDigest(context.plan, unread, message);
  return [
    {
      ...{ rule: OF_GAPS, verdict: 'UNPROVEN', subject, check: 'opaque', message, fix, place },
      // What would fail without it is accepted with it, and nothing that fails later.
      accepts: said.length === 0 ? value : digestOf(canonicalJson({ value, said })),
      ...(folds.length === 0 ? {} : { folds }),
    },
  ];
}

/**
 * Runs rules: their findings, and one for each gap that one of them hangs on, whether or not the rule of gaps runs itself. A rule
 * without any subject is N/A.
 */
export function evaluateRules(rules: readonly Rule[], context: AuditContext): Finding[] {
  const { findings, folded } = judgeAll(rules, context);
  const causes = context.gaps.flatMap((gap) => findingOfGap(gap, folded.get(gap) ?? new Map(), rules, context));
  return [...causes, ...findings];
}

/** Runs one rule. */
export const evaluateRule = (rule: Rule, context: AuditContext): Finding[] => evaluateRules([rule], context);
