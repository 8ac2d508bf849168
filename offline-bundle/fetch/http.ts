/**
 * The one HTTP client.
 *
 * Redirects are followed by hand, so that credentials stay with the host they were given for; whole chains are tried
 * again when a server is busy or a connection breaks before the body.
 */
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { request as send } from 'undici';
import { AirlockError, environmentFailed } from '../../core/errors';
import type { Progress } from '../../core/progress';
import { SILENT } from '../../core/progress';
import { show } from '../../core/visible';
import { createDispatchers, type Dispatchers, type ProxySettings } from './dispatcher';
import { decoded, type HttpBody } from './content-coding';
import { sameOrigin } from './hosts';
import { classifyTransportError, isOutage, transportError, transportReason } from './network-errors';
import {
  askedDelay,
  DEFAULT_RETRY_POLICY,
  isOutageStatus,
  isRetriableStatus,
  outageNote,
  Persistence,
  type RetryPolicy,
} from './retry';

/** Response headers with lower-case names; values of a repeated header are joined by `, `. */
export type Headers = Readonly<Record<string, string>>;

export interface HttpRequest {
  readonly url: URL | string;
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Headers;
  /** A stream can be sent once: only {@link HttpClient.attempt} takes one. */
  readonly body?: string | Buffer | Readable;
  /** How long the server may take before its answer begins, milliseconds. @default 60 000 */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** One answer on the way to the last one. */
export interface HttpHop {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
}

export interface HttpResponse extends HttpHop {
  /** The redirects that led here, first to last. */
  readonly hops: readonly HttpHop[];
  /** Decoded, where the server compressed it although nobody asked. */
  readonly body: HttpBody;
}

/** A small answer, read whole. */
export interface HttpAnswer extends HttpHop {
  readonly hops: readonly HttpHop[];
  readonly bytes: Buffer;
}

export interface HttpOptions {
  /** Named in `User-Agent: airlock/<version>`. */
  readonly version: string;
  /** PEM texts trusted beside Node's own roots. */
  readonly authorities?: readonly string[];
  readonly proxies?: ProxySettings;
  readonly retry?: Partial<RetryPolicy>;
  /** Hosts for which an error may advise an upstream. @default - any */
  readonly upstreamNames?: readonly string[];
  /** Told about every wait. */
  readonly progress?: Progress;
  /** Waits some milliseconds. @default - the clock */
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** A number in [0, 1) for the jitter. @default - Math.random */
  readonly random?: () => number;
}

const MAX_REDIRECTS = 10;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const NO_PROXIES: ProxySettings = { http: '', https: '', no: '' };
/** What must not follow a request to another origin (RFC 9110 §15.4). */
const CREDENTIALS = new Set(['authorization', 'cookie', 'proxy-authorization']);

const sleepByClock = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
  await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
};

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Headers {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

const withoutCredentials = (headers: Headers): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !CREDENTIALS.has(name.toLowerCase())));

/** An address for messages: without user, query and fragment, which may carry secrets. */
export const shownUrl = (url: URL): string => `${url.protocol}//${url.host}${url.pathname}`;

function redirectTarget(from: URL, location: string, count: number): URL {
  if (count > MAX_REDIRECTS) {
    throw environmentFailed(
      'UPSTREAM_ANSWER_INVALID',
      `${shownUrl(from)} redirects more than ${MAX_REDIRECTS} times`,
      'the server or a proxy before it is set up wrongly',
    );
  }
  const next = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (next === undefined || (next.protocol !== 'https:' && next.protocol !== 'http:')) {
    throw environmentFailed(
      'UPSTREAM_ANSWER_INVALID',
      `${shownUrl(from)} redirects to something that is no http address`,
      'the server or a proxy before it is set up wrongly',
    );
  }
  if (from.protocol === 'https:' && next.protocol === 'http:') {
    throw environmentFailed(
      'UPSTREAM_INSECURE',
      `${shownUrl(from)} redirects from https to plain http (${next.host}); this is not followed`,
      'check for a proxy that rewrites answers; a server that means it must be named by an https address',
    );
  }
  return next;
}

const RATE_LIMITED =
  'its rate limit is used up: log in for a higher one, or run the command again after that time; finished work is kept';

const busy = (response: HttpHop, attempts: number): AirlockError =>
  environmentFailed(
    'UPSTREAM_BUSY',
    `${response.url.host} answers ${response.status} to every one of ${attempts} attempts: ${shownUrl(response.url)}`,
    response.status === 429
      ? RATE_LIMITED
      : 'the server is in trouble: run the command again later; finished work is kept',
  );

const asksTooLong = (response: HttpHop, milliseconds: number): AirlockError =>
  environmentFailed(
    'UPSTREAM_BUSY',
    `${response.url.host} answers ${response.status} and asks to wait ${Math.round(milliseconds / 1000)} s: ${shownUrl(response.url)}`,
    response.status === 429 ? RATE_LIMITED : 'run the command again after that time; finished work is kept',
  );

/** Reads a small body to its end. */
async function whole({ body, ...response }: HttpResponse, limit: number): Promise<HttpAnswer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > limit) {
      throw environmentFailed(
        'UPSTREAM_ANSWER_INVALID',
        `${response.url.host} answers with more than ${limit} bytes: ${shownUrl(response.url)}`,
        'this is not what the address should give; check it',
      );
    }
    parts.push(part);
  }
  return { ...response, bytes: Buffer.concat(parts) };
}

export class HttpClient {
  private readonly dispatchers: Dispatchers;
  private readonly policy: RetryPolicy;
  private readonly progress: Progress;
  private readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  private readonly random: () => number;
  private readonly userAgent: string;
  private readonly upstreamNames: readonly string[] | undefined;
  /** Hosts that have answered, themselves and not by a gateway before them, with their origins: an outage of theirs is waited for. */
  private readonly answered = new Map<string, string>();
  /** Hosts that took a connection: where they take none any more, that is an outage, too, though no answer came yet. */
  private readonly connected = new Set<string>();

  public constructor(options: HttpOptions) {
    this.dispatchers = createDispatchers(options.authorities ?? [], options.proxies ?? NO_PROXIES, (host) =>
      this.connected.add(host),
    );
    this.policy = { ...DEFAULT_RETRY_POLICY, ...options.retry };
    this.progress = options.progress ?? SILENT;
    this.sleep = options.sleep ?? sleepByClock;
    this.random = options.random ?? Math.random;
    this.upstreamNames = options.upstreamNames;
    this.userAgent = `airlock/${options.version}`;
  }

  /**
   * Sends a request, follows redirects, and tries again where that can help (408, 429, 5xx, broken connections): a few
   * times at the first contact with a host, for `outageMs` once it has answered. Other statuses are the caller's to judge. The caller must read or destroy the body.
   *
   * @throws AirlockError (environment) when the host cannot be reached or stays busy; the signal's reason when aborted
   */
  public async request(request: HttpRequest): Promise<HttpResponse> {
    return this.repeat(request, (response) => Promise.resolve(response));
  }

  /**
   * The same for small answers: reads the whole body, which is tried again too when it breaks off.
   *
   * @param limit most bytes to accept
   * @throws AirlockError (environment) when the body is longer
   */
  public async read(request: HttpRequest, limit: number): Promise<HttpAnswer> {
    return this.repeat(request, (response) => whole(response, limit));
  }

  /**
   * Sends a request once, follows nothing and repeats nothing: for a caller that must find out first how far a failed one came.
   *
   * @throws Error of the transport; see {@link backOff}
   */
  public async attempt(request: HttpRequest, limit: number): Promise<HttpAnswer> {
    const response = await this.once(new URL(request.url), request.headers ?? {}, request);
    return whole({ ...response, hops: [] }, limit);
  }

  /** A count of failures for a caller that reads a body of its own. */
  public persistence(): Persistence {
    return new Persistence(this.policy, this.random);
  }

  /**
   * Counts a failure at reading a body, and waits before the caller's own next attempt.
   *
   * @throws AirlockError (environment) when there were too many
   */
  public async backOff(persistence: Persistence, url: URL, error: unknown, signal?: AbortSignal): Promise<void> {
    const pause = persistence.next(this.policy.attempts, isOutage(error));
    if (pause === undefined) throw transportError(url, error, persistence.failures, this.upstreamNames);
    await this.sleep(pause, signal);
  }

  /** Closes idle connections. */
  public async close(): Promise<void> {
    await this.dispatchers.close();
  }

  private async repeat<T>(request: HttpRequest, use: (response: HttpResponse) => Promise<T>): Promise<T> {
    const persistence = this.persistence();
    let wasAway = false;
    for (;;) {
      const place = { url: new URL(request.url) };
      let pause: number | undefined;
      let reason: string;
      let away: boolean;
      try {
        const response = await this.chain(request, place);
        if (!isRetriableStatus(response.status)) return await use(response);
        await response.body.dump();
        const asked = askedDelay(response.headers, Date.now());
        away = isOutageStatus(response.status) && this.answered.has(place.url.host);
        reason = `answers ${response.status}`;
        pause = persistence.next(this.policy.attempts, away, asked);
        if (pause === undefined) throw busy(response, persistence.failures);
        if (asked !== undefined && asked > this.policy.maxAskedDelayMs) throw asksTooLong(response, asked);
      } catch (error) {
        if (error instanceof AirlockError || request.signal?.aborted === true) throw error;
        const { attempts, unreachableAttempts } = this.policy;
        const limit = { transient: attempts, unreachable: unreachableAttempts, permanent: 1 };
        away = await this.isAway(place.url, error, request.signal);
        // Of a host that is alone away now, only what comes from here on tells that it is none.
        if (wasAway && !away) persistence.reset();
        wasAway = away;
        reason = transportReason(error);
        pause = persistence.next(limit[classifyTransportError(error)], away);
        if (pause === undefined) throw transportError(place.url, error, persistence.failures, this.upstreamNames);
      }
      const waited = away ? outageNote(persistence.elapsedMs, this.policy) : '';
      this.progress.note(show`${place.url.host}: ${reason}; trying again in ${(pause / 1000).toFixed(1)} s${waited}`);
      await this.sleep(pause, request.signal);
    }
  }

  private async isAway({ host }: URL, error: unknown, signal: AbortSignal | undefined): Promise<boolean> {
    if (!isOutage(error) || signal?.aborted === true) return false;
    if (this.answered.has(host)) return true;
    if (this.connected.has(host) && classifyTransportError(error) === 'unreachable') return true;
    return this.isLineDown(signal);
  }

  /** Whether a host that has answered is out of reach, too: then nobody can tell that another one is not there at all. */
  private async isLineDown(signal: AbortSignal | undefined): Promise<boolean> {
    const [origin] = [...this.answered.values()].slice(-1);
    if (origin === undefined || this.policy.outageMs === 0) return false;
    try {
      const { body } = await this.once(
        new URL('/', origin),
        {},
        { url: origin, method: 'HEAD', ...(signal && { signal }) },
      );
      await body.dump();
      return false;
    } catch (error) {
      return isOutage(error);
    }
  }

  /** One attempt: the request and every redirect after it. @param place is kept at the address being talked to */
  private async chain(request: HttpRequest, place: { url: URL }): Promise<HttpResponse> {
    const hops: HttpHop[] = [];
    let headers: Headers = request.headers ?? {};
    for (;;) {
      const { url } = place;
      const response = await this.once(url, headers, request);
      const location = response.headers['location'];
      const isRead = ['GET', 'HEAD'].includes(request.method ?? 'GET');
      const follow = REDIRECTS.has(response.status) && location !== undefined && isRead;
      if (!follow) return { ...response, hops };
      await response.body.dump();
      hops.push({ url, status: response.status, headers: response.headers });
      place.url = redirectTarget(url, location, hops.length);
      // Once away, always away: a chain that comes back could have been steered by the other host.
      if (!sameOrigin(url, place.url)) headers = withoutCredentials(headers);
    }
  }

  private async once(url: URL, headers: Headers, request: HttpRequest): Promise<Omit<HttpResponse, 'hops'>> {
    const response = await send(url, {
      method: request.method ?? 'GET',
      headers: { 'user-agent': this.userAgent, 'accept-encoding': 'identity', ...headers },
      dispatcher: this.dispatchers.forHost(url.hostname),
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(request.patienceMs === undefined ? {} : { headersTimeout: request.patienceMs }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    if (!isOutageStatus(response.statusCode)) this.answered.set(url.host, url.origin);
    const headersOf = flatten(response.headers);
    return { url, status: response.statusCode, headers: headersOf, body: decoded(url, headersOf, response) };
  }
}
