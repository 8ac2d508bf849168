/**
 * What a plan proves: every rule's verdict over each resource, and the report that people sign.
 *
 * @packageDocumentation
 */
export { audit, type AuditOptions } from './audit';
export type { Finding, Fold } from './evaluate';
export type { Where } from './plan/node';
export type { Place } from './plan/plan';
export {
  type AuditInputs,
  type AuditReport,
  type Counts,
  isFailure,
  type RuleSummary,
  VERDICTS,
} from './report/report';
export { conclusion, findingText, notes, shownFindings } from './report/text';
export type { Verdict } from './rules/rule';
export type { Waiver } from './waivers/waiver';
