/** A genuine bundle can still be an old one: the store remembers how far a site has come. */
import { type Digest } from '../../core/digest';
import { AirlockError, checkFailed } from '../../core/errors';
import type { Store } from '../store/store';
import { loadTrustedKey, type TrustedKey } from '../trust/keys';
import { parseSeal, type SealStatement } from '../trust/seal';
import { type Check, fail, note, pass } from '../verify/report';

/** What the store knows of the sealed bundles of a site. */
export interface KnownBundles {
  /** What the kept seals say, each verified again; one for each bundle, in the order of their roots. */
  readonly statements: readonly SealStatement[];
  /** Roots whose seals cannot be verified here: the store has no key of theirs, and none was given. */
  readonly unverified: readonly Digest[];
}

const SEAL = '.sigstore.json';
/** Name under which a seal's public key is kept beside it. */
const keyFileName = (id: string): string => `${id}.pub`;

/** The public keys that an import accepted, as files to keep beside the seals, so that these can be verified again. */
export const keyFiles = (signers: readonly string[], trusted: readonly TrustedKey[]): Map<string, Buffer> =>
  new Map(
    trusted
      .filter(({ id }) => signers.includes(id))
      .map(({ id, publicKey }) => [
        keyFileName(id),
        Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }).toString()),
      ]),
  );

/** The key of a kept seal: the one kept with it, else one that was given now. */
function keyOf(id: string, kept: ReadonlyMap<string, Buffer>, given: readonly TrustedKey[]): TrustedKey | undefined {
  const pem = kept.get(keyFileName(id))?.toString('utf8');
  if (pem === undefined) return given.find((key) => key.id === id);
  const key = loadTrustedKey(pem, keyFileName(id));
  if (key.id !== id) throw checkFailed(`${keyFileName(id)} holds the key ${key.id}`);
  return key;
}

/** What the kept seals of one root say; undefined where no key verifies any of them. */
function statementOf(
  root: Digest,
  kept: ReadonlyMap<string, Buffer>,
  given: readonly TrustedKey[],
): SealStatement | undefined {
  let statement: SealStatement | undefined;
  for (const [file, bytes] of kept) {
    if (!file.endsWith(SEAL)) continue;
    try {
      const seal = parseSeal(bytes);
      const key = keyOf(seal.keyId, kept, given);
      if (key === undefined) continue;
      const said = seal.open(key.publicKey);
      if (said === undefined) throw checkFailed(`it is no signature of key ${seal.keyId}`);
      if (said.root !== root) throw checkFailed(`it is about ${said.root}`);
      statement = said;
    } catch (cause) {
      throw new AirlockError('input', `the seal ${file} that the store keeps for ${root} is damaged`, {
        fix: 'remove the root record of that bundle from the store and import it again',
        cause,
      });
    }
  }
  return statement;
}

/**
 * What a site's imported bundles say of themselves, by their kept seals.
 *
 * @param given keys for seals of stores that an earlier release wrote, which kept no keys
 * @throws AirlockError (input) when a kept seal is damaged
 */
export async function knownBundles(store: Store, site: string, given: readonly TrustedKey[]): Promise<KnownBundles> {
  const statements: SealStatement[] = [];
  const unverified: Digest[] = [];
  for (const { kind, digest, site: owner } of await store.roots()) {
    if (kind !== 'bundle' || owner !== site) continue;
    const kept = await store.seals(digest);
    const statement = statementOf(digest, kept, given);
    if (statement !== undefined) statements.push(statement);
    else if (kept.size > 0) unverified.push(digest);
  }
  return { statements, unverified };
}

const OVERRULE = '--allow-older takes it all the same';
const SUBJECT = 'sequence';

/** Whether the bundle follows the newest one that the store has; others may be missing in between, and that is no fault. */
function checkPrevious({ previous }: SealStatement, newest: readonly SealStatement[]): Check {
  const subject = 'previous bundle';
  if (newest.some(({ root }) => root === previous))
    return pass('seal', subject, `${String(previous)}, the store's newest`);
  const roots = newest.map(({ root }) => root).join(', ');
  return note(
    'seal',
    subject,
    `the seal names ${previous ?? 'none'}, the newest that the store has of this site is ${roots}: one in between did not come here, or the signer did not know of it`,
  );
}

/**
 * Judges where a sealed bundle stands among those that the store has of its site (TUF 1.0.33, section 5.3.5 and after: a
 * version must increase). Refused are an older one, and another one of the same sequence.
 *
 * @param options.allowed that the store has this very bundle, or that somebody overrules
 */
export function checkSequence(
  seal: SealStatement,
  { statements, unverified }: KnownBundles,
  { isKnown, allowOlder }: { readonly isKnown: boolean; readonly allowOlder: boolean },
): Check[] {
  const highest = Math.max(...statements.map(({ sequence }) => sequence));
  const newest = statements.filter(({ sequence }) => sequence === highest);
  const judge = (detail: string): Check =>
    isKnown || allowOlder
      ? pass('seal', SUBJECT, `${detail}, and that was allowed`)
      : fail('seal', SUBJECT, 'untrusted', `${detail}; ${OVERRULE}`);
  const checks = unverified
    .filter((root) => root !== seal.root)
    .map((root) =>
      judge(`cannot be compared with ${root}: the store keeps no key for its seals; name that key with --trust, too`),
    );
  const [first] = newest;
  if (first === undefined) return [...checks, pass('seal', SUBJECT, `${seal.sequence}, the store has none`)];
  const has = `which the store has of ${seal.site} (${first.root})`;
  if (seal.sequence < highest) checks.push(judge(`${seal.sequence} is older than ${highest}, ${has}`));
  else if (seal.sequence > highest) checks.push(pass('seal', SUBJECT, `${seal.sequence}, the store has ${highest}`));
  else if (newest.some(({ root }) => root === seal.root))
    checks.push(pass('seal', SUBJECT, `${seal.sequence}, as the store has it`));
  else
    checks.push(
      judge(
        `${seal.sequence} is also that of another bundle, ${has}: which one is newer cannot be told (sealed at ${seal.sealedAt} and ${first.sealedAt})`,
      ),
    );
  return isKnown ? checks : [...checks, checkPrevious(seal, newest)];
}
