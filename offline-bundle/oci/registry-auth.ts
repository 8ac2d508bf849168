/**
 * Getting in at a registry: anonymous, Basic, or Bearer by way of a token server
 * (distribution/distribution, docs/content/spec/auth/token.md and oauth.md).
 */
import { isLoopback } from '../fetch/hosts';
import { environmentFailed } from '../../core/errors';
import { type Headers, type HttpClient, type HttpHop, shownUrl } from '../fetch/http';
import { isCount, malformed, parseJsonObject } from '../fetch/small-json';
import { type Challenge, parseChallenges } from './challenge';
import type { Credentials, CredentialSource } from './docker-credentials';

/** Tokens are short texts; anything longer is not one. */
const TOKEN_LIMIT = 1024 * 1024;
/** Lifetime where the server states none (token.md, `expires_in`). */
const DEFAULT_LIFETIME_S = 60;
/** A token is renewed this long before it ends, so that none expires under way. */
const MARGIN_S = 5;
/** Times that one request may find its token used up. */
const MAX_ROUNDS = 4;

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
  /** What to ask for in place of what the challenge names, e.g. `repository:team/app:pull,push`. @default - the challenge's */
  readonly scopes?: readonly string[];
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

  /**
   * Sends with the authorization known so far. A 401 is answered by its challenge: once, and again only where a token has
   * just run out, as may happen to many transfers at once.
   *
   * @param letGo of an answer that is not returned
   */
  public async admitted<T extends HttpHop>(
    resource: Resource,
    send: (headers: Headers) => Promise<T>,
    letGo: (response: T) => Promise<unknown>,
  ): Promise<T> {
    let authorization = await this.known(resource);
    for (let round = 1; ; round += 1) {
      const response = await send(authorization === undefined ? {} : { authorization });
      // A 401 from where a redirect led says nothing about our credentials for the registry.
      if (response.status !== 401 || response.url.origin !== resource.base.origin) return response;
      if (round > 1 && (round > MAX_ROUNDS || !tokenRanOut(response))) return response;
      const next = await this.answer(resource, response, authorization);
      if (next === undefined) return response;
      await letGo(response);
      authorization = next;
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
    const scopes = resource.scopes ?? [challenge.parameters['scope'] ?? `repository:${resource.path}:pull`];
    const service = challenge.parameters['service'];
    const credentials = await this.credentials(resource.host);
    const answer = await this.http.read(tokenRequest(realm, scopes, service, credentials), TOKEN_LIMIT);
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

const keyOf = ({ base, path, scopes = [] }: Resource): string => [base.origin, path, ...scopes].join(' ');

/** RFC 6750 §3.1. */
const tokenRanOut = ({ headers }: HttpHop): boolean =>
  parseChallenges(headers['www-authenticate'] ?? '').some(({ parameters }) => parameters['error'] === 'invalid_token');

function realmOf({ base, host }: Resource, realm: string | undefined): URL {
  const url = realm !== undefined && URL.canParse(realm) ? new URL(realm) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw malformed(host, `its challenge names no token server (realm ${JSON.stringify(realm)})`);
  // Where the registry itself is asked without TLS, its own host and this machine may be, too.
  const isOpen = base.protocol === 'http:' && (url.hostname === base.hostname || isLoopback(url.host));
  if (url.protocol === 'http:' && !isOpen) {
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
  scopes: readonly string[],
  service: string | undefined,
  credentials: Credentials | undefined,
): Parameters<HttpClient['read']>[0] {
  const form = new URLSearchParams(service === undefined ? {} : { service });
  if (credentials?.kind === 'identity') {
    form.set('scope', scopes.join(' ')); // RFC 6749 §3.3
    form.set('grant_type', 'refresh_token');
    form.set('client_id', 'airlock');
    form.set('refresh_token', credentials.token);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { url: realm, method: 'POST', headers, body: form.toString() };
  }
  const url = new URL(realm);
  form.forEach((value, name) => url.searchParams.set(name, value));
  url.searchParams.delete('scope');
  scopes.forEach((scope) => url.searchParams.append('scope', scope)); // token.md: one parameter for each
  return { url, ...(credentials === undefined ? {} : { headers: { authorization: basic(credentials) } }) };
}
