/** Whether models fit, as people read it. */
import { type Page, table } from '../../core/page';
import { type Line, show } from '../../core/visible';
import type { Fit, Overrule } from './fit';

/** One serving, or one configuration, and where it would run. */
export interface FitAnswer {
  readonly serving: string;
  readonly where: string;
  readonly fit?: Fit;
  /** Who answers for it, where the site says so. */
  readonly overrule?: Overrule;
  /** Why there is no fit to compute. */
  readonly note?: string;
}

const number = (value: number | undefined, digits: number): string =>
  value === undefined ? '?' : value.toFixed(digits);

function row({ serving, where, fit }: FitAnswer): string[] {
  if (fit === undefined) return [serving, where, '', '', '', '', '', 'no GPUs'];
  const { hopeful, kvBytesPerToken, context, sequences, verdict } = fit;
  return [
    serving,
    where,
    number(hopeful.weightsGiB, 1),
    number(kvBytesPerToken === undefined ? undefined : kvBytesPerToken / 1024, 1),
    String(context ?? '?'),
    String(sequences ?? '?'),
    `${number(hopeful.needGiB, 1)} of ${number(hopeful.haveGiB, 1)}`,
    verdict,
  ];
}

function changesLine({ verdict, changes }: Fit): Line[] {
  if (changes.length > 0) return [show`  it fits with ${changes.join(', or ')}`];
  return verdict === 'no' ? [show`  no smaller change makes it fit: more memory, or a smaller or quantized model`] : [];
}

function fitLines(fit: Fit, overrule: Overrule | undefined): Line[] {
  const { verdict, careful, notUnderstood } = fit;
  const numbers = `${careful.needGiB.toFixed(1)} of ${careful.haveGiB.toFixed(1)} GiB`;
  return [
    ...(verdict === 'tight' ? [show`  tight: by careful constants ${numbers}; try it before you count on it`] : []),
    ...(notUnderstood.length > 0 ? [show`  not understood: ${notUnderstood.join('; ')}`] : []),
    ...(overrule !== undefined && verdict !== 'fits'
      ? [show`  ${overrule.approver} overrules it: ${overrule.reason}`]
      : []),
    ...changesLine(fit),
  ];
}

const answerLines = ({ serving, note, fit, overrule }: FitAnswer): Line[] => [
  ...(note === undefined ? [] : [show`- ${serving}: ${note}`]),
  ...(fit === undefined ? [] : [show`- ${serving}: ${fit.arithmetic}`, ...fitLines(fit, overrule)]),
];

export const fitPage = (answers: readonly FitAnswer[]): Page => [
  table(
    ['serving', 'on', 'weights GiB/GPU', 'cache KiB/token', 'context', 'sequences', 'needs GiB/GPU', 'verdict'],
    answers.map(row),
  ),
  ...answers.flatMap(answerLines),
];
