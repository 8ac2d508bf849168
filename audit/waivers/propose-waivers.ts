/** What a file of waivers would say to accept findings; a person writes why, and answers for it. */
import { badInput } from '../../core/errors';
import type { Finding } from '../evaluate';
import type { AuditReport } from '../report/report';
import type { Waiver } from './waiver';

/** What stands where a person must write; the reader of the file refuses it. */
export const UNWRITTEN = 'WRITE-THIS';

/** A file of waivers, for a YAML or JSON writer. */
export const waiversFile = (waivers: readonly Waiver[]): object => ({
  apiVersion: 'airlock/v1alpha1',
  kind: 'Waivers',
  waivers,
});

/** `AIR-POD-1[hostPorts]`. */
const nameOf = ({ rule, check }: Finding): string => (check === undefined ? rule : `${rule}[${check}]`);

/**
 * Waivers for failing findings.
 *
 * @param wanted a rule, a check of it, or one of these with a subject behind it: `AIR-POD-1[hostPorts] DaemonSet a/b`
 * @throws AirlockError (input) when no finding is meant
 */
export function proposeWaivers({ findings }: AuditReport, wanted: string): readonly Waiver[] {
  const failing = findings.filter(({ verdict }) => verdict === 'VIOLATED' || verdict === 'UNPROVEN');
  const meant = failing.filter(
    (finding) =>
      [finding.rule, nameOf(finding)].some((name) => wanted === name || wanted === `${name} ${finding.subject}`) ||
      // Of a rule that hangs on it, the cause is what there is to accept.
      finding.folds?.some(({ rule }) => wanted === rule) === true,
  );
  if (meant.length === 0) {
    const known = [...new Set(failing.map((finding) => `${nameOf(finding)} ${finding.subject}`))].slice(0, 20);
    throw badInput(
      'USAGE_UNKNOWN_NAME',
      `no finding that fails is "${wanted}"`,
      known.length === 0 ? 'nothing fails: there is nothing to waive' : `write one of: ${known.join('; ')}`,
    );
  }
  const proposed = meant.map((finding): Waiver => ({
    rule: nameOf(finding),
    subject: finding.subject,
    ...(finding.accepts === undefined ? {} : { accepts: finding.accepts }),
    reason: UNWRITTEN,
    approver: UNWRITTEN,
    expires: UNWRITTEN,
  }));
  return [...new Map(proposed.map((one) => [[one.rule, one.subject, one.accepts].join(' '), one])).values()];
}
