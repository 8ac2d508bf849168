/** What upstream does not have: broken input while locking, a failed check once a lock names it. */
import { AirlockError } from '../../core/errors';

/** Upstream answers that the thing asked for does not exist. */
export class UpstreamMissing extends AirlockError {
  public constructor(what: string, fix: string) {
    super('input', what, { fix });
  }
}
