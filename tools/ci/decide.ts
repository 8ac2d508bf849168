/** Whether a tier runs now. */
import type { Passed } from './passed';
import type { Tier } from './tiers';

/** No slow tier starts after so many seconds since CI began. */
export const LAST_START_SECONDS = 65 * 60;
/** Nor one that is expected to end later than this. */
export const LAST_END_SECONDS = 75 * 60;
/** What still runs then is ended, and has failed. */
export const CUT_SECONDS = 84 * 60;

export type Decision =
  | { readonly run: true }
  /** `unchanged`: what would run has passed here already; `time`: it would end too late. */
  | { readonly run: false; readonly because: 'unchanged' | 'time' };

export interface Now {
  /** Seconds since CI began; nothing is left out for time where undefined. */
  readonly elapsed?: number;
  readonly fingerprint: string;
  /** The last good run on this machine. */
  readonly passed?: Passed;
  /** Run what has passed, too. */
  readonly all: boolean;
}

export function decide(tier: Pick<Tier, 'coldSeconds'>, { elapsed, fingerprint, passed, all }: Now): Decision {
  if (!all && passed?.fingerprint === fingerprint) return { run: false, because: 'unchanged' };
  if (elapsed === undefined) return { run: true };
  const end = elapsed + (passed?.seconds ?? tier.coldSeconds);
  return elapsed > LAST_START_SECONDS || end > LAST_END_SECONDS ? { run: false, because: 'time' } : { run: true };
}
