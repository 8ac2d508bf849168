/** A runbook as people read it. */
import { commandLine, type Page } from '../../core/page';
import { type Line, show } from '../../core/visible';
import type { Runbook, RunbookStep } from './runbook';

const UNITS = [
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB'],
] as const;

function duration(seconds: number): string {
  if (seconds < 120) return `${String(seconds)} s`;
  return seconds < 7200 ? `${String(Math.ceil(seconds / 60))} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** Decimal units, as disks and media state them, never rounded to nothing. */
function amount(bytes: number): string {
  const [size, unit] = UNITS.find(([at]) => bytes >= at) ?? [1, 'B'];
  return `${unit === 'B' ? String(bytes) : (bytes / size).toFixed(1)} ${unit}`;
}

function stepPage(step: RunbookStep, at: number): Page {
  const { title, commands, checks, changes, expectedSeconds, atMostSeconds, pointOfNoReturn } = step;
  return [
    show`${at + 1}. ${title}`,
    ...changes.map(
      ({ action, subject, fields }) =>
        show`   ${action} ${subject}${fields.length === 0 ? '' : `: ${fields.join(', ')}`}`,
    ),
    ...(pointOfNoReturn === undefined ? [] : [show`   POINT OF NO RETURN: ${pointOfNoReturn}`]),
    ...commands.map((command) => commandLine('   $ ', command)),
    ...(expectedSeconds === undefined ? [] : [show`   transfer: about ${duration(expectedSeconds)}`]),
    ...(atMostSeconds === undefined ? [] : [show`   the cluster waits at most ${duration(atMostSeconds)}`]),
    ...checks.map((check) => commandLine('   check: ', check)),
    show``,
  ];
}

function wayBack(first: boolean, final: RunbookStep | undefined): Line {
  if (final !== undefined) return show`the point of no return is the step "${final.title}"`;
  return first
    ? show`nothing was deployed before: the way back is to destroy the stacks, the last one first`
    : show`no point of no return: \`airlock rollback --apply\` takes back every step`;
}

/**
 * The same runbook gives the same page.
 *
 * @param unread releases of the plan whose objects it does not show
 */
export function runbookPage({ first, fresh, left, steps }: Runbook, unread: readonly string[] = []): Page {
  const notes = unread.map((subject) => show`note: ${subject} was not compared: the plan does not show its objects`);
  if (steps.length === 0) return [show`nothing differs: there is nothing to do`, ...notes];
  const final = steps.find(({ pointOfNoReturn }) => pointOfNoReturn !== undefined);
  const content = ({ host, repository, digest }: { host: string; repository: string; digest: string }): Line =>
    show`  ${host}/${repository}@${digest}`;
  return [
    ...(fresh.length === 0 ? [] : [show`new content:`]),
    ...fresh.map((one) => show`${content(one)}${one.bytes === undefined ? '' : ` ${amount(one.bytes)}`}`),
    ...(fresh.length === 0 ? [] : [show``]),
    ...steps.map(stepPage),
    wayBack(first, final),
    ...(left.length === 0 ? [] : [show`the way back needs, so keep in the registry:`, ...left.map(content)]),
    ...notes,
  ];
}
