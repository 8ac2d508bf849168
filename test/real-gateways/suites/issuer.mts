/** An issuer of tokens with keys of its own. */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { IssuerPolicy } from '../../../gateway/policy.js';

type Claims = Readonly<Record<string, unknown>>;

export interface Issuer {
  readonly policy: IssuerPolicy;
  /** Claims of a good token. */
  readonly claims: Claims;
  /** A token (RFC 7515) with these claims, signed by the issuer. */
  readonly token: (claims: Claims) => string;
  /** The same by a key that the issuer does not have, under its name. */
  readonly forged: (claims: Claims) => string;
  /** With `alg: none` (RFC 7515, appendix A.5). */
  readonly unsigned: (claims: Claims) => string;
  /** With the public key as the secret of an HMAC. */
  readonly confused: (claims: Claims) => string;
  /** Signed by the key that comes next. */
  readonly nextToken: (claims: Claims) => string;
  /** A policy that trusts these of its keys alone. */
  readonly trusting: (keys: readonly IssuerKey[]) => IssuerPolicy;
}

export type IssuerKey = 'current' | 'next';
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function signed(key: KeyObject, claims: Claims, kid: IssuerKey = 'current'): string {
  const text = `${encode({ alg: 'ES256', typ: 'JWT', kid })}.${encode(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

export function makeIssuer(): Promise<Issuer> {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const next = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pairs = { current: own, next };
  const jwk = (kid: IssuerKey) => ({
    ...pairs[kid].publicKey.export({ format: 'jwk' }),
    kid,
    use: 'sig',
    alg: 'ES256',
  });
  const issuer = 'https://issuer.example';
  const now = Math.floor(Date.now() / 1000);
  const trusting = (keys: readonly IssuerKey[]): IssuerPolicy => ({
    ...{ name: 'people', issuer, audiences: ['ai-gateway'], jwks: JSON.stringify({ keys: keys.map(jwk) }) },
    ...{ subjects: ['anna', 'ben'], workflows: ['claims'], budgets: [] },
  });
  return Promise.resolve({
    policy: trusting(['current', 'next']),
    trusting,
    nextToken: (claims) => signed(next.privateKey, claims, 'next'),
    claims: { iss: issuer, aud: 'ai-gateway', sub: 'anna', iat: now, exp: now + 3600 },
    token: (claims) => signed(own.privateKey, claims),
    forged: (claims) => signed(other.privateKey, claims),
    unsigned: (claims) => `${encode({ alg: 'none', typ: 'JWT', kid: 'current' })}.${encode(claims)}.`,
    confused: (claims) => {
      const text = `${encode({ alg: 'HS256', typ: 'JWT', kid: 'current' })}.${encode(claims)}`;
      const secret = own.publicKey.export({ format: 'pem', type: 'spki' });
      return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    },
  });
}
