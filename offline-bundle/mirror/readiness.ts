/**
 * Whether to send clients here. One bad record or blob is said, and takes nothing else out of service: only where
 * nothing whole is left to serve, the answer is no.
 */
import type { Digest } from '../../core/digest';
import { BUNDLE_REPOSITORY } from '../../site/enclave-names';
import type { Damage } from './blob-health';
import type { Catalog } from './catalog';
import type { Repository } from './content';

export interface Readiness {
  readonly isReady: boolean;
  /** `ok`, or what is wrong, a line each. */
  readonly text: string;
}

/** Enough to see what is wrong; the log has all of it. */
const MOST_LINES = 20;

function isWhole({ contents }: Repository, damaged: ReadonlySet<Digest>): boolean {
  if (damaged.size === 0) return true;
  for (const { digest, made } of contents.values())
    if (damaged.has(made === undefined ? digest : (made.blob?.digest ?? digest))) return false;
  return true;
}

/** How many bundles and pins cannot be served whole. */
export function unservedRoots({ problems, roots }: Catalog, damages: readonly Damage[]): number {
  const damaged = new Set(damages.map(({ digest }) => digest));
  const broken = roots.filter(({ repositories }) => [...repositories.values()].some((one) => !isWhole(one, damaged)));
  return problems.length + broken.length;
}

/** @param damages what the catalog reaches and is damaged */
export function readiness({ problems, repositories }: Catalog, damages: readonly Damage[]): Readiness {
  const wrong = [...problems, ...damages.map(({ digest, what }) => `blob ${digest} is not served: ${what}`)];
  if (wrong.length === 0) return { isReady: true, text: 'ok\n' };
  const damaged = new Set(damages.map(({ digest }) => digest));
  // The bundle's own repository reaches all that the others have.
  const isReady = [...repositories].some(([name, one]) => name !== BUNDLE_REPOSITORY && isWhole(one, damaged));
  const more = wrong.length > MOST_LINES ? [`and ${wrong.length - MOST_LINES} more`] : [];
  const head = isReady ? 'degraded: the rest is served' : 'nothing can be served';
  return { isReady, text: `${[head, ...wrong.slice(0, MOST_LINES), ...more].join('\n')}\n` };
}
