/** What upstream does not have: broken input while locking, a failed check once a lock names it. */
import { AirlockError } from '../../core/errors';

class UpstreamMissing extends AirlockError {
  public readonly upstreamMissing = true;
}

/** Upstream answers that the thing asked for does not exist; of kind `input`. */
export const upstreamMissing = (what: string, fix: string): AirlockError => new UpstreamMissing('input', what, { fix });

/** Whether an error was made by {@link upstreamMissing}. */
export const isUpstreamMissing = (error: unknown): boolean =>
  error instanceof AirlockError && 'upstreamMissing' in error;
