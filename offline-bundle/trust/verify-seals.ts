/**
 * Judges the seals of a bundle against public keys that came by another path. Pure: bytes in, verdict out.
 *
 * Nothing in the bundle adds to the trust: a key is found by the id in the file name only among the trusted ones.
 */
import { verify } from 'node:crypto';
import type { Digest } from '../../core/digest';
import { AirlockError, badInput } from '../../core/errors';
import type { TrustedKey } from './keys';
import { modelSignatureOf } from './model-signature';
import { parseSeal, type Seal, sealFileName, type SealStatement, sumsSignatureFileName } from './seal';

export interface SealsToVerify {
  /** Every file of `seals/` by its name. */
  readonly seals: ReadonlyMap<string, Buffer>;
  /** The bytes of SHA256SUMS. */
  readonly sums: Buffer;
  /** Digest of the bundle's index, as computed from its bytes. */
  readonly root: Digest;
  readonly trusted: readonly TrustedKey[];
  /** How many distinct trusted keys must have sealed the bundle. */
  readonly threshold: number;
}

export interface SealProblem {
  /** Name inside `seals/`. */
  readonly file: string;
  readonly problem: string;
}

export interface SealVerdict {
  /** True when there is no problem and the threshold is met. */
  readonly ok: boolean;
  /** Ids of the trusted keys whose seal and SHA256SUMS signature both hold, sorted. */
  readonly accepted: readonly string[];
  /** Ids of signers that are not trusted, sorted; they count for nothing. */
  readonly untrusted: readonly string[];
  readonly threshold: number;
  /** What is wrong, by file; any of them refuses the bundle. */
  readonly problems: readonly SealProblem[];
  /** What the accepted seals say; absent when none was accepted. */
  readonly payload?: SealStatement;
}

interface SignerFiles {
  seal?: Seal;
  signature?: Buffer;
}

const FILE_NAME = /^([0-9a-f]{16})\.(sigstore\.json|SHA256SUMS\.sig)$/;
const messageOf = (error: unknown): string => {
  if (error instanceof AirlockError) return error.message;
  throw error;
};

/** Sorts the files by signer; what is not a file of a signer is a problem. */
function bySigner(seals: ReadonlyMap<string, Buffer>, problems: SealProblem[]): Map<string, SignerFiles> {
  const signers = new Map<string, SignerFiles>();
  for (const [file, bytes] of [...seals].sort(([a], [b]) => (a < b ? -1 : 1))) {
    // Judged by what the lock says of the model (verify/model-signatures.ts).
    if (modelSignatureOf(file) !== undefined) continue;
    const [, id, kind] = FILE_NAME.exec(file) ?? [];
    if (id === undefined) {
      problems.push({ file, problem: 'neither a seal nor a signature over SHA256SUMS' });
      continue;
    }
    const files = signers.get(id) ?? {};
    signers.set(id, files);
    if (kind === 'SHA256SUMS.sig') {
      files.signature = bytes;
      continue;
    }
    try {
      const seal = parseSeal(bytes);
      if (seal.keyId === id) files.seal = seal;
      else problems.push({ file, problem: `names the key ${seal.keyId} inside` });
    } catch (error) {
      problems.push({ file, problem: messageOf(error) });
    }
  }
  return signers;
}

/** All seals of a bundle say the same; the odd ones out are named. The first trusted seal is the measure. */
function checkSamePayload(
  signers: ReadonlyMap<string, SignerFiles>,
  keys: ReadonlyMap<string, TrustedKey>,
  problems: SealProblem[],
): void {
  const sealed = [...signers].filter(([, files]) => files.seal !== undefined);
  const measure = sealed.find(([id]) => keys.has(id)) ?? sealed[0];
  for (const [id, files] of sealed) {
    if (measure?.[1].seal === undefined || files.seal?.saysTheSameAs(measure[1].seal) === true) continue;
    problems.push({ file: sealFileName(id), problem: `says something else than ${sealFileName(measure[0])}` });
  }
}

function checkSigner(
  { id, publicKey }: TrustedKey,
  { seal, signature }: SignerFiles,
  { seals, sums, root }: SealsToVerify,
): { readonly problems: readonly SealProblem[]; readonly statement?: SealStatement } {
  const [sealFile, signatureFile] = [sealFileName(id), sumsSignatureFileName(id)];
  const problems: SealProblem[] = [];
  if (signature === undefined) {
    problems.push({ file: signatureFile, problem: 'missing, although this key sealed the bundle' });
  } else if (!verify('sha256', sums, publicKey, signature)) {
    problems.push({ file: signatureFile, problem: `not a signature of key ${id} over this SHA256SUMS` });
  }
  if (seal === undefined) {
    if (!seals.has(sealFile))
      problems.push({ file: sealFile, problem: 'missing, although this key signed SHA256SUMS' });
    return { problems };
  }
  try {
    const statement = seal.open(publicKey);
    if (statement?.root === root) return { problems, statement };
    if (statement === undefined) problems.push({ file: sealFile, problem: `the signature is not one of key ${id}` });
    else problems.push({ file: sealFile, problem: `seals another bundle: ${statement.root} instead of ${root}` });
  } catch (error) {
    problems.push({ file: sealFile, problem: messageOf(error) });
  }
  return { problems };
}

function trustedById(trusted: readonly TrustedKey[]): Map<string, TrustedKey> {
  const keys = new Map<string, TrustedKey>();
  for (const key of trusted) {
    const other = keys.get(key.id);
    if (other !== undefined && !other.publicKey.equals(key.publicKey)) {
      throw badInput(
        'KEY_INVALID',
        `two different trusted keys have the id ${key.id}`,
        'replace one of them by a new key',
      );
    }
    keys.set(key.id, key);
  }
  return keys;
}

/**
 * Judges all seals of a bundle.
 *
 * Every file of `seals/` but signatures of models must be a seal in its canonical form or a SHA256SUMS signature, named after its key; all seals
 * say the same; of each trusted signer both files must hold and be about this bundle.
 *
 * @throws AirlockError (input) for a threshold that the trusted keys cannot meet; a bad seal is data, not an error
 */
export function verifySeals(input: SealsToVerify): SealVerdict {
  const { seals, trusted, threshold } = input;
  const keys = trustedById(trusted);
  if (!Number.isSafeInteger(threshold) || threshold < 1 || threshold > keys.size) {
    throw badInput(
      'THRESHOLD_INVALID',
      `a threshold of ${String(threshold)} does not fit ${keys.size} trusted key${keys.size === 1 ? '' : 's'}`,
      'ask for at least 1 and at most as many signers as distinct keys are given',
    );
  }
  const problems: SealProblem[] = [];
  const signers = bySigner(seals, problems);
  checkSamePayload(signers, keys, problems);
  const accepted: string[] = [];
  const untrusted: string[] = [];
  let payload: SealStatement | undefined;
  for (const [id, files] of [...signers].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const key = keys.get(id);
    if (key === undefined) {
      untrusted.push(id);
      continue;
    }
    const verdict = checkSigner(key, files, input);
    problems.push(...verdict.problems);
    if (verdict.problems.length > 0 || verdict.statement === undefined) continue;
    accepted.push(id);
    payload ??= verdict.statement;
  }
  return {
    ok: problems.length === 0 && accepted.length >= threshold,
    accepted,
    untrusted,
    threshold,
    problems,
    ...(payload === undefined ? {} : { payload }),
  };
}
