/** Signing keys: ECDSA on P-256, the curve that Sigstore, cosign and openssl all verify (FIPS 186-5; RFC 5480). */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { newHash } from '../../core/digest';
import { AirlockError, badInput } from '../../core/errors';
import { derivationFault, derivationOf, encryptPrivateKey } from './encrypted-key';
import { demandPassphrase } from './passphrase';

/** A fresh key pair as PEM text. */
export interface KeyPair {
  readonly keyId: string;
  /** Encrypted PKCS#8, label `ENCRYPTED PRIVATE KEY`: see encrypted-key.ts. */
  readonly privatePem: string;
  /** SubjectPublicKeyInfo, label `PUBLIC KEY`. */
  readonly publicPem: string;
}

/** A public key that the verifier was given by another path than the bundle. */
export interface TrustedKey {
  readonly id: string;
  readonly publicKey: KeyObject;
}

/** How a private key may be given. */
export interface LoadPrivateKeyOptions {
  /** Accept PKCS#8 without encryption; for tests and for keys that a disk or a vault protects already. */
  readonly allowUnencrypted?: boolean;
  /** Name to show in errors, usually the file. */
  readonly name?: string;
}

/** SubjectPublicKeyInfo of a P-256 key by curve name with an uncompressed point is always this long. Bytes. */
const P256_SPKI_BYTES = 91;
const MAKE_KEY = 'make a key with `airlock keys create`';

/** Labels of all blocks; text beside them means nothing (RFC 7468, section 2). */
const labelsOf = (pem: string): string[] =>
  [...pem.matchAll(/-----BEGIN ([^\n-]*)-----/g)].map(([, label = '']) => label);

/**
 * The label of the one block.
 *
 * @throws AirlockError (input) for several: whoever sees one of them would not know of the others
 */
function labelOf(pem: string, name: string): string | undefined {
  const [label, ...others] = labelsOf(pem);
  if (label === undefined || others.length === 0) return label;
  const found = [label, ...others].map((one) => `"${one}"`).join(', ');
  throw badInput(
    'KEY_INVALID',
    `${name} holds ${others.length + 1} PEM blocks (${found}), and a file holds one key`,
    'write each key to a file of its own, and name each file',
  );
}

function demandP256(key: KeyObject, name: string): void {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType === 'ec' && curve === 'prime256v1') return;
  const found = `${key.asymmetricKeyType ?? 'secret'}${curve === undefined ? '' : ` on ${curve}`}`;
  throw badInput('KEY_INVALID', `${name} is a key of type ${found}, not ECDSA on P-256`, MAKE_KEY);
}

/**
 * The first 16 hexadecimal digits of SHA-256 over the public key's SPKI DER:
 * `openssl pkey -pubin -in KEY.pub -outform DER | sha256sum | cut -c1-16`.
 */
export const keyId = (publicKey: KeyObject): string =>
  newHash()
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);

/**
 * Creates a key pair.
 *
 * @throws AirlockError (input) when the passphrase is short, blank or common
 */
export function createKeyPair(passphrase: string): KeyPair {
  demandPassphrase(passphrase);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    keyId: keyId(publicKey),
    privatePem: encryptPrivateKey(privateKey, passphrase),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** Whether a private key's text needs a passphrase. */
export const isEncryptedKey = (pem: string): boolean => labelsOf(pem)[0] === 'ENCRYPTED PRIVATE KEY';

/**
 * What is weak about how a private key's file is encrypted, in words; undefined where nothing is, or it is not encrypted at all.
 * Such a file is read all the same: see `airlock keys encrypt`.
 */
export const encryptionFault = (pem: string): string | undefined =>
  isEncryptedKey(pem) ? derivationFault(derivationOf(pem)) : undefined;

/**
 * Reads a private key from PKCS#8 PEM text.
 *
 * @throws AirlockError (input) for a wrong or missing passphrase, another kind of key, or a key without encryption
 */
export function loadPrivateKey(
  pem: string,
  passphrase: string | undefined,
  { allowUnencrypted = false, name = 'the key' }: LoadPrivateKeyOptions = {},
): KeyObject {
  const label = labelOf(pem, name);
  if (label === 'PRIVATE KEY' && !allowUnencrypted) {
    throw badInput(
      'KEY_UNENCRYPTED',
      `${name} is not encrypted`,
      'encrypt it with `airlock keys encrypt`, or allow it with --allow-unencrypted-key',
    );
  }
  if (label !== 'PRIVATE KEY' && label !== 'ENCRYPTED PRIVATE KEY') {
    const found = label === undefined ? 'not a PEM file' : `a PEM file of "${label}"`;
    throw badInput(
      'KEY_INVALID',
      `${name} is ${found}, not a PKCS#8 private key`,
      `${MAKE_KEY}, or convert it: openssl pkcs8 -topk8`,
    );
  }
  if (isEncryptedKey(pem) && passphrase === undefined) {
    throw badInput(
      'PASSPHRASE_MISSING',
      `${name} is encrypted and no passphrase was given`,
      'give it with --passphrase-file or the environment variable AIRLOCK_KEY_PASSPHRASE',
    );
  }
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (cause) {
    // A wrong passphrase shows as bad padding most of the time, as broken ASN.1 once in a while.
    const why = label === 'PRIVATE KEY' ? 'is damaged' : 'cannot be decrypted: wrong passphrase, or a damaged file';
    throw new AirlockError('PASSPHRASE_WRONG', `${name} ${why}`, {
      fix: 'give the passphrase that the key was made with',
      cause,
    });
  }
  demandP256(key, name);
  return key;
}

/**
 * Reads a public key from SPKI PEM text.
 *
 * @throws AirlockError (input) when it is something else, above all a private key
 */
export function loadPublicKey(pem: string, name = 'the public key'): KeyObject {
  const label = labelOf(pem, name);
  if (label !== 'PUBLIC KEY') {
    const found = label === undefined ? 'not a PEM file' : `a PEM file of "${label}"`;
    throw badInput(
      'KEY_INVALID',
      `${name} is ${found}, not a public key`,
      'name the .pub file that `airlock keys create` wrote',
    );
  }
  let key: KeyObject;
  try {
    key = createPublicKey({ key: pem, format: 'pem' });
  } catch (cause) {
    throw new AirlockError('KEY_INVALID', `${name} is damaged`, { fix: 'copy it again from its owner', cause });
  }
  demandP256(key, name);
  const { length } = key.export({ type: 'spki', format: 'der' });
  if (length !== P256_SPKI_BYTES) {
    // Another encoding of the same point would give the same key a second id.
    throw badInput(
      'KEY_INVALID',
      `${name} is encoded in ${length} bytes instead of ${P256_SPKI_BYTES}`,
      'convert it: openssl ec -pubin -conv_form uncompressed -param_enc named_curve',
    );
  }
  return key;
}

/** Reads a public key and gives it its id; see {@link loadPublicKey}. */
export function loadTrustedKey(pem: string, name?: string): TrustedKey {
  const publicKey = loadPublicKey(pem, name);
  return { id: keyId(publicKey), publicKey };
}
