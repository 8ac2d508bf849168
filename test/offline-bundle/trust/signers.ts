/** Signers and seals for the tests of trust; keys are made afresh in each run. */
import { generateKeyPairSync } from 'node:crypto';
import { loadTrustedKey, type TrustedKey } from '../../../offline-bundle/trust/keys';
import { createSeal, sealFileName, sumsSignatureFileName } from '../../../offline-bundle/trust/seal';
import { keySigner, type Signer } from '../../../offline-bundle/trust/signer';

export const PASSPHRASE = 'correct horse battery';

export interface TestSigner {
  readonly signer: Signer;
  readonly trusted: TrustedKey;
  readonly publicPem: string;
  readonly privatePem: string;
}

export function testSigner(): TestSigner {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  // As earlier releases wrote it: stretched by 2048 rounds, so that making many costs little.
  const encryption = { cipher: 'aes-256-cbc', passphrase: PASSPHRASE };
  const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem', ...encryption }).toString();
  return { signer: keySigner(privateKey), trusted: loadTrustedKey(publicPem), publicPem, privatePem };
}

/** Both files of one signer. */
export const sealsOf = async (
  signer: Signer,
  payload: Buffer,
  sums: Buffer,
): Promise<[[string, Buffer], [string, Buffer]]> => [
  [sealFileName(signer.keyId), await createSeal(payload, signer)],
  [sumsSignatureFileName(signer.keyId), await signer.sign(sums)],
];
