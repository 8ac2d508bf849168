/** Whether a lock may be bundled for a site at all, before anything is fetched. */
import { AirlockError, badInput, checkFailed } from '../../core/errors';
import type { Lock } from '../../site/generated/lock';
import type { Site } from '../../site/generated/site';
import { checkLock } from '../../site/lock/lock-file';

/**
 * @throws AirlockError (input) for an example lock or the lock of another site; (check) for a lock that does not answer
 *   what the site asks, with every difference
 */
export function demandLockFits(lock: Lock, site: Site): void {
  if (lock.example === true) {
    throw badInput(
      'LOCK_IS_EXAMPLE',
      'the lock is an example: its digests were not resolved from upstream',
      'resolve the site with `airlock lock`',
    );
  }
  if (lock.site !== site.name) {
    throw badInput(
      'SITE_MISMATCH',
      `the lock is for site "${lock.site}", the site is "${site.name}"`,
      'name the lock of this site',
    );
  }
  const differences = checkLock(lock, site);
  if (differences.length === 0) return;
  const [first = ''] = differences;
  throw differences.length === 1
    ? checkFailed('LOCK_OUT_OF_DATE', `lock and site disagree: ${first}`, 'run `airlock lock` and review the change')
    : new AirlockError('LOCK_OUT_OF_DATE', `lock and site disagree in ${differences.length} places:`, {
        items: differences,
        fix: 'run `airlock lock` and review the change',
      });
}
