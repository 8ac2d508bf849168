/** When a request is tried again, and how long to wait before: pure functions, so that tests need no clock. */

/** Bounds of trying again; times in milliseconds. */
export interface RetryPolicy {
  /** Attempts in all, the first included. */
  readonly attempts: number;
  /** Attempts when nobody answers at the address: a typing error should show soon. */
  readonly unreachableAttempts: number;
  /** First pause; it doubles from attempt to attempt. */
  readonly baseDelayMs: number;
  /** Longest pause that is ours to choose. */
  readonly maxDelayMs: number;
  /** Longest pause that a server may ask for; the Hub counts in windows of five minutes. */
  readonly maxAskedDelayMs: number;
  /** How long a host is waited for that has answered before and is out of reach now, however many attempts that takes. */
  readonly outageMs: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  attempts: 6,
  unreachableAttempts: 3,
  baseDelayMs: 500,
  maxDelayMs: 30_000,
  maxAskedDelayMs: 330_000,
  outageMs: 0,
};

/** 408 Request Timeout, 429 Too Many Requests, and what the server itself did wrong (RFC 9110 §15.5.9, §15.6; RFC 6585 §4). */
export const isRetriableStatus = (status: number): boolean =>
  status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);

/** What stands before a host says when the host itself is away (RFC 9110 §15.6.3 to §15.6.5). */
export const isOutageStatus = (status: number): boolean => status === 502 || status === 503 || status === 504;

/**
 * Milliseconds that a `Retry-After` header asks for (RFC 9110 §10.2.3: seconds or an HTTP date); undefined when it is neither.
 *
 * @param now milliseconds since the epoch
 */
export function parseRetryAfter(value: string, now: number): number | undefined {
  const text = value.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // Date.parse takes far more than HTTP dates ("1", "May"): demand one of the three forms of RFC 9110 §5.6.7.
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text)) return undefined;
  const at = Date.parse(/GMT$/.test(text) ? text : `${text} GMT`);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/**
 * Milliseconds until an exhausted quota is refilled, as the Hub's `RateLimit` header states it
 * (draft-ietf-httpapi-ratelimit-headers-09: `"api";r=0;t=55`); undefined when the header names no time.
 */
export function parseRateLimit(value: string): number | undefined {
  const seconds = value
    .split(',')
    .map((item) => item.split(';').slice(1))
    .filter((parameters) => !parameters.some((parameter) => /^\s*r=[1-9]\d*\s*$/.test(parameter)))
    .flatMap((parameters) => parameters.map((parameter) => /^\s*t=(\d{1,9})\s*$/.exec(parameter)?.[1]))
    .filter((text) => text !== undefined)
    .map(Number);
  return seconds.length === 0 ? undefined : Math.max(...seconds) * 1000;
}

/** The pause that a response asks for, milliseconds: `Retry-After` first, else the Hub's `RateLimit`. */
export function askedDelay(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const retryAfter = headers['retry-after'];
  const asked = retryAfter === undefined ? undefined : parseRetryAfter(retryAfter, now);
  const rateLimit = headers['ratelimit'];
  return asked ?? (rateLimit === undefined ? undefined : parseRateLimit(rateLimit));
}

/**
 * Exponential backoff with jitter: between half and all of the doubled pause, so that parallel downloads spread.
 *
 * @param attempt attempts made so far, from 1
 * @param random a number in [0, 1)
 */
export const backoffDelay = (attempt: number, random: number, policy: RetryPolicy): number =>
  Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1)) * (0.5 + random / 2);

/** What one piece of work has gone through since something came last. */
export class Persistence {
  /** Failures in a row. */
  public failures = 0;
  private began = 0;
  private paused = 0;

  public constructor(
    private readonly policy: RetryPolicy,
    private readonly random: () => number,
  ) {}

  /** Something came: what failed before no longer counts. */
  public reset(): void {
    this.failures = 0;
    this.paused = 0;
  }

  /** Milliseconds since the first failure: by the clock, or by the pauses alone where a test does not wait for them. */
  public get elapsedMs(): number {
    return this.failures === 0 ? 0 : Math.max(performance.now() - this.began, this.paused);
  }

  /**
   * Counts a failure.
   *
   * @param limit failures in a row that are too many
   * @param isOutage whether a host that has answered before is out of reach: then time decides, not the count
   * @param asked the pause that the server asks for, milliseconds
   * @returns milliseconds to wait before the next attempt; undefined to give up
   */
  public next(limit: number, isOutage: boolean, asked = 0): number | undefined {
    if (this.failures === 0) this.began = performance.now();
    this.failures += 1;
    const waits = isOutage && this.elapsedMs < this.policy.outageMs;
    if (this.failures >= limit && !waits) return undefined;
    const pause = Math.max(asked, backoffDelay(this.failures, this.random(), this.policy));
    this.paused += pause;
    return pause;
  }
}

const inMinutes = (milliseconds: number): string =>
  milliseconds < 60_000 ? `${Math.round(milliseconds / 1000)} s` : `${Math.round(milliseconds / 6000) / 10} min`;

/** What a person reads while a host that has answered before is waited for; empty where nobody waits. */
export const outageNote = (waitedMs: number, { outageMs }: RetryPolicy): string =>
  outageMs === 0
    ? ''
    : ` (it has answered before; waiting for it for up to ${inMinutes(outageMs)}, ${inMinutes(waitedMs)} so far)`;
