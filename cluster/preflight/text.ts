/** What a preflight found, as people read it. */
import { type Page, table } from '../../core/page';
import { type Line, show } from '../../core/visible';
import type { Finding, Status } from './finding';

const findingLines = ({ status, check, subject, message, fix }: Finding): Line[] => [
  show`${status.toUpperCase().padEnd(4)} ${check}: ${subject}: ${message}`,
  ...(fix === undefined ? [] : [show`       fix: ${fix}`]),
];

/**
 * @param verbose show every finding, also what is fine
 * @param live whether pods tried the network and the registry
 */
export function preflightPage(
  findings: readonly Finding[],
  { verbose, live }: { readonly verbose: boolean; readonly live: boolean },
): Page {
  const shown = verbose ? findings : findings.filter(({ status }) => status !== 'ok');
  const checks = [...new Set(findings.map(({ check }) => check))];
  const count = (status: Status, check?: string): number =>
    findings.filter((finding) => finding.status === status && (check === undefined || finding.check === check)).length;
  return [
    ...shown.flatMap(findingLines),
    table(
      ['check', 'ok', 'warn', 'fail'],
      checks.map((check) => [check, count('ok', check), count('warn', check), count('fail', check)]),
    ),
    ...(live ? [] : [show`note: without --live nobody tried whether policies are enforced and nodes can pull`]),
    count('fail') > 0
      ? show`FAIL: ${count('fail')} failed, ${count('warn')} warnings`
      : show`PASS: ${count('warn')} warnings`,
  ];
}
