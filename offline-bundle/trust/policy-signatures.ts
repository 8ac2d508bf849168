/** Signatures over a change of the trust policy, as files beside the new one: `trust.yaml.seals/<old policy>.<key id>.sigstore.json`. */
import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Digest, hexOf } from '../../core/digest';
import { badInput, checkFailed, environmentFailed } from '../../core/errors';
import { makeFolders } from '../../core/make-folders';
import { systemCode } from '../../core/system-errors';
import { writeWhole } from '../../core/write-whole';
import { isMissing, syncDirectory, writeFailed } from '../store/disk';
import type { TrustPolicy } from './policy';
import { changeSigners, MAX_SIGNATURE_BYTES, policyChangePayload, policyKeys } from './policy-change';
import { signPayload } from './signed-payload';
import type { Signer } from './signer';

/** Versions times keys, more than any policy has. */
const MAX_SIGNATURES = 1024;
const ENDING = '.sigstore.json';

/** Where signatures over a policy file lie. */
export const signaturesFolder = (file: string): string => `${file}.seals`;

const nameOf = (from: Digest, keyId: string): string => `${hexOf(from).slice(0, 16)}.${keyId}${ENDING}`;

/**
 * Every signature that lies beside a policy file; none where there is no folder of them.
 *
 * @throws AirlockError (input) for more of them than any policy has; (environment) for what cannot be read
 */
export async function readPolicySignatures(file: string): Promise<Buffer[]> {
  const folder = signaturesFolder(file);
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith(ENDING)).sort();
    if (names.length > MAX_SIGNATURES)
      throw badInput(
        'TRUST_FILE_INVALID',
        `${folder} holds ${names.length} signatures`,
        'remove those over old changes',
      );
    const files = names.map((name) => path.join(folder, name));
    const sound = await Promise.all(
      files.map(async (one) => {
        const found = await lstat(one);
        return found.isFile() && found.size <= MAX_SIGNATURE_BYTES ? [await readFile(one)] : [];
      }),
    );
    return sound.flat();
  } catch (error) {
    if (isMissing(error)) return [];
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw environmentFailed('FILE_UNREADABLE', `cannot read ${folder}: ${code}`, 'check the permissions', error);
  }
}

/** A signature that was written beside a policy file. */
export interface PolicySignature {
  readonly file: string;
  readonly keyId: string;
  readonly previous: Digest;
  readonly policy: Digest;
  /** Keys of the old policy whose signatures over the change lie there now, this one among them. */
  readonly signers: readonly string[];
  /** How many of them are needed. */
  readonly threshold: number;
}

/**
 * Signs that one policy follows another, and writes the signature beside the new one.
 *
 * @param file of the new policy
 * @throws AirlockError (input) when both are the same; (check) when the old one does not let the key sign; (environment) when the disk refuses
 */
export async function signPolicyChange(
  file: string,
  from: TrustPolicy,
  to: TrustPolicy,
  signer: Signer,
  now: Date,
): Promise<PolicySignature> {
  if (from.digest === to.digest)
    throw badInput(
      'USAGE_INVALID_VALUE',
      `${file} is the policy that it is to follow`,
      'name the old one with --previous',
    );
  if (!policyKeys(from, now).some(({ id }) => id === signer.keyId))
    throw checkFailed(
      'POLICY_KEY_UNNAMED',
      `the old policy does not let key ${signer.keyId} sign for its next version today`,
    );
  const signature = await signPayload(policyChangePayload(from.digest, to.digest), signer);
  const folder = signaturesFolder(file);
  const written = path.join(folder, nameOf(from.digest, signer.keyId));
  try {
    await makeFolders(folder);
    await writeWhole(written, signature);
    await syncDirectory(folder);
  } catch (error) {
    throw writeFailed(written, error);
  }
  const signers = changeSigners(from, to.digest, await readPolicySignatures(file), now);
  return {
    ...{ file: written, keyId: signer.keyId, previous: from.digest, policy: to.digest, signers },
    threshold: from.policyThreshold,
  };
}
