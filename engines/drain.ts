/** How long requests in flight get when a pod ends. */
import type { EngineSpec } from './contract';

/**
 * @param seconds for requests in flight
 * @param afterSigterm whether the engine finishes them after SIGTERM; one that drops them must not hear it before
 * @param shutdownSeconds that the engine takes to end, once it has nothing left to finish
 */
export const drainOf = (
  seconds: number,
  afterSigterm: boolean,
  shutdownSeconds = 0,
): Pick<EngineSpec, 'drainSeconds' | 'shutdownSeconds'> =>
  afterSigterm
    ? { shutdownSeconds: seconds + shutdownSeconds }
    : { shutdownSeconds, ...(seconds === 0 ? {} : { drainSeconds: seconds }) };
