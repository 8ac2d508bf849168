/** Does a model fit the GPUs that a serving gives it? */
import { checkFailed } from '../../core/errors';
import { changesThatFit } from './changes';
import {
  careful,
  contextOf,
  type Estimate,
  estimate,
  type FitRequest,
  HOPEFUL,
  kvPerTokenOf,
  sequencesOf,
} from './estimate';
import { checkHardware } from './hardware';

export type { FitDevice, FitRequest } from './estimate';

/** `tight`: careful constants say no, hopeful ones yes. */
export type FitVerdict = 'fits' | 'tight' | 'no';

export interface Fit {
  readonly verdict: FitVerdict;
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
  { weightsGiB, overheadGiB, cacheGiB, needGiB, haveGiB, share }: Estimate,
): string {
  const { gpus, nodes = 1, weightBytes, device } = request;
  const all = gpus * nodes;
  const perToken = kvPerTokenOf(request);
  const context = contextOf(request);
  const cache =
    perToken === undefined || context === undefined
      ? ''
      : ` + key-value cache ${gib(cacheGiB)} (${(perToken / 1024).toFixed(1)} KiB × ${context} tokens × ${sequencesOf(request)}` +
        `${request.shape?.slidingLayers === undefined ? '' : ', less where layers slide'})`;
  const have = share === 1 ? gib(haveGiB) : `${gib(device.memoryGiB)} × ${share} = ${gib(haveGiB)}`;
  return (
    `weights ${gib(weightBytes / 1024 ** 3)} / ${all} ${all === 1 ? 'GPU' : 'GPUs'} = ${gib(weightsGiB)} + overhead ` +
    `${gib(overheadGiB)}${cache} = ${gib(needGiB)} of ${have} on each`
  );
}

function sequencesThatFit(
  { weightsGiB, overheadGiB, cacheGiB, haveGiB }: Estimate,
  request: FitRequest,
): number | undefined {
  if (cacheGiB === 0) return undefined;
  return Math.max(0, Math.floor((haveGiB - weightsGiB - overheadGiB) / (cacheGiB / sequencesOf(request))));
}

/**
 * The memory fit of a replica.
 *
 * Two estimates: by hopeful constants, what exceeds them cannot start; by careful ones, what stays below them will. In
 * between nobody knows but a trial.
 *
 * @throws AirlockError (input) where the heads of the model, or the numbers it is made of, rule the layout out
 */
export function fit(request: FitRequest): Fit {
  checkHardware(request);
  const [hopeful, cautious] = [estimate(request, HOPEFUL), estimate(request, careful(request.shape))];
  return {
    verdict: !hopeful.fits ? 'no' : cautious.fits ? 'fits' : 'tight',
    hopeful,
    careful: cautious,
    kvBytesPerToken: kvPerTokenOf(request),
    context: contextOf(request),
    sequences: sequencesThatFit(hopeful, request),
    arithmetic: arithmeticOf(request, hopeful),
    changes: hopeful.fits ? [] : changesThatFit(request),
  };
}

/**
 * The fit of a serving, at synthesis.
 *
 * @returns warnings
 * @throws AirlockError (check) with the arithmetic and the smallest changes that fit; (input) as {@link fit}
 */
export function checkFit(request: FitRequest): string[] {
  const { verdict, arithmetic, changes, careful: cautious } = fit(request);
  const { serving, device } = request;
  if (verdict === 'no') {
    throw checkFailed(
      `serving "${serving}" does not fit ${device.name}: ${arithmetic}`,
      changes.length === 0
        ? 'use a pool with more memory, or a smaller or quantized model'
        : `write ${changes.join(', or ')}`,
    );
  }
  if (verdict === 'fits') return [];
  return [
    `serving "${serving}" may not fit ${device.name}: ${arithmetic}; by careful constants it needs ` +
      `${gib(cautious.needGiB)} of ${gib(cautious.haveGiB)}, so try it before you count on it`,
  ];
}
