/** Does a model fit the GPUs that a serving gives it? */
import { checkFailed } from '../../core/errors';
import { checkContext } from '../context';
import { changesThatFit, longestContext } from './changes';
import {
  careful,
  contextOf,
  type Estimate,
  estimate,
  type FitRequest,
  HOPEFUL,
  kvPerTokenOf,
  ownContextOf,
  sequencesOf,
} from './estimate';
import { checkHardware } from './hardware';

export type { FitDevice, FitRequest } from './estimate';

/**
 * `tight`: careful constants say no, hopeful ones yes. `unknown`: the weights fit, and what else it takes is not
 * understood. `no`: hopeful constants say no, or the weights alone do.
 */
export type FitVerdict = 'fits' | 'tight' | 'unknown' | 'no';

/** Who answers for a serving of which the arithmetic says no, tight or unknown. */
export interface Overrule {
  readonly approver: string;
  readonly reason: string;
}

/** Whether a model fits, by hopeful and by careful assumptions. */
export interface Fit {
  readonly verdict: FitVerdict;
  /** What is not understood; empty unless the verdict is unknown, or no by the weights alone. */
  readonly notUnderstood: readonly string[];
  readonly hopeful: Estimate;
  readonly careful: Estimate;
  /** Bytes for each token on each GPU, before any window; undefined where the model's shape is not known. */
  readonly kvBytesPerToken: number | undefined;
  /** Tokens of a sequence; undefined where neither site nor model says. */
  readonly context: number | undefined;
  /** Whole sequences of that length for which the memory is there, by hopeful constants. */
  readonly sequences: number | undefined;
  /** The arithmetic in one line. */
  readonly arithmetic: string;
  /** What would make it fit, as the site would write it; empty unless the verdict is no. */
  readonly changes: readonly string[];
}

const gib = (value: number): string => `${value.toFixed(2)} GiB`;

function arithmeticOf(
  request: FitRequest,
  { weightsGiB, overheadGiB, cacheGiB, stateGiB, needGiB, haveGiB, share }: Estimate,
): string {
  const { gpus, nodes = 1, weightBytes, device } = request;
  const all = gpus * nodes;
  const perToken = kvPerTokenOf(request);
  const context = contextOf(request);
  const cache =
    perToken === undefined || context === undefined
      ? ''
      : ` + key-value cache ${gib(cacheGiB)} (${(perToken / 1024).toFixed(1)} KiB × ${context} tokens × ${sequencesOf(request)}` +
        `${(request.shape?.slidingLayers ?? 0) === 0 ? '' : ', less where layers slide'})` +
        (stateGiB === 0 ? '' : ` + state of recurrent layers ${gib(stateGiB)}`);
  const have = share === 1 ? gib(haveGiB) : `${gib(device.memoryGiB)} × ${share} = ${gib(haveGiB)}`;
  return (
    `weights ${gib(weightBytes / 1024 ** 3)} / ${all} ${all === 1 ? 'GPU' : 'GPUs'} = ${gib(weightsGiB)} + overhead ` +
    `${gib(overheadGiB)}${cache} = ${gib(needGiB)} of ${have} on each`
  );
}

/** What keeps the cache from being computed. */
function unclearOf(request: FitRequest): string[] {
  const { shape, notUnderstood = ['nothing is recorded of its shape'] } = request;
  if (shape === undefined) return [...notUnderstood];
  if (contextOf(request) !== undefined) return [];
  return ['neither site nor model says how long a context is: write maxModelLen'];
}

function sequencesThatFit(
  { weightsGiB, overheadGiB, cacheGiB, stateGiB, haveGiB }: Estimate,
  request: FitRequest,
): number | undefined {
  if (cacheGiB === 0) return undefined;
  const each = (cacheGiB + stateGiB) / sequencesOf(request);
  return Math.max(0, Math.floor((haveGiB - weightsGiB - overheadGiB) / each));
}

/**
 * The memory fit of a replica.
 *
 * Two estimates: by hopeful constants, what exceeds them cannot start; by careful ones, what stays below them will. In
 * between nobody knows but a trial. What is not understood is unknown, and never fits.
 *
 * @throws AirlockError (input) where the heads of the model, the numbers it is made of, or its longest context rule out
 *   what is asked
 */
export function fit(request: FitRequest): Fit {
  const own = ownContextOf(request);
  checkContext(request.serving, request.maxModelLen, own, () => longestContext(request));
  checkHardware(request);
  const unclear = unclearOf(request);
  const [hopeful, cautious] = [estimate(request, HOPEFUL), estimate(request, careful(request.shape))];
  return {
    verdict: !hopeful.fits ? 'no' : unclear.length > 0 ? 'unknown' : cautious.fits ? 'fits' : 'tight',
    notUnderstood: unclear,
    hopeful,
    careful: cautious,
    kvBytesPerToken: kvPerTokenOf(request),
    context: contextOf(request),
    sequences: sequencesThatFit(hopeful, request),
    arithmetic: arithmeticOf(request, hopeful),
    // Nobody knows what would make a model fit whose cache is not understood.
    changes: hopeful.fits || unclear.length > 0 ? [] : changesThatFit(request),
  };
}

const asWritten = 'fit: { overrule: { approver: <who answers for it>, reason: <why it fits> } }';

/** What the arithmetic says against a serving; undefined where it says nothing. */
function doubtOf({ serving, device }: FitRequest, found: Fit): string | undefined {
  const { verdict, arithmetic, careful: cautious, notUnderstood } = found;
  switch (verdict) {
    case 'fits':
      return undefined;
    case 'tight':
      return (
        `serving "${serving}" may not fit ${device.name}: ${arithmetic}; by careful constants it needs ` +
        `${gib(cautious.needGiB)} of ${gib(cautious.haveGiB)}, so try it before you count on it`
      );
    case 'unknown':
      return (
        `whether serving "${serving}" fits ${device.name} is unknown: ${notUnderstood.join('; ')}; without what that ` +
        `takes: ${arithmetic}`
      );
    case 'no':
      return `serving "${serving}" does not fit ${device.name}: ${arithmetic}`;
  }
}

/**
 * What a found fit means for a serving.
 *
 * @param overrule of the site; it turns a refusal into a warning that names who answers for it
 * @returns warnings
 * @throws AirlockError (check) with the arithmetic and the smallest changes that fit, or with what is not understood
 */
export function judgeFit(request: FitRequest, found: Fit, overrule?: Overrule): string[] {
  const { verdict, changes } = found;
  const doubt = doubtOf(request, found);
  if (doubt === undefined) return overrule === undefined ? [] : [needless(request.serving)];
  if (overrule !== undefined) return [`${doubt}; ${overrule.approver} overrules it: ${overrule.reason}`];
  switch (verdict) {
    case 'unknown':
      throw checkFailed('MEMORY_FIT_UNKNOWN', doubt, `try it, and write ${asWritten} in the serving`);
    case 'no':
      throw checkFailed(
        'MEMORY_DOES_NOT_FIT',
        doubt,
        changes.length === 0
          ? 'use a pool with more memory, or a smaller or quantized model'
          : `write ${changes.join(', or ')}`,
      );
    default:
      return [doubt];
  }
}

/**
 * The fit of a serving, at synthesis.
 *
 * @returns warnings
 * @throws AirlockError (check) as {@link judgeFit}; (input) as {@link fit}
 */
export const checkFit = (request: FitRequest, overrule?: Overrule): string[] =>
  judgeFit(request, fit(request), overrule);

/** What a site hears that overrules nothing, so that it does not overrule the next change unseen. */
export const needless = (serving: string): string =>
  `serving "${serving}" overrules the memory fit, which says nothing against it: remove fit.overrule`;
