/** JWTs of issuers whose keys the site carries (RFC 7519; RFC 8725 for what may go wrong with them). */
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import type { GuardIssuer } from '../generated/guard';
import { Refusal } from '../refusal';

/** Signatures alone: with a shared key, whoever can verify a token can make one. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** Seconds that clocks may differ. */
const TOLERANCE = 30;

/** Whom a token names. */
export interface Bearer {
  readonly issuer: GuardIssuer;
  readonly subject: string;
}

/** A JWS in its compact form (RFC 7515, section 3.1), signed or not. */
export const isToken = (text: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text);

const REFUSED = new Refusal(401, 'invalid_api_key', 'the token is not one that may call');

/** Before its signature is verified; only to choose the keys to verify it with. */
function claimedIssuer(token: string): string | undefined {
  try {
    // Which key signed is never guessed.
    return typeof decodeProtectedHeader(token).kid === 'string' ? decodeJwt(token).iss : undefined;
  } catch {
    return undefined;
  }
}

export class Tokens {
  private readonly issuers: ReadonlyMap<string, readonly [GuardIssuer, ReturnType<typeof createLocalJWKSet>]>;

  public constructor(issuers: readonly GuardIssuer[]) {
    this.issuers = new Map(
      issuers.map((one) => [one.issuer, [one, createLocalJWKSet(JSON.parse(one.jwks) as JSONWebKeySet)]]),
    );
  }

  /** @throws Refusal 401, which does not say why: whoever made the token learns nothing from it */
  public async verify(token: string, now = new Date()): Promise<Bearer> {
    const [issuer, keys] = this.issuers.get(claimedIssuer(token) ?? '') ?? [];
    if (issuer === undefined || keys === undefined) throw REFUSED;
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: issuer.issuer,
        audience: issuer.audiences,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: TOLERANCE,
        currentDate: now,
      });
      const { sub: subject } = payload;
      if (typeof subject !== 'string' || subject === '' || issuer.subjects?.includes(subject) === false) throw REFUSED;
      return { issuer, subject };
    } catch {
      // Whatever a token makes a library say: too short a key of the issuer is no error of that class.
      throw REFUSED;
    }
  }
}
