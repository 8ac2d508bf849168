import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  createKeyPair,
  encryptionFault,
  isEncryptedKey,
  keyId,
  loadPrivateKey,
  loadPublicKey,
  loadTrustedKey,
} from '../../../offline-bundle/trust/keys';
import { witnessed } from '../../support/witness';
import { testSigner } from './signers';

const PASSPHRASE = 'correct horse battery';
const pair = createKeyPair(PASSPHRASE);
const itWithOpenssl = witnessed('openssl', 'version');

describe('signing keys', () => {
  it('are ECDSA on P-256 in encrypted PKCS#8, and the private one fits the public one', () => {
    expect(pair.privatePem).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
    expect(pair.publicPem).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    const loaded = loadPrivateKey(pair.privatePem, PASSPHRASE);
    expect(loaded.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(keyId(createPublicKey(loaded))).toBe(pair.keyId);
    expect(createKeyPair(PASSPHRASE).keyId).not.toBe(pair.keyId);
  });

  itWithOpenssl('have the id that openssl and sha256sum compute', () => {
    const command = 'openssl pkey -pubin -outform DER | sha256sum | cut -c1-16';
    const id = execFileSync('sh', ['-c', command], { input: pair.publicPem }).toString().trim();
    expect(loadTrustedKey(pair.publicPem).id).toBe(id);
    expect(id).toBe(pair.keyId);
  });

  const MAKE_KEY = 'make a key with `airlock keys create`';
  const plainPem = createPrivateKey({ key: pair.privatePem, passphrase: PASSPHRASE })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();
  const damaged = (pem: string): string => pem.replace(/\n.{20}/, '\n');
  const sec1 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' });

  it.each([
    [
      ...['a short passphrase', () => createKeyPair('1234567'), 'PASSPHRASE_TOO_SHORT'],
      ...[
        'the passphrase has 7 characters',
        expect.stringContaining('use at least 12 characters') as unknown as string,
      ],
    ],
    [
      ...['two public keys', () => loadPublicKey(`${pair.publicPem}${pair.publicPem}`, 'a.pub'), 'KEY_INVALID'],
      'a.pub holds 2 PEM blocks ("PUBLIC KEY", "PUBLIC KEY"), and a file holds one key',
      'write each key to a file of its own, and name each file',
    ],
    [
      ...['two private keys', () => loadPrivateKey(`${plainPem}${pair.privatePem}`, PASSPHRASE), 'KEY_INVALID'],
      'the key holds 2 PEM blocks ("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"), and a file holds one key',
      'write each key to a file of its own, and name each file',
    ],
    [
      ...['a block with an odd label', () => loadPublicKey(`-----BEGIN x-----\n${pair.publicPem}`), 'KEY_INVALID'],
      'the public key holds 2 PEM blocks ("x", "PUBLIC KEY"), and a file holds one key',
      'write each key to a file of its own, and name each file',
    ],
    [
      ...[
        'a key without encryption',
        () => loadPrivateKey(plainPem, undefined),
        'KEY_UNENCRYPTED',
        'the key is not encrypted',
      ],
      'encrypt it with `airlock keys encrypt`, or allow it with --allow-unencrypted-key',
    ],
    [
      ...['no private key at all', () => loadPrivateKey('hello', PASSPHRASE, { name: 'a.key' }), 'KEY_INVALID'],
      ...['a.key is not a PEM file, not a PKCS#8 private key', `${MAKE_KEY}, or convert it: openssl pkcs8 -topk8`],
    ],
    [
      ...[
        'a key in another form',
        () => loadPrivateKey(sec1.toString(), undefined, { allowUnencrypted: true }),
        'KEY_INVALID',
      ],
      'the key is a PEM file of "EC PRIVATE KEY", not a PKCS#8 private key',
      `${MAKE_KEY}, or convert it: openssl pkcs8 -topk8`,
    ],
    [
      ...['a public key', () => loadPrivateKey(pair.publicPem, PASSPHRASE), 'KEY_INVALID'],
      'the key is a PEM file of "PUBLIC KEY", not a PKCS#8 private key',
      `${MAKE_KEY}, or convert it: openssl pkcs8 -topk8`,
    ],
    [
      ...['no passphrase', () => loadPrivateKey(pair.privatePem, undefined), 'PASSPHRASE_MISSING'],
      'the key is encrypted and no passphrase was given',
      'give it with --passphrase-file or the environment variable AIRLOCK_KEY_PASSPHRASE',
    ],
    [
      ...[
        'a wrong passphrase',
        () => loadPrivateKey(pair.privatePem, 'something else', { name: 'a.key' }),
        'PASSPHRASE_WRONG',
      ],
      'a.key cannot be decrypted: wrong passphrase, or a damaged file',
      'give the passphrase that the key was made with',
    ],
    [
      'a damaged key without encryption',
      () => loadPrivateKey(damaged(plainPem), undefined, { allowUnencrypted: true, name: 'a.key' }),
      ...['PASSPHRASE_WRONG', 'a.key is damaged', 'give the passphrase that the key was made with'],
    ],
    [
      ...['a private key as a public one', () => loadPublicKey(pair.privatePem, 'a.pub'), 'KEY_INVALID'],
      'a.pub is a PEM file of "ENCRYPTED PRIVATE KEY", not a public key',
      'name the .pub file that `airlock keys create` wrote',
    ],
    [
      ...['no public key at all', () => loadPublicKey('hello'), 'KEY_INVALID'],
      'the public key is not a PEM file, not a public key',
      'name the .pub file that `airlock keys create` wrote',
    ],
    [
      ...['a damaged public key', () => loadTrustedKey(damaged(pair.publicPem), 'a.pub'), 'KEY_INVALID'],
      ...['a.pub is damaged', 'copy it again from its owner'],
    ],
  ] as [string, () => unknown, string, string, string][])(
    'are refused with what is wrong and what to do: %s',
    (_what, load, code, message, fix) => {
      expect(load).toThrow(expect.objectContaining({ code, message, fix }) as Error);
    },
  );

  it('say why a passphrase did not open them', () => {
    expect(() => loadPrivateKey(pair.privatePem, 'something else')).toThrow(
      expect.objectContaining({ cause: expect.anything() as Error }) as Error,
    );
    expect(() => loadPublicKey(damaged(pair.publicPem))).toThrow(
      expect.objectContaining({ cause: expect.anything() as Error }) as Error,
    );
  });

  it('need a passphrase exactly when they are encrypted', () => {
    expect([pair.privatePem, plainPem, pair.publicPem, 'hello'].map(isEncryptedKey)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('of earlier releases are read, and what is weak about them is said', () => {
    const { privatePem } = testSigner();
    expect(loadPrivateKey(privatePem, PASSPHRASE).type).toBe('private');
    expect(encryptionFault(privatePem)).toMatch(/2048 rounds of PBKDF2, and 600000 are asked/);
    expect([pair.privatePem, plainPem, 'hello'].map(encryptionFault)).toEqual([undefined, undefined, undefined]);
  });

  it('are accepted without encryption only when that is asked for', () => {
    const allowed = { allowUnencrypted: true };
    expect(keyId(createPublicKey(loadPrivateKey(plainPem, undefined, allowed)))).toBe(pair.keyId);
    // A passphrase that is not needed does no harm.
    expect(keyId(createPublicKey(loadPrivateKey(plainPem, PASSPHRASE, allowed)))).toBe(pair.keyId);
    expect(() => loadPrivateKey(plainPem, PASSPHRASE)).toThrow('not encrypted');
  });

  it.each([
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 1024 }), 'rsa'],
    ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }), 'ec on secp384r1'],
    ['secp256k1', generateKeyPairSync('ec', { namedCurve: 'secp256k1' }), 'ec on secp256k1'],
    ['Ed25519', generateKeyPairSync('ed25519'), 'ed25519'],
  ])('of another kind are refused: %s', (_, other, type) => {
    const refusal = (name: string): Error =>
      expect.objectContaining({
        code: 'KEY_INVALID',
        message: `${name} is a key of type ${type}, not ECDSA on P-256`,
        fix: MAKE_KEY,
      }) as Error;
    const options = { allowUnencrypted: true };
    const privatePem = other.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const publicPem = other.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(() => loadPrivateKey(privatePem, undefined, options)).toThrow(refusal('the key'));
    expect(() => loadPublicKey(publicPem)).toThrow(refusal('the public key'));
  });

  itWithOpenssl('are refused as public keys in another encoding than the one that ids are taken of', () => {
    const compressed = execFileSync('openssl', ['ec', '-pubin', '-conv_form', 'compressed'], {
      input: pair.publicPem,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    expect(() => loadPublicKey(compressed.toString())).toThrow(
      expect.objectContaining({
        code: 'KEY_INVALID',
        message: 'the public key is encoded in 59 bytes instead of 91',
        fix: 'convert it: openssl ec -pubin -conv_form uncompressed -param_enc named_curve',
      }) as Error,
    );
  });
});
