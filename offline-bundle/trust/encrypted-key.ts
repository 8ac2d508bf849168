/**
 * Private keys behind a passphrase: EncryptedPrivateKeyInfo (RFC 5958, section 3) by PBES2 (RFC 8018, section 6.2), which
 * `openssl pkey` reads. Node writes it with 2048 rounds and takes no other number, so it is written here.
 */
import { createCipheriv, type KeyObject, pbkdf2Sync, randomBytes } from 'node:crypto';
import {
  derInteger,
  derNull,
  derObjectId,
  derOctets,
  derSequence,
  derValues,
  integerOf,
  isObjectId,
  OCTETS,
  partsOfSequence,
} from './der';

/** How a passphrase becomes a key. */
export type KeyDerivation =
  | { readonly kind: 'pbkdf2'; readonly iterations: number }
  /** Cost, block size and parallelization (RFC 7914, section 2). */
  | { readonly kind: 'scrypt'; readonly n: number; readonly r: number; readonly p: number }
  /** One that this program cannot judge, such as PBES1. */
  | { readonly kind: 'unknown' };

/** PBKDF2-HMAC-SHA256 (OWASP Password Storage Cheat Sheet, "PBKDF2", 2023). */
export const PBKDF2_ITERATIONS = 600_000;
/**
 * `n * r` of scrypt, in units of 128 bytes of memory: what `openssl pkcs8 -scrypt` writes (16 MiB), the most that openssl reads
 * without being told to.
 */
const SCRYPT_MEMORY = 16_384 * 8;

/** RFC 8018, appendix A and B; RFC 7914, section 7; NIST CSOR, AES. */
const OID = {
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  scrypt: '1.3.6.1.4.1.11591.4.11',
  hmacSha256: '1.2.840.113549.2.9',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
} as const;

const LABEL = 'ENCRYPTED PRIVATE KEY';

const pemOf = (der: Buffer): string =>
  [`-----BEGIN ${LABEL}-----`, ...(der.toString('base64').match(/.{1,64}/g) ?? []), `-----END ${LABEL}-----`, ''].join(
    '\n',
  );

/** Writes a private key as PEM text: AES-256-CBC under a key of {@link PBKDF2_ITERATIONS} rounds. */
export function encryptPrivateKey(key: KeyObject, passphrase: string): string {
  const [salt, iv] = [randomBytes(16), randomBytes(16)];
  const cipher = createCipheriv('aes-256-cbc', pbkdf2Sync(passphrase, salt, PBKDF2_ITERATIONS, 32, 'sha256'), iv);
  const encrypted = Buffer.concat([cipher.update(key.export({ type: 'pkcs8', format: 'der' })), cipher.final()]);
  const derivation = derSequence(
    derObjectId(OID.pbkdf2),
    derSequence(derOctets(salt), derInteger(PBKDF2_ITERATIONS), derSequence(derObjectId(OID.hmacSha256), derNull())),
  );
  const encryption = derSequence(derObjectId(OID.aes256Cbc), derOctets(iv));
  const algorithm = derSequence(derObjectId(OID.pbes2), derSequence(derivation, encryption));
  return pemOf(derSequence(algorithm, derOctets(encrypted)));
}

/** How the passphrase of an encrypted key becomes its key. */
export function derivationOf(pem: string): KeyDerivation {
  const [, base64 = ''] = new RegExp(`-----BEGIN ${LABEL}-----([^-]*)-----END ${LABEL}-----`).exec(pem) ?? [];
  const [algorithm, encrypted] = partsOfSequence(derValues(Buffer.from(base64, 'base64'))?.[0]);
  const [scheme, terms] = partsOfSequence(algorithm);
  const [derivation] = partsOfSequence(terms);
  const [name, values] = partsOfSequence(derivation);
  if (encrypted?.tag !== OCTETS || !isObjectId(scheme, OID.pbes2)) return { kind: 'unknown' };
  const [salt, ...numbers] = partsOfSequence(values);
  const [first, r, p] = numbers.slice(0, 3).map(integerOf);
  if (salt?.tag !== OCTETS || first === undefined) return { kind: 'unknown' };
  if (isObjectId(name, OID.pbkdf2)) return { kind: 'pbkdf2', iterations: first };
  if (isObjectId(name, OID.scrypt) && r !== undefined && p !== undefined) return { kind: 'scrypt', n: first, r, p };
  return { kind: 'unknown' };
}

/** Why a derivation is too cheap to try passphrases against, in words; undefined where it is not. */
export function derivationFault(derivation: KeyDerivation): string | undefined {
  switch (derivation.kind) {
    case 'pbkdf2':
      return derivation.iterations >= PBKDF2_ITERATIONS
        ? undefined
        : `its passphrase is stretched by ${derivation.iterations} rounds of PBKDF2, and ${PBKDF2_ITERATIONS} are asked today`;
    case 'scrypt':
      return derivation.n * derivation.r >= SCRYPT_MEMORY && derivation.p >= 1
        ? undefined
        : `its passphrase is stretched by scrypt with N ${derivation.n} and r ${derivation.r}, and 16384 and 8 are asked today`;
    case 'unknown':
      return 'its passphrase is stretched in a way that is neither PBKDF2 nor scrypt';
  }
}
