import { type Digest, fromHex } from '../../core/digest';
import { AirlockError, checkFailed } from '../../core/errors';
import type { Store } from '../store/store';
import { loadTrustedKey, type TrustedKey } from '../trust/keys';
import { parseSeal, type SealStatement } from '../trust/seal';
import { type Check, fail, note, pass } from '../verify/report';
import { type KnownSequence, readMark } from './sequence-mark';

/** What the store knows of the sealed bundles of a site. */
export interface KnownBundles {
  /** What the kept seals say, each verified again; one for each bundle. */
  readonly statements: readonly SealStatement[];
  /** How far the site has come, as the store noted it after its imports; undefined where it did not, or the note is damaged. */
  readonly mark: KnownSequence | undefined;
  /** Roots whose seals cannot be verified here: the store has no key of theirs, and none was given. */
  readonly unverified: readonly Digest[];
  /** Sealed roots of which no kept seal holds any more. */
  readonly damaged: readonly Digest[];
  /** What is wrong with records and kept seals, one text for each. */
  readonly problems: readonly string[];
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
  if (key.id !== id) throw checkFailed('STORE_DAMAGED', `${keyFileName(id)} holds the key ${key.id}`);
  return key;
}

/** What the kept seals of one root say. */
export interface Recalled {
  readonly statement?: SealStatement;
  /** Ids of the keys whose seals hold. */
  readonly signers: readonly string[];
  /** A seal is there whose key is not. */
  readonly unverified: boolean;
  readonly problems: readonly string[];
}

/** What the kept seals of one root say: one that holds is enough, and a damaged one is named. */
export function recall(root: Digest, kept: ReadonlyMap<string, Buffer>, given: readonly TrustedKey[]): Recalled {
  const problems: string[] = [];
  const signers: string[] = [];
  let unverified = false;
  let statement: SealStatement | undefined;
  for (const [file, bytes] of kept) {
    if (!file.endsWith(SEAL)) continue;
    const its = `the seal ${file} that the store keeps for ${root}`;
    try {
      const seal = parseSeal(bytes);
      const key = keyOf(seal.keyId, kept, given);
      const said = key === undefined ? undefined : seal.open(key.publicKey);
      if (key === undefined) unverified = true;
      else if (said === undefined) problems.push(`${its} is damaged: it is no signature of key ${seal.keyId}`);
      else if (said.root !== root) problems.push(`${its} is about ${said.root}`);
      else {
        statement = said;
        signers.push(seal.keyId);
      }
    } catch (error) {
      if (!(error instanceof AirlockError)) throw error;
      problems.push(`${its} is damaged: ${error.message}`);
    }
  }
  return { problems, signers, unverified, ...(statement === undefined ? {} : { statement }) };
}

/** The bundles that the store has, with their sites; of a record that cannot be read, its name tells the bundle alone. */
async function bundlesOf(store: Store): Promise<Map<Digest, { readonly site?: string; readonly sealed: boolean }>> {
  const { records, problems } = await store.survey();
  const found = new Map<Digest, { readonly site?: string; readonly sealed: boolean }>();
  for (const { kind, digest, site, trust } of records)
    if (kind === 'bundle') found.set(digest, { site, sealed: !('unsigned' in trust) });
  for (const name of problems.keys()) {
    const [, hex] = /^([0-9a-f]{64})\.json$/.exec(name) ?? [];
    if (hex !== undefined) found.set(fromHex(hex), { sealed: false });
  }
  // Of a bundle that was removed the seals stay where the mark names it: of two memories one may be damaged.
  const recorded = new Set(records.map(({ digest }) => digest));
  for (const root of await store.sealedRoots())
    if (!recorded.has(root) && !found.has(root)) found.set(root, { sealed: false });
  return found;
}

/**
 * What a site's imported bundles say of themselves, by their kept seals. A record that cannot be read does not make its
 * bundle's seals forgotten, and a damaged seal is no reason to stop.
 *
 * @param given keys for seals of stores that an earlier release wrote, which kept no keys
 */
export async function knownBundles(store: Store, site: string, given: readonly TrustedKey[]): Promise<KnownBundles> {
  const statements: SealStatement[] = [];
  const [unverified, damaged]: [Digest[], Digest[]] = [[], []];
  const problems: string[] = [];
  for (const [root, owner] of await bundlesOf(store)) {
    const kept = await store.seals(root);
    const found = recall(root, kept, given);
    // What the seal says counts before what the record says.
    if ((found.statement?.site ?? owner.site ?? site) !== site) continue;
    problems.push(...found.problems);
    if (found.statement !== undefined) statements.push(found.statement);
    // Of whom it is, nobody can tell, where the record is damaged, too: that is named, and hinders no site.
    else if (owner.site === undefined) continue;
    else if (found.unverified) unverified.push(root);
    else if (owner.sealed) {
      damaged.push(root);
      if (found.problems.length === 0) problems.push(`the store has lost the seals of ${root}`);
    }
  }
  return { statements, unverified, damaged, problems, mark: await readMark(store.dir, site) };
}

const OVERRULE = '--allow-older takes it all the same';
const SUBJECT = 'sequence';

/** Whether the bundle follows the newest one that the store has; others may be missing in between, and that is no fault. */
function checkPrevious({ previous }: SealStatement, newest: readonly KnownSequence[]): Check {
  const subject = 'previous bundle';
  if (newest.some(({ root }) => root === previous))
    return pass('seal', subject, `${String(previous)}, the store's newest`);
  const roots = [...new Set(newest.map(({ root }) => root))].join(', ');
  return note(
    'seal',
    subject,
    `the seal names ${previous ?? 'none'}, the newest that the store has of this site is ${roots}: one in between did not come here, or the signer did not know of it`,
  );
}

/** Why a bundle may not follow what the store has. */
export type SequenceReason = 'older' | 'same-sequence' | 'place-unknown';

export interface SequenceVerdict {
  readonly checks: readonly Check[];
  /** Of the checks that failed. */
  readonly reasons: readonly SequenceReason[];
  /** What the store is to remember, where it can be told. */
  readonly mark: KnownSequence | undefined;
}

/** Bundles of which nobody knows how far the site had come with them; the mark, or a later bundle's `previous`, tells it all the same. */
function unknownOf({ statements, unverified, damaged, mark }: KnownBundles, seal: SealStatement): [Digest, string][] {
  const isTold = (root: Digest): boolean =>
    mark !== undefined || root === seal.root || statements.some(({ previous }) => previous === root);
  return [
    ...unverified.map((root): [Digest, string] => [
      root,
      'the store keeps no key for its seals; name that key with --trust, too',
    ]),
    ...damaged
      .filter((root) => root !== seal.previous)
      .map((root): [Digest, string] => [
        root,
        'its kept seals are damaged; import that bundle again, which brings them back',
      ]),
  ].filter(([root]) => !isTold(root));
}

/**
 * Judges where a sealed bundle stands among those that the store has of its site (TUF 1.0.33, section 5.3.5 and after: a
 * version must increase). Refused are an older one, and another one of the same sequence.
 *
 * @param options.isKnown that the store has this very bundle
 * @param options.allowOlder that somebody overrules
 */
export function checkSequence(
  seal: SealStatement,
  known: KnownBundles,
  { isKnown, allowOlder }: { readonly isKnown: boolean; readonly allowOlder: boolean },
): SequenceVerdict {
  const { statements, mark } = known;
  const all: readonly KnownSequence[] = [...statements, ...(mark === undefined ? [] : [mark])];
  const highest = Math.max(...all.map(({ sequence }) => sequence));
  const newest = all.filter(({ sequence }) => sequence === highest);
  const reasons: SequenceReason[] = [];
  const judge = (reason: SequenceReason, detail: string): Check => {
    if (isKnown || allowOlder) return pass('seal', SUBJECT, `${detail}, and that was allowed`);
    reasons.push(reason);
    return fail('seal', SUBJECT, 'untrusted', `${detail}; ${OVERRULE}`);
  };
  const unknown = unknownOf(known, seal);
  const checks = unknown.map(([root, why]) => judge('place-unknown', `cannot be compared with ${root}: ${why}`));
  // With a bundle whose place is unknown, nobody knows the highest.
  const remembered = ({ sequence, root }: KnownSequence) => (unknown.length > 0 ? undefined : { sequence, root });
  const [first] = newest;
  if (first === undefined)
    return {
      checks: [...checks, pass('seal', SUBJECT, `${seal.sequence}, the store has none`)],
      reasons,
      mark: remembered(seal),
    };
  const has = `which the store has of ${seal.site} (${first.root})`;
  if (seal.sequence < highest) checks.push(judge('older', `${seal.sequence} is older than ${highest}, ${has}`));
  else if (seal.sequence > highest) checks.push(pass('seal', SUBJECT, `${seal.sequence}, the store has ${highest}`));
  else if (newest.some(({ root }) => root === seal.root))
    checks.push(pass('seal', SUBJECT, `${seal.sequence}, as the store has it`));
  else
    checks.push(
      judge(
        'same-sequence',
        `${seal.sequence} is also that of another bundle, ${has}: which one is newer cannot be told`,
      ),
    );
  if (!isKnown) checks.push(checkPrevious(seal, newest));
  return { checks, reasons, mark: remembered(seal.sequence > highest ? seal : first) };
}
