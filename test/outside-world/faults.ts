/** What goes wrong, when: a declarative plan that every server of the outside world obeys. */

export type Fault =
  /** An error answer instead of the real one: 401, 404, 429, 500, 502, 503, … */
  | {
      readonly kind: 'status';
      readonly status: number;
      /** Seconds, or whatever text the header should carry; no header when absent. */
      readonly retryAfter?: number | string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** TCP reset before the first byte of the answer. */
  | { readonly kind: 'reset' }
  /** TCP reset after this many bytes of the body. */
  | { readonly kind: 'reset-body'; readonly after: number }
  /** The body ends this many bytes before the stated Content-Length, and the connection is closed. */
  | { readonly kind: 'short-body'; readonly missing: number }
  /** Stated length and body agree, and both are this many bytes short of the content. */
  | { readonly kind: 'truncated'; readonly missing: number }
  /** One bit differs, at this offset of the content (the middle by default); every header stays right. */
  | { readonly kind: 'wrong-bytes'; readonly at?: number }
  /** Answers a Range request with 200 and the whole content. */
  | { readonly kind: 'ignore-range' }
  /** Sends the body in pieces of this many bytes with a pause before each. */
  | { readonly kind: 'trickle'; readonly bytes: number; readonly everyMs: number }
  /** Accepts the request and never answers. */
  | { readonly kind: 'stall' };

export interface FaultRule {
  /** Any method when absent. */
  readonly method?: string;
  /** The whole path without the query, or a pattern tried on path and query. */
  readonly path: string | RegExp;
  /** Which matching requests are hit, counted from 1; all when absent. */
  readonly nth?: readonly number[];
  readonly fault: Fault;
}

/** Rules are tried in order; the first that applies to a request decides. */
export class FaultPlan {
  private readonly rules: { readonly rule: FaultRule; seen: number }[] = [];

  public constructor(rules: readonly FaultRule[] = []) {
    rules.forEach((rule) => this.add(rule));
  }

  public add(rule: FaultRule): void {
    this.rules.push({ rule, seen: 0 });
  }

  public clear(): void {
    this.rules.length = 0;
  }

  /** Counts the request with every rule that matches it, and returns the fault it meets. */
  public next(method: string, url: string): Fault | undefined {
    let met: Fault | undefined;
    for (const entry of this.rules) {
      const { rule } = entry;
      if (rule.method !== undefined && rule.method !== method) continue;
      if (typeof rule.path === 'string' ? rule.path !== url.split('?')[0] : !rule.path.test(url)) continue;
      entry.seen += 1;
      if (rule.nth === undefined || rule.nth.includes(entry.seen)) met ??= rule.fault;
    }
    return met;
  }
}
