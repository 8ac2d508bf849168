import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  createKeyPair,
  keyId,
  loadPrivateKey,
  loadPublicKey,
  loadTrustedKey,
} from '../../../offline-bundle/trust/keys';
import { witnessed } from '../../support/witness';

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

  it('are refused with a clear message when the passphrase is wrong, missing or short', () => {
    expect(() => loadPrivateKey(pair.privatePem, 'something else', { name: 'site.key' })).toThrow(
      /site\.key cannot be decrypted: wrong passphrase/,
    );
    expect(() => loadPrivateKey(pair.privatePem, undefined)).toThrow(/encrypted and no passphrase/);
    expect(() => createKeyPair('short')).toThrow(/5 characters/);
  });

  it('are accepted without encryption only when that is asked for', () => {
    const plain = createPrivateKey({ key: pair.privatePem, passphrase: PASSPHRASE })
      .export({ type: 'pkcs8', format: 'pem' })
      .toString();
    expect(() => loadPrivateKey(plain, undefined)).toThrow(/not encrypted/);
    expect(keyId(createPublicKey(loadPrivateKey(plain, undefined, { allowUnencrypted: true })))).toBe(pair.keyId);
  });

  it.each([
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 1024 }), /type rsa, not ECDSA on P-256/],
    ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }), /ec on secp384r1, not ECDSA on P-256/],
    ['Ed25519', generateKeyPairSync('ed25519'), /type ed25519/],
  ])('of another kind are refused: %s', (_, other, message) => {
    const options = { allowUnencrypted: true };
    const privatePem = other.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const publicPem = other.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(() => loadPrivateKey(privatePem, undefined, options)).toThrow(message);
    expect(() => loadPublicKey(publicPem)).toThrow(message);
  });

  it('never let a private key, a SEC1 key or a damaged one pass as a public key', () => {
    expect(() => loadPublicKey(pair.privatePem, 'a.pub')).toThrow(/a\.pub is a PEM file of "ENCRYPTED PRIVATE KEY"/);
    expect(() => loadPublicKey('hello')).toThrow(/not a PEM file/);
    expect(() => loadPublicKey(pair.publicPem.replace(/\n.{20}/, '\n'))).toThrow(/damaged/);
    const sec1 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' });
    expect(() => loadPrivateKey(sec1.toString(), undefined, { allowUnencrypted: true })).toThrow(/"EC PRIVATE KEY"/);
  });

  itWithOpenssl('are refused as public keys in another encoding than the one that ids are taken of', () => {
    const compressed = execFileSync('openssl', ['ec', '-pubin', '-conv_form', 'compressed'], {
      input: pair.publicPem,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    expect(() => loadPublicKey(compressed.toString())).toThrow(/59 bytes instead of 91/);
  });
});
