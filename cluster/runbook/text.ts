/** A runbook as people read it. */
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

function stepLines(step: RunbookStep, at: number): string[] {
  const { title, commands, checks, changes, expectedSeconds, atMostSeconds, pointOfNoReturn } = step;
  return [
    `${String(at + 1)}. ${title}`,
    ...changes.map(
      ({ action, subject, fields }) => `   ${action} ${subject}${fields.length === 0 ? '' : `: ${fields.join(', ')}`}`,
    ),
    ...(pointOfNoReturn === undefined ? [] : [`   POINT OF NO RETURN: ${pointOfNoReturn}`]),
    ...commands.map((command) => `   $ ${command}`),
    ...(expectedSeconds === undefined ? [] : [`   transfer: about ${duration(expectedSeconds)}`]),
    ...(atMostSeconds === undefined ? [] : [`   the cluster waits at most ${duration(atMostSeconds)}`]),
    ...checks.map((check) => `   check: ${check}`),
    '',
  ];
}

function wayBack(first: boolean, final: RunbookStep | undefined): string {
  if (final !== undefined) return `the point of no return is the step "${final.title}"`;
  return first
    ? 'nothing was deployed before: the way back is to destroy the stacks, the last one first'
    : 'no point of no return: `airlock rollback --apply` takes back every step';
}

/** Plain text; the same runbook gives the same text. */
export function runbookText({ first, fresh, left, steps }: Runbook): string {
  if (steps.length === 0) return 'nothing differs: there is nothing to do\n';
  const final = steps.find(({ pointOfNoReturn }) => pointOfNoReturn !== undefined);
  const content = ({ host, repository, digest }: { host: string; repository: string; digest: string }): string =>
    `  ${host}/${repository}@${digest}`;
  return [
    ...(fresh.length === 0 ? [] : ['new content:']),
    ...fresh.map((one) => `${content(one)}${one.bytes === undefined ? '' : ` ${amount(one.bytes)}`}`),
    ...(fresh.length === 0 ? [] : ['']),
    ...steps.flatMap(stepLines),
    wayBack(first, final),
    ...(left.length === 0 ? [] : ['the way back needs, so keep in the registry:', ...left.map(content)]),
    '',
  ].join('\n');
}
