/** A genuine bundle can still be an old one: the store remembers how far a site has come. */
import type { Digest } from '../../core/digest';
import { AirlockError } from '../../core/errors';
import type { Store } from '../store/store';
import { parseSeal, parseSealPayload } from '../trust/seal';

export interface KnownSequence {
  readonly sequence: number;
  readonly root: Digest;
}

/**
 * The highest sequence among a site's imported bundles, as their kept seals state it; undefined where none is sealed.
 *
 * @throws AirlockError (input) when a kept seal is damaged
 */
export async function highestSequence(store: Store, site: string): Promise<KnownSequence | undefined> {
  let highest: KnownSequence | undefined;
  for (const { kind, digest, site: owner } of await store.roots()) {
    if (kind !== 'bundle' || owner !== site) continue;
    for (const [file, bytes] of await store.seals(digest)) {
      if (!file.endsWith('.sigstore.json')) continue;
      try {
        const { sequence } = parseSealPayload(parseSeal(bytes).payload);
        if (highest === undefined || sequence > highest.sequence) highest = { sequence, root: digest };
      } catch (cause) {
        throw new AirlockError('input', `the seal ${file} that the store keeps for ${digest} is damaged`, {
          fix: 'remove the root record of that bundle from the store and import it again',
          cause,
        });
      }
    }
  }
  return highest;
}
