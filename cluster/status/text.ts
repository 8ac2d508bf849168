/** What runs against what is planned, as people read it. */
import { type Page, table } from '../../core/page';
import { show } from '../../core/visible';
import { type ClusterStatus, isAsPlanned, type StatusRow } from './status';

/** As much of a digest as tells one from another. */
const short = (digest: string): string => digest.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]{52}$/, '$1');

const cells = ({ namespace, workload, part, expected, running, ready, state }: StatusRow): string[] => [
  ...[namespace, workload, part, expected === undefined ? '-' : short(expected)],
  ...[running.length === 0 ? '-' : running.map(short).join(', '), ready, state],
];

/** @param unread releases of the plan whose objects it does not show */
export function statusPage({ rows, unlocked }: ClusterStatus, unread: readonly string[]): Page {
  const differing = rows.filter((row) => !isAsPlanned(row)).length;
  return [
    table(['namespace', 'workload', 'part', 'expected', 'running', 'ready', 'state'], rows.map(cells)),
    ...unlocked.map((digest) => show`the plan names ${digest}, and the lock does not`),
    ...unread.map((subject) => show`note: ${subject} was not compared: the plan does not show its objects`),
    differing === 0 && unlocked.length === 0
      ? show`same: ${rows.length} parts run as planned and locked`
      : show`differs: ${differing} of ${rows.length} parts`,
  ];
}
