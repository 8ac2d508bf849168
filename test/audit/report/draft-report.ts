/** Reports about drafts of plans. */
import { type AuditReport, buildReport } from '../../../audit/report/report';
import { RULES } from '../../../audit/rules';
import { digestOf } from '../../../core/digest';
import { cleanPlan } from '../plans/clean-plan';
import { Draft } from '../plans/draft';

/** Begins as no name does, and holds what steers a terminal, reorders text or forges a line. */
export const HOSTILE = 'x\u001b[2J\u001b[32m\nPASS: 262 PROVEN\r\u009b1m\u202eevil\u2066\u2028\u0007\u0000\u200b';
/** Nothing but characters that are seen. */
export const PRINTABLE = /^[^\p{C}\p{Zl}\p{Zp}]*$/u;

export function reportOf(draft: Draft): AuditReport {
  const digest = digestOf('');
  return buildReport({
    ...{ site: 'nordlicht', exampleLock: false, expiredWaivers: [], unboundWaivers: [], unusedWaivers: [] },
    rules: RULES,
    inputs: { site: digest, enclave: digest, lock: digest, plan: {} },
    findings: draft.allFindings(),
  });
}

/** A report of which every text is the given one, as far as a plan, a name of a file and a waiver decide it. */
export function reportSaying(text: string): AuditReport {
  const waiver = { rule: text, subject: text, reason: text, approver: text, expires: text };
  const place = { stack: text, file: text, pointer: text, inner: text, constructPath: text, address: text };
  const said = { rule: 'AIR-POD-1', subject: text, message: text, value: text, check: text, fix: text, place };
  const digest = digestOf('');
  return buildReport({
    ...{ site: text, exampleLock: true, rules: RULES },
    ...{ expiredWaivers: [waiver], unboundWaivers: [waiver], unusedWaivers: [waiver] },
    inputs: { site: digest, enclave: digest, lock: digest, plan: { [text]: digest } },
    findings: [
      { ...said, verdict: 'VIOLATED' },
      { ...said, verdict: 'UNPROVEN' },
      { ...said, verdict: 'WAIVED', waiver },
      { ...said, verdict: 'PROVEN' },
    ],
  });
}

/** Pointers of every value below one. */
function pointersIn(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [at];
  const below = Object.entries(value).flatMap(([key, child]) =>
    pointersIn(child, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
  return [at, ...below].filter((pointer) => pointer !== '');
}

/** But those of comments, whose key the draft cannot move. */
export const POINTERS = pointersIn(cleanPlan()).filter((pointer) => !pointer.includes('~1~1'));

export const PLACINGS = ['value', 'key', 'item'] as const;

/** Puts a text at a place of the clean plan; undefined where that makes a plan malformed, which is said in another way. */
export function reportWith(text: string, pointer: string, how: (typeof PLACINGS)[number]): AuditReport | undefined {
  const draft = new Draft();
  if (how === 'value') draft.put(pointer, text);
  else if (how === 'item') draft.put(pointer, [text, { [text]: text }]);
  else draft.move(pointer, `${pointer.slice(0, pointer.lastIndexOf('/'))}/${text}`);
  try {
    return reportOf(draft);
  } catch (error) {
    if ((error as { kind?: string }).kind !== 'input') throw error;
    return undefined;
  }
}
