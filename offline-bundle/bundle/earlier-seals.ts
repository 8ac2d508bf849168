/** What the seals say that a bundle has already, as far as the signer can verify them. */
import { verify } from 'node:crypto';
import { AirlockError, checkFailed } from '../../core/errors';
import { visible } from '../../core/visible';
import type { TrustedKey } from '../trust/keys';
import {
  isKeyId,
  parseSeal,
  type Seal,
  sealFileName,
  sealPayloads,
  type SealStatement,
  sumsSignatureFileName,
} from '../trust/seal';
import type { Signer } from '../trust/signer';

export interface EarlierSeals {
  /** What the seals say that verify under a key given here; absent where none does. */
  readonly statement?: SealStatement;
  /** The bytes in which they say it: a further signer signs the same. */
  readonly payload?: Buffer;
  /** Ids of the keys whose seal and signature over SHA256SUMS both hold, sorted. */
  readonly verified: readonly string[];
  /** Ids that the other files claim, sorted; nothing that they say is used. */
  readonly unverified: readonly string[];
}

const SEAL = '.sigstore.json';
const ASK_AGAIN = 'remove the file and let its signer seal the bundle again';
const shown = (name: string): string => visible(`seals/${name}`);

/** @throws AirlockError (check) when the file is not a seal in its one form under the name of its key */
function sealIn(name: string, bytes: Buffer): Seal {
  try {
    const seal = parseSeal(bytes);
    if (name === sealFileName(seal.keyId)) return seal;
    throw checkFailed('SEAL_MALFORMED', `names the key ${seal.keyId} inside`);
  } catch (cause) {
    if (!(cause instanceof AirlockError)) throw cause;
    throw new AirlockError(cause.code, `${shown(name)}: ${cause.message}`, { fix: ASK_AGAIN, cause });
  }
}

const sealsIn = (files: ReadonlyMap<string, Buffer>): Seal[] =>
  [...files].filter(([name]) => name.endsWith(SEAL)).map(([name, bytes]) => sealIn(name, bytes));

/**
 * Reads what earlier signers said, under the keys that this signer was given and its own.
 *
 * @param files every file of `seals/` by its name
 * @param sums the bytes of SHA256SUMS
 * @throws AirlockError (check) when a seal is damaged, does not verify under the given key that it names, or differs from
 *   another verified one
 */
export function judgeEarlierSeals(
  files: ReadonlyMap<string, Buffer>,
  sums: Buffer,
  signer: Signer,
  trusted: readonly TrustedKey[],
): EarlierSeals {
  const keys = new Map([
    ...trusted.map(({ id, publicKey }) => [id, publicKey] as const),
    [signer.keyId, signer.publicKey],
  ]);
  const claimed = new Set([...files.keys()].map((name) => name.split('.')[0] ?? '').filter(isKeyId));
  const verified: string[] = [];
  let earlier: Required<Pick<EarlierSeals, 'statement' | 'payload'>> | undefined;
  for (const seal of sealsIn(files)) {
    const publicKey = keys.get(seal.keyId);
    if (publicKey === undefined) continue;
    const name = sealFileName(seal.keyId);
    const said = seal.open(publicKey);
    if (said === undefined)
      throw checkFailed('SEAL_UNTRUSTED', `${shown(name)} is unverified: no signature of key ${seal.keyId}`, ASK_AGAIN);
    if (earlier !== undefined && !seal.isOver(earlier.payload))
      throw checkFailed(
        'SEALS_DISAGREE',
        `${shown(name)} says something else than the other seals`,
        'remove the wrong one',
      );
    const payload = sealPayloads(said).find((one) => seal.isOver(one));
    if (payload !== undefined) earlier = { statement: said, payload };
    const signature = files.get(sumsSignatureFileName(seal.keyId));
    if (signature !== undefined && verify('sha256', sums, publicKey, signature)) verified.push(seal.keyId);
  }
  // The signer's own files are about to be written anew where they do not hold.
  const unverified = [...claimed].filter((id) => !verified.includes(id) && id !== signer.keyId).sort();
  return { verified: verified.sort(), unverified, ...earlier };
}

/**
 * Demands that every seal there is over the bytes that are to be signed: else every verifier refuses the bundle.
 *
 * @throws AirlockError (check) naming the first that is not
 */
export function demandSamePayload(files: ReadonlyMap<string, Buffer>, payload: Buffer): void {
  const odd = sealsIn(files).find((seal) => !seal.isOver(payload));
  if (odd === undefined) return;
  throw checkFailed(
    'SEALS_DISAGREE',
    `${shown(sealFileName(odd.keyId))} is unverified and says something else than what you seal`,
    'remove the file; or give the public key of its signer with --trust, and what it says is taken over',
  );
}
