/** What a rule is, and what it says. */
import type { Enclave } from '../../site/generated/enclave';
import type { Lock } from '../../site/generated/lock';
import type { Site } from '../../site/generated/site';
import type { Concern } from '../kubernetes/kinds';
import type { Gap, KubernetesObject, Lack } from '../kubernetes/object';
import type { PodTemplate } from '../kubernetes/pods';
import { Unproven } from '../plan/access';
import { spelledOut, type Where } from '../plan/node';
import type { Place, Plan } from '../plan/plan';
import type { LockedDigests } from './locked-digests';

/**
 * PROVEN: holds in every cluster that the plan is applied to. VIOLATED: the plan breaks it. UNPROVEN: the plan does not
 * say. N/A: the site declares no such subject. WAIVED: violated or unproven, and accepted by a person until a date.
 */
export type Verdict = 'PROVEN' | 'VIOLATED' | 'UNPROVEN' | 'N/A' | 'WAIVED';

/** What a rule says about one subject. */
export interface Statement {
  readonly verdict: 'PROVEN' | 'VIOLATED' | 'UNPROVEN';
  /** What it is about, e.g. `Deployment airlock-serving/chat container engine`. */
  readonly subject: string;
  /** Which part of the rule, e.g. `hostPath`; waivers may name it. */
  readonly check?: string;
  readonly message: string;
  /** What to change. */
  readonly fix?: string;
  /** The offending value; the report withholds it where it looks like a secret. */
  readonly value?: string;
  readonly place?: Place;
  /** What was not found: where something that cannot be read may be it, the statement is not sure. */
  readonly lacks?: Lack;
}

export interface AuditContext {
  readonly plan: Plan;
  readonly site: Site;
  readonly enclave: Enclave;
  readonly lock: Lock;
  readonly locked: LockedDigests;
  readonly objects: readonly KubernetesObject[];
  readonly gaps: readonly Gap[];
  readonly pods: readonly PodTemplate[];
  readonly policies: readonly KubernetesObject[];
  readonly namespaces: readonly KubernetesObject[];
}

export interface Rule {
  readonly id: string;
  /** What PROVEN means, as a sentence. */
  readonly title: string;
  /** Why it matters and what the rule reads. */
  readonly explanation: string;
  /** False where no person can accept a violation. */
  readonly waivable: boolean;
  /** A gap in one of these leaves the rule undecided: it is folded below the finding of the gap. */
  readonly needs: readonly Concern[];
  /** Statements, one or more per subject; none when the plan has no subject. May throw Unproven. */
  evaluate(context: AuditContext): Statement[];
}

export interface Complaint {
  readonly check: string;
  readonly message: string;
  readonly fix: string;
  readonly where: Where;
  readonly value?: string;
  /** UNPROVEN instead of VIOLATED. */
  readonly unproven?: boolean;
  /** What was not found. */
  readonly lacks?: Lack;
}

/** A subject with the place of its resource; findings point at values below it. */
export interface Judged {
  readonly subject: string;
  readonly place: Place;
  /** What is proven when nothing is found. */
  readonly proven: string;
}

/** The place of a value in the resource that another place is in. */
export const movedTo = ({ stack, file, address, constructPath }: Place, where: Where): Place => ({
  stack,
  file,
  ...(address === undefined ? {} : { address }),
  ...(constructPath === undefined ? {} : { constructPath }),
  ...spelledOut(where),
});

/** Runs `produce`; what it cannot read makes the subject UNPROVEN instead. */
export function guard(subject: string, place: Place, produce: () => Statement[]): Statement[] {
  try {
    return produce();
  } catch (error) {
    if (!(error instanceof Unproven)) throw error;
    const { message, where } = error;
    const fix = 'write the value out in the plan';
    return [{ verdict: 'UNPROVEN', subject, check: 'unknown', message, fix, place: movedTo(place, where) }];
  }
}

/** Judges one subject: PROVEN when `check` returns no complaint, else one statement for each. */
export const judge = ({ subject, place, proven }: Judged, check: () => readonly Complaint[]): Statement[] =>
  guard(subject, place, () => {
    const complaints = check();
    if (complaints.length === 0) return [{ verdict: 'PROVEN', subject, message: proven, place }];
    return complaints.map(({ where, unproven, ...complaint }) => ({
      ...complaint,
      verdict: unproven === true ? 'UNPROVEN' : 'VIOLATED',
      subject,
      place: movedTo(place, where),
    }));
  });
