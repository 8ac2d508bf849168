/** Whether a serving fits the memory of its pool, and who answers for it where that is not certain. */
import { checkContext } from '../engines/context';
import { type Fit, fit, type FitVerdict, judgeFit, needless, type Overrule } from '../engines/fit/fit';
import { fitDevice, fitRequest } from '../engines/fit/request';
import type { Lock } from '../site/generated/lock';
import type { Pool, Serving } from '../site/generated/site';

/** Whether the model of a serving fits its GPUs, and who answers where that is not certain. */
export interface MemoryDecision {
  /** `host`: no GPUs; the engine's contract sets the memory of its pods. */
  readonly verdict: FitVerdict | 'host';
  /** The arithmetic in one line. */
  readonly arithmetic?: string;
  /** What is not understood of the model. */
  readonly notUnderstood?: readonly string[];
  /** Who answers for it, and why. */
  readonly overrule?: Overrule;
  readonly warnings: readonly string[];
}

/**
 * The numbers alone, whatever they say.
 *
 * @throws AirlockError (input) as `fit` and `fitRequest`
 */
export function servingFit(serving: Serving, pool: Pool, lock: Lock): Fit | undefined {
  const device = fitDevice(pool);
  return device === undefined ? undefined : fit(fitRequest(serving, lock, device));
}

/**
 * @throws AirlockError (check) when a replica cannot fit its GPUs, or nobody knows; (input) when its context is longer
 *   than the model's
 */
export function memoryOf(serving: Serving, pool: Pool, lock: Lock): MemoryDecision {
  const overrule = serving.fit?.overrule;
  const device = fitDevice(pool);
  if (device === undefined) {
    const { shape, unknownShape } = lock.models.find(({ name }) => name === serving.model) ?? {};
    checkContext(
      serving.name,
      serving.maxModelLen,
      shape?.maxPositionEmbeddings ?? unknownShape?.maxPositionEmbeddings,
    );
    return { verdict: 'host', warnings: overrule === undefined ? [] : [needless(serving.name)] };
  }
  const request = fitRequest(serving, lock, device);
  const found = fit(request);
  const { verdict, arithmetic, notUnderstood } = found;
  return {
    ...{ verdict, arithmetic },
    ...(notUnderstood.length === 0 ? {} : { notUnderstood }),
    ...(overrule === undefined ? {} : { overrule }),
    warnings: judgeFit(request, found, overrule),
  };
}
