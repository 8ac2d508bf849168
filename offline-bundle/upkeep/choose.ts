/** Which bundle or pin of a store a person means. */
import type { Digest } from '../../core/digest';
import { AirlockError } from '../../core/errors';
import { nameOf, type StoredRoot } from './view';

/** Fewer digits of a digest are too easily those of another one. */
const SHORTEST_PREFIX = 6;

function matches(root: StoredRoot, text: string): boolean {
  const [, hex] = new RegExp(`^(?:sha256:)?([0-9a-f]{${SHORTEST_PREFIX},64})$`).exec(text) ?? [];
  if (hex !== undefined && root.digest.startsWith(`sha256:${hex}`)) return true;
  const { statement } = root.sealed;
  return statement !== undefined && text === `${statement.site}@${statement.sequence}`;
}

/**
 * Finds one root.
 *
 * @param text the first 6 digits of its digest or more, or `site@sequence` as its seal says
 * @throws AirlockError (input) where there is none, or more than one
 */
export function chooseRoot(roots: readonly StoredRoot[], text: string): Digest {
  const found = roots.filter((root) => matches(root, text));
  const [one] = found;
  if (one !== undefined && found.length === 1) return one.digest;
  throw new AirlockError(
    'USAGE_UNKNOWN_NAME',
    found.length === 0 ? `the store has no bundle "${text}"` : `"${text}" may be any of`,
    {
      fix: 'name it by the first 6 digits of its digest or more, or as SITE@SEQUENCE; `airlock store list` has both',
      items: (found.length === 0 ? roots : found).map(nameOf),
    },
  );
}
