import fc from 'fast-check';
import {
  askedDelay,
  backoffDelay,
  DEFAULT_RETRY_POLICY,
  isRetriableStatus,
  outageNote,
  parseRateLimit,
  parseRetryAfter,
  Persistence,
} from '../../../offline-bundle/fetch/retry';

const NOW = Date.UTC(2026, 10, 3, 12, 0, 0);

describe('Retry-After', () => {
  it('is read in seconds', () => {
    expect(parseRetryAfter('120', NOW)).toBe(120_000);
    expect(parseRetryAfter(' 0 ', NOW)).toBe(0);
  });

  it.each(['Tue, 03 Nov 2026 12:01:30 GMT', 'Tuesday, 03-Nov-26 12:01:30 GMT', 'Tue Nov  3 12:01:30 2026'])(
    'is read as an HTTP date in each of its forms: %s',
    (text) => {
      expect(parseRetryAfter(text, NOW)).toBe(90_000);
    },
  );

  it('asks for no wait when its date has passed', () => {
    expect(parseRetryAfter('Tue, 03 Nov 2026 11:00:00 GMT', NOW)).toBe(0);
  });

  it.each(['', 'soon', '-5', '1.5', '1e3', 'May', '99999999999'])('is ignored when it is neither: "%s"', (text) => {
    expect(parseRetryAfter(text, NOW)).toBeUndefined();
  });

  it('round-trips every moment of the next day written as a date', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_400 }), (seconds) => {
        expect(parseRetryAfter(new Date(NOW + seconds * 1000).toUTCString(), NOW)).toBe(seconds * 1000);
      }),
    );
  });

  it('gives a finite wait or nothing for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const wait = parseRetryAfter(text, NOW);
        expect(wait === undefined || (Number.isFinite(wait) && wait >= 0)).toBe(true);
      }),
    );
  });
});

describe('RateLimit', () => {
  it('gives the time until the used-up quota is refilled', () => {
    expect(parseRateLimit('"resolvers";r=0;t=55')).toBe(55_000);
  });

  it('passes over quotas that have something left', () => {
    expect(parseRateLimit('"api";r=12;t=300, "resolvers";r=0;t=7')).toBe(7_000);
    expect(parseRateLimit('"api";r=12;t=300')).toBeUndefined();
  });

  it('takes the longest of several', () => {
    expect(parseRateLimit('"a";r=0;t=3,"b";r=0;t=9')).toBe(9_000);
  });

  it('gives a finite wait or nothing for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const wait = parseRateLimit(text);
        expect(wait === undefined || (Number.isFinite(wait) && wait >= 0)).toBe(true);
      }),
    );
  });

  it('yields to Retry-After', () => {
    expect(askedDelay({ 'retry-after': '2', ratelimit: '"api";r=0;t=55' }, NOW)).toBe(2_000);
    expect(askedDelay({ ratelimit: '"api";r=0;t=55' }, NOW)).toBe(55_000);
    expect(askedDelay({}, NOW)).toBeUndefined();
  });
});

describe('backoff', () => {
  it('doubles, stays under its cap, and never falls below half of the pause', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, random) => {
          const pause = Math.min(
            DEFAULT_RETRY_POLICY.maxDelayMs,
            DEFAULT_RETRY_POLICY.baseDelayMs * 2 ** (attempt - 1),
          );
          const wait = backoffDelay(attempt, random, DEFAULT_RETRY_POLICY);
          expect(wait).toBeGreaterThanOrEqual(pause / 2);
          expect(wait).toBeLessThanOrEqual(pause);
        },
      ),
    );
  });
});

it('tries again only what may pass', () => {
  expect([408, 429, 500, 502, 503, 504].every(isRetriableStatus)).toBe(true);
  expect([200, 301, 400, 401, 403, 404, 410, 416, 501].some(isRetriableStatus)).toBe(false);
});

describe('persistence', () => {
  const policy = { ...DEFAULT_RETRY_POLICY, outageMs: 60_000 };
  const pauses = (limit: number, isOutage: boolean): number[] => {
    const persistence = new Persistence(policy, () => 0.5);
    const made: number[] = [];
    for (let pause = persistence.next(limit, isOutage); pause !== undefined; pause = persistence.next(limit, isOutage))
      made.push(pause);
    return made;
  };

  it('ends with the count of failures where nothing says that the host will come back', () => {
    expect(pauses(3, false)).toEqual([375, 750]);
    expect(pauses(1, false)).toEqual([]);
  });

  it('ends with the time where the host has answered before, and never before the count', () => {
    const waited = pauses(3, true).reduce((sum, pause) => sum + pause, 0);
    expect(waited).toBeGreaterThanOrEqual(60_000);
    expect(waited).toBeLessThan(60_000 + policy.maxDelayMs);
    expect(pauses(30, true)).toHaveLength(29);
  });

  it('begins anew once something came', () => {
    const persistence = new Persistence(policy, () => 0.5);
    persistence.next(3, false);
    persistence.next(3, false);
    expect(persistence.elapsedMs).toBeGreaterThanOrEqual(375);
    persistence.reset();
    expect([persistence.failures, persistence.elapsedMs]).toEqual([0, 0]);
    expect(persistence.next(3, false)).toBe(375);
  });

  it('waits as long as it is asked to', () => {
    expect(new Persistence(policy, () => 0.5).next(3, false, 17_000)).toBe(17_000);
  });

  it('says how long it has waited and will', () => {
    expect(outageNote(12_000, { ...policy, outageMs: 600_000 })).toBe(
      ' (it has answered before; waiting for it for up to 10 min, 12 s so far)',
    );
    expect(outageNote(0, DEFAULT_RETRY_POLICY)).toBe('');
  });
});
