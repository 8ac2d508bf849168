import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { derivationFault, derivationOf, encryptPrivateKey } from '../../../offline-bundle/trust/encrypted-key';
import { witnessed } from '../../support/witness';

const itWithOpenssl = witnessed('openssl', 'version');
const PASSPHRASE = 'cinq mots à l’écart';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const encrypted = encryptPrivateKey(privateKey, PASSPHRASE);
const openssl = (args: readonly string[], input: string): string =>
  execFileSync('openssl', args, {
    input,
    env: { ...process.env, WORD: PASSPHRASE },
    stdio: ['pipe', 'pipe', 'ignore'],
  }).toString();

describe('a private key behind a passphrase', () => {
  it('is opened by Node, with that passphrase alone, and differs each time', () => {
    const opened = createPrivateKey({ key: encrypted, passphrase: PASSPHRASE });
    expect(createPublicKey(opened).equals(publicKey)).toBe(true);
    expect(() => createPrivateKey({ key: encrypted, passphrase: `${PASSPHRASE}.` })).toThrow();
    expect(encryptPrivateKey(privateKey, PASSPHRASE)).not.toBe(encrypted);
  });

  itWithOpenssl('is opened by openssl, which names PBKDF2 with SHA-256, the rounds and the cipher', () => {
    expect(openssl(['pkey', '-passin', 'env:WORD', '-pubout'], encrypted)).toBe(publicPem);
    expect(openssl(['pkcs8', '-passin', 'env:WORD'], encrypted)).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    const shown = openssl(['asn1parse'], encrypted);
    for (const part of [/:PBES2/, /:PBKDF2/, /INTEGER +:0927C0/, /:hmacWithSHA256/, /:aes-256-cbc/])
      expect(shown).toMatch(part);
  });

  it('tells its own derivation, which is strong enough', () => {
    expect(derivationOf(encrypted)).toEqual({ kind: 'pbkdf2', iterations: 600_000 });
    expect(derivationFault(derivationOf(encrypted))).toBeUndefined();
    expect(derivationFault({ kind: 'pbkdf2', iterations: 599_999 })).toMatch(/599999 rounds/);
    expect(derivationFault({ kind: 'scrypt', n: 32_768, r: 4, p: 1 })).toBeUndefined();
    expect(derivationFault({ kind: 'scrypt', n: 16_384, r: 8, p: 0 })).toMatch(/scrypt/);
  });

  const plain = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  itWithOpenssl.each([
    [['-v2', 'aes-256-cbc'], { kind: 'pbkdf2', iterations: 2048 }, /2048 rounds of PBKDF2, and 600000 are asked/],
    [['-scrypt'], { kind: 'scrypt', n: 16_384, r: 8, p: 1 }, undefined],
    [['-scrypt', '-scrypt_N', '1024'], { kind: 'scrypt', n: 1024, r: 8, p: 1 }, /scrypt with N 1024 and r 8/],
    [['-v1', 'PBE-SHA1-3DES'], { kind: 'unknown' }, /neither PBKDF2 nor scrypt/],
  ] as [string[], object, RegExp | undefined][])('tells what openssl stretched: %j', (options, derivation, fault) => {
    const pem = openssl(['pkcs8', '-topk8', '-passout', 'env:WORD', ...options], plain);
    const told = derivationOf(pem);
    expect(told).toEqual(derivation);
    expect(derivationFault(told) ?? '').toMatch(fault ?? /^$/);
  });

  it('is unknown where its bytes are none of that form', () => {
    const body = Buffer.from(encrypted.replace(/-----[^-]*-----/g, ''), 'base64');
    const wrapped = (bytes: Buffer): string =>
      `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END ENCRYPTED PRIVATE KEY-----`;
    for (let at = 0; at < 60; at += 1) {
      const flipped = Buffer.from(body);
      flipped[at] = (flipped[at] ?? 0) ^ 0xff;
      expect(() => derivationOf(wrapped(flipped))).not.toThrow();
    }
    for (const bytes of [Buffer.alloc(0), body.subarray(0, 40), body.subarray(1)])
      expect(derivationOf(wrapped(bytes))).toEqual({ kind: 'unknown' });
    expect(derivationOf('hello')).toEqual({ kind: 'unknown' });
  });
});
