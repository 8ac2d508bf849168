import { parse } from 'yaml';
import type { Budget, IssuerPolicy } from '../../../gateway/policy';
import { rateLimitConfig, rateLimitSpec, windowsOf } from '../../../gateway/rate-limit/service';

const issuer = (name: string, budgets: readonly Budget[]): IssuerPolicy => ({
  ...{ name, issuer: `https://${name}.example`, audiences: ['a'], jwks: '{}', workflows: ['assistant'] },
  budgets,
});
const ISSUERS = [
  issuer('staff', [
    { tokens: 100, window: '1h' },
    { tokens: 900, window: '1d' },
  ]),
  issuer('partners', [{ tokens: 50, window: '1h' }]),
  issuer('unbounded', []),
];

describe('rateLimitConfig', () => {
  it('gives each subject of an issuer a count of its own in each window', () => {
    const count = (name: string, unit: string, tokens: number) => ({
      key: 'issuer',
      value: name,
      descriptors: [{ key: 'subject', rate_limit: { unit, requests_per_unit: tokens } }],
    });
    expect(parse(rateLimitConfig(ISSUERS))).toEqual({
      domain: 'airlock',
      descriptors: [
        { key: 'window', value: '1d', descriptors: [count('staff', 'day', 900)] },
        { key: 'window', value: '1h', descriptors: [count('staff', 'hour', 100), count('partners', 'hour', 50)] },
      ],
    });
  });

  it('counts nothing where nobody has a budget', () => {
    expect(parse(rateLimitConfig([]))).toEqual({ domain: 'airlock', descriptors: [] });
    expect(windowsOf([issuer('unbounded', [])])).toEqual([]);
  });

  it('refuses what the service could not count', () => {
    expect(() => rateLimitConfig([issuer('staff', [{ tokens: 1, window: '5m' }])])).toThrow('windows of 5m');
    expect(() => rateLimitConfig([issuer('staff', [{ tokens: 2 ** 32, window: '1d' }])])).toThrow(
      /issuer "staff" has a budget of 4294967296/,
    );
  });
});

describe('rateLimitSpec', () => {
  it('keeps to its own pod what needs no key, and sends statistics nowhere', () => {
    expect(rateLimitSpec(ISSUERS, 'store').env).toMatchObject({
      ...{ HOST: '127.0.0.1', DEBUG_HOST: '127.0.0.1', DISABLE_STATS: 'true', REDIS_URL: 'store:6379' },
    });
  });
});
