/**
 * Whether to send clients here. One bad record or blob is said, and takes nothing else out of service: only where
 * nothing whole is left to serve, the answer is no.
 */
import type { Digest } from '../../core/digest';
import { lines, show, type Text, visible } from '../../core/visible';
import { BUNDLE_REPOSITORY } from '../../site/enclave-names';
import type { Damage } from './blob-health';
import type { Catalog } from './catalog';
import type { Repository } from './content';

export interface Readiness {
  readonly isReady: boolean;
  /** `ok`, or what is wrong, a line each. */
  readonly text: Text;
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
  const wrong = [
    ...problems.map(visible),
    ...damages.map(({ digest, what }) => show`blob ${digest} is not served: ${what}`),
  ];
  if (wrong.length === 0) return { isReady: true, text: lines([show`ok`]) };
  const damaged = new Set(damages.map(({ digest }) => digest));
  // The bundle's own repository reaches all that the others have.
  const isReady = [...repositories].some(([name, one]) => name !== BUNDLE_REPOSITORY && isWhole(one, damaged));
  const more = wrong.length > MOST_LINES ? [show`and ${wrong.length - MOST_LINES} more`] : [];
  const head = isReady ? show`degraded: the rest is served` : show`nothing can be served`;
  return { isReady, text: lines([head, ...wrong.slice(0, MOST_LINES), ...more]) };
}
