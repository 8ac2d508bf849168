/** Runs rules over a plan: from files and declarations to findings. */
import type { Digest } from '../core/digest';
import type { Enclave } from '../site/generated/enclave';
import type { Lock } from '../site/generated/lock';
import type { Site } from '../site/generated/site';
import { isNetworkPolicy } from './kubernetes/network-policy';
import { normalize } from './kubernetes/normalize';
import { type Gap, placeOf, subjectOf } from './kubernetes/object';
import { type PodTemplate, podTemplatesOf } from './kubernetes/pods';
import { Unproven } from './plan/access';
import type { Place, Plan } from './plan/plan';
import { lockedDigests } from './rules/locked-digests';
import { type AuditContext, movedTo, type Rule, type Statement, type Verdict } from './rules/rule';
import { secretIn } from './secrets/patterns';
import { acceptedDigest } from './waivers/accepted-value';
import type { Waiver } from './waivers/waiver';

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
    // A rule that fails proves nothing; the others still stand.
    const message = `the rule failed: ${error instanceof Error ? error.message : String(error)}`;
    return [
      { verdict: 'UNPROVEN', subject: 'rule', check: 'error', message, fix: 'report this as a fault of Airlock' },
    ];
  }
}

const gapStatements = (rule: Rule, gaps: readonly Gap[]): Statement[] =>
  gaps
    .filter(({ concerns }) => concerns.some((concern) => rule.needs.includes(concern)))
    .map(({ subject, message, fix, place }) => ({
      verdict: 'UNPROVEN',
      subject,
      check: 'opaque',
      message,
      fix,
      place,
    }));

/** Runs one rule: its statements, and UNPROVEN for every gap that it depends on; N/A when there is no subject. */
export function evaluateRule(rule: Rule, context: AuditContext): Finding[] {
  const statements = [...run(rule, context), ...gapStatements(rule, context.gaps)];
  if (statements.length === 0) {
    return [{ rule: rule.id, verdict: 'N/A', subject: 'plan', message: 'the site declares no such subject' }];
  }
  return statements.map((statement) => ({
    rule: rule.id,
    ...statement,
    ...(statement.value === undefined ? {} : { value: shown(statement.value) }),
    ...(statement.verdict === 'PROVEN'
      ? {}
      : { accepts: acceptedDigest(context.plan, statement.place, statement.message) }),
  }));
}

export const evaluateRules = (rules: readonly Rule[], context: AuditContext): Finding[] =>
  rules.flatMap((rule) => evaluateRule(rule, context));
