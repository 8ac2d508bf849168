/** Drift as people read it. Names and values are those of the cluster, where others may have written them. */
import { commandLine, type Page } from '../../core/page';
import { type Line, show } from '../../core/visible';
import type { ChangedField, Drift } from './drift';
import type { Foreign, ForeignObjects } from './foreign';

export interface DriftFindings extends ForeignObjects {
  /** How many objects of the plan were compared. */
  readonly compared: number;
  /** Releases of the plan whose objects it does not show. */
  readonly unread: readonly string[];
  readonly drift: readonly Pick<Drift, 'subject' | 'missing' | 'fields'>[];
  /** Whether what drifted was put back. */
  readonly restored: boolean;
}

const valueOf = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

function fieldLine({ path, planned, live, by }: ChangedField): Line {
  const who = by === undefined ? '' : `, set by ${by}`;
  return show`  ${path}: planned ${valueOf(planned)}, found ${valueOf(live)}${who}`;
}

function foreignPage({ subject, by, since, following, remove }: Foreign): Page {
  const who = `${by === undefined ? '' : `, made by ${by}`}${since === undefined ? '' : ` at ${since}`}`;
  return [
    show`- ${subject}: in no plan${who}${following === 0 ? '' : `; ${following} more follow from it`}`,
    remove === undefined
      ? show`  its name is not safe to type: delete it by hand`
      : commandLine('  to remove it: ', remove),
  ];
}

function summary({ compared, drift, restored, foreign, unknown }: DriftFindings): Line {
  const all = [
    ...(drift.length === 0 ? [] : [`${drift.length} of ${compared} objects ${restored ? 'restored' : 'drifted'}`]),
    ...(foreign.length === 0 ? [] : [`${foreign.length} in no plan`]),
    ...(unknown.length === 0 ? [] : [`${unknown.length} kinds unknown`]),
  ];
  return all.length === 0
    ? show`no drift: ${compared} objects are as planned, and nothing else`
    : show`${all.join(', ')}`;
}

export const driftPage = (findings: DriftFindings): Page => [
  ...findings.drift.flatMap(({ subject, missing, fields }) => [
    show`- ${subject}${missing ? ': missing' : ''}`,
    ...fields.map(fieldLine),
  ]),
  ...findings.foreign.map(foreignPage),
  ...findings.unknown.map(({ what, why }) => show`unknown: ${what} could not be listed: ${why}`),
  ...findings.unread.map((subject) => show`note: ${subject} was not compared: the plan does not show its objects`),
  summary(findings),
];
