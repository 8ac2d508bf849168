/** A lock as people review it. */
import { hexOf } from '../../core/digest';
import { formatBytes } from '../../core/format-bytes';
import { type Page, table } from '../../core/page';
import { show } from '../../core/visible';
import type { Lock } from '../../site/generated/lock';
import { lockSummary, summaryRows } from './lock-summary';

/** Digits of a digest in the table; --json gives it whole. */
const SHORT = 12;

/**
 * @param file name of the lock file
 * @param changed whether it was written anew
 */
export function lockPage(lock: Lock, file: string, changed: boolean): Page {
  const { models, notes } = lockSummary(lock);
  const rows = summaryRows(lock).map(({ artifact, version, digest, bytes, hashFrom }) => [
    artifact,
    version,
    hexOf(digest).slice(0, SHORT),
    formatBytes(bytes),
    hashFrom,
  ]);
  return [
    table(['artifact', 'version', 'digest', 'size', 'hash from'], rows),
    ...models.map(
      ({ name, stated, fetched }) =>
        show`model ${name}: ${stated} file hashes stated by the Hub, ${fetched} computed from fetched bytes`,
    ),
    ...notes.map((note) => show`note: ${note}`),
    show`${file}: ${changed ? 'written' : 'unchanged'}`,
  ];
}

/** What `lock --check` found. */
export const comparedPage = (differences: readonly string[], lock: string, site: string): Page =>
  differences.length === 0 ? show`${lock} agrees with ${site}` : differences.map((one) => show`- ${one}`);
