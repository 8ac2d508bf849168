/**
 * Getting in at a registry: anonymous, Basic, or Bearer by way of a token server
 * (distribution/distribution, docs/content/spec/auth/token.md and oauth.md).
 */
import { environmentFailed } from '../../core/errors';
import { type HttpClient, type HttpHop, shownUrl } from '../fetch/http';
import { isCount, malformed, parseJsonObject } from '../fetch/small-json';
import { type Challenge, parseChallenges } from './challenge';
import type { Credentials, CredentialSource } from './docker-credentials';

/** Tokens are short texts; anything longer is not one. */
const TOKEN_LIMIT = 1024 * 1024;
/** Lifetime where the server states none (token.md, `expires_in`). */
const DEFAULT_LIFETIME_S = 60;
/** A token is renewed this long before it ends, so that none expires under way. */
const MARGIN_S = 5;

interface Admission {
  /** Value of the `Authorization` header. */
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/** What is asked for, and where. */
export interface Resource {
  /** Host under which credentials are kept. */
  readonly host: string;
  /** Base address of the registry. */
  readonly base: URL;
  /** Repository path, for the scope. */
  readonly path: string;
}

const basic = (credentials: Extract<Credentials, { kind: 'basic' }>): string =>
  `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;

export class RegistryAuth {
  private readonly admissions = new Map<string, Promise<Admission | undefined>>();

  public constructor(
    private readonly http: HttpClient,
    private readonly credentials: CredentialSource,
    private readonly now: () => number = Date.now,
  ) {}

  /** The `Authorization` to send, as far as one is known by now. */
  public async known(resource: Resource): Promise<string | undefined> {
    const admission = await this.admissions.get(keyOf(resource));
    return admission !== undefined && admission.expires > this.now() ? admission.value : undefined;
  }

  /**
   * Answers a 401. Parallel requests for one repository share one exchange.
   *
   * @param refused the `Authorization` that was turned down, if one was sent
   * @returns the `Authorization` to try next; undefined when there is none
   * @throws AirlockError (environment) when the token server refuses
   */
  public async answer(resource: Resource, response: HttpHop, refused: string | undefined): Promise<string | undefined> {
    const key = keyOf(resource);
    const current = await this.known(resource);
    if (current !== undefined && current !== refused) return current;
    const admission = this.exchange(resource, parseChallenges(response.headers['www-authenticate'] ?? ''));
    this.admissions.set(key, admission);
    try {
      return (await admission)?.value;
    } catch (error) {
      this.admissions.delete(key);
      throw error;
    }
  }

  private async exchange(resource: Resource, challenges: readonly Challenge[]): Promise<Admission | undefined> {
    const bearer = challenges.find((challenge) => challenge.scheme === 'bearer');
    if (bearer !== undefined) return this.token(resource, bearer);
    if (!challenges.some((challenge) => challenge.scheme === 'basic')) return undefined;
    const credentials = await this.credentials(resource.host);
    if (credentials?.kind !== 'basic') return undefined;
    return { value: basic(credentials), expires: Infinity };
  }

  private async token(resource: Resource, challenge: Challenge): Promise<Admission> {
    const realm = realmOf(resource, challenge.parameters['realm']);
    const scope = challenge.parameters['scope'] ?? `repository:${resource.path}:pull`;
    const service = challenge.parameters['service'];
    const credentials = await this.credentials(resource.host);
    const answer = await this.http.read(tokenRequest(realm, scope, service, credentials), TOKEN_LIMIT);
    if (answer.status !== 200) {
      throw environmentFailed(
        'UPSTREAM_ACCESS_DENIED',
        `${realm.host} answers ${answer.status} to the request for a token for ${resource.host}/${resource.path}${credentials === undefined ? ' (without credentials)' : ''}`,
        `log in: docker login ${resource.host}`,
      );
    }
    const body = parseJsonObject(answer.bytes, realm.host);
    const token = body['token'] ?? body['access_token'];
    if (typeof token !== 'string' || token === '') throw malformed(realm.host, 'no token in it');
    const lifetime = isCount(body['expires_in']) ? body['expires_in'] : DEFAULT_LIFETIME_S;
    return { value: `Bearer ${token}`, expires: this.now() + Math.max(1, lifetime - MARGIN_S) * 1000 };
  }
}

const keyOf = ({ base, path }: Resource): string => `${base.origin} ${path}`;

function realmOf({ base, host }: Resource, realm: string | undefined): URL {
  const url = realm !== undefined && URL.canParse(realm) ? new URL(realm) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw malformed(host, `its challenge names no token server (realm ${JSON.stringify(realm)})`);
  if (base.protocol === 'https:' && url.protocol === 'http:') {
    throw environmentFailed(
      'UPSTREAM_INSECURE',
      `${host} sends credentials to a token server without TLS (${shownUrl(url)}); this is not followed`,
      'the realm of the registry must be an https address',
    );
  }
  return url;
}

function tokenRequest(
  realm: URL,
  scope: string,
  service: string | undefined,
  credentials: Credentials | undefined,
): Parameters<HttpClient['read']>[0] {
  const form = new URLSearchParams(service === undefined ? {} : { service });
  form.set('scope', scope);
  if (credentials?.kind === 'identity') {
    form.set('grant_type', 'refresh_token');
    form.set('client_id', 'airlock');
    form.set('refresh_token', credentials.token);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { url: realm, method: 'POST', headers, body: form.toString() };
  }
  const url = new URL(realm);
  form.forEach((value, name) => url.searchParams.set(name, value));
  return { url, ...(credentials === undefined ? {} : { headers: { authorization: basic(credentials) } }) };
}
