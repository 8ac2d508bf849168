/** Signers and seals for the tests of trust; keys are made afresh in each run. */
import { createKeyPair, loadPrivateKey, loadTrustedKey, type TrustedKey } from '../../../offline-bundle/trust/keys';
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
  const { privatePem, publicPem } = createKeyPair(PASSPHRASE);
  const signer = keySigner(loadPrivateKey(privatePem, PASSPHRASE));
  return { signer, trusted: loadTrustedKey(publicPem), publicPem, privatePem };
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
