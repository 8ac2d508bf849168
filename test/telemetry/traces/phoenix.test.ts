import {
  PHOENIX_FLOOR,
  PHOENIX_KNOWN,
  phoenixDestination,
  type PhoenixOptions,
  phoenixSpec,
} from '../../../telemetry/traces/phoenix';

const GIB = 1024 ** 3;
const spec = (options: Partial<PhoenixOptions> = {}) =>
  phoenixSpec({ version: PHOENIX_KNOWN, retentionDays: 30, storageBytes: 20 * GIB, ...options });

describe('phoenixSpec', () => {
  it('shuts every way out and every way in but the keys', () => {
    expect(spec().env).toMatchObject({
      PHOENIX_ENABLE_AUTH: 'true',
      PHOENIX_ALLOW_EXTERNAL_RESOURCES: 'false',
      PHOENIX_TELEMETRY_ENABLED: 'false',
      PHOENIX_DISABLE_AGENT_ASSISTANT: 'true',
      PHOENIX_ENABLE_MCP_SERVER: 'false',
      PHOENIX_ALLOWED_SANDBOX_PROVIDERS: 'NONE',
    });
  });

  it('bounds what it keeps, in days, in bytes and before it is written', () => {
    expect(spec().env).toMatchObject({
      PHOENIX_DEFAULT_RETENTION_POLICY_DAYS: '30',
      PHOENIX_DATABASE_ALLOCATED_STORAGE_CAPACITY_GIBIBYTES: '20.00',
      PHOENIX_DATABASE_USAGE_INSERTION_BLOCKING_THRESHOLD_PERCENTAGE: '90',
      PHOENIX_MAX_SPANS_QUEUE_SIZE: '100',
    });
  });

  it('has secrets by name alone', () => {
    const names = spec().secrets.map(({ variable }) => variable);
    expect(names).toEqual([
      'PHOENIX_SQL_DATABASE_URL',
      'PHOENIX_SECRET',
      'PHOENIX_ADMIN_SECRET',
      'PHOENIX_DEFAULT_ADMIN_INITIAL_PASSWORD',
    ]);
    expect(names.filter((name) => name in spec().env)).toEqual([]);
  });

  it('needs no more than the password of the kit’s own database', () => {
    const { env, secrets } = spec({ database: { host: 'trace-database', port: 5432 } });
    expect(env).toMatchObject({ PHOENIX_POSTGRES_HOST: 'trace-database', PHOENIX_POSTGRES_USER: 'phoenix' });
    expect(secrets[0]).toEqual({ variable: 'PHOENIX_POSTGRES_PASSWORD', key: 'database-password' });
  });

  it('is ready only with its database, and alive without', () => {
    const { readiness, liveness } = spec().probes;
    expect([readiness.path, liveness.path]).toEqual(['/readyz', '/healthz']);
  });

  it('keeps cookies to TLS where people come by TLS', () => {
    expect(spec({ rootUrl: 'https://traces.site.internal' }).env).toMatchObject({ PHOENIX_USE_SECURE_COOKIES: 'true' });
    expect(spec({ rootUrl: 'http://localhost:6006' }).env).not.toHaveProperty('PHOENIX_USE_SECURE_COOKIES');
  });

  it('warns of versions that are newer than what is known, and of no others', () => {
    expect(spec({ version: '21.3.0' }).warnings).toEqual([expect.stringContaining('21.3.0 is newer')]);
    expect(spec({ version: PHOENIX_FLOOR }).warnings).toEqual([]);
  });

  it.each([
    ['a version without the switches', { version: '15.0.0' }, /lacks switches/],
    ['a version just below the floor', { version: '19.99.99' }, /lacks switches/],
    ['a tag that is no version', { version: 'latest' }, /is no version/],
    ['a retention that never ends', { retentionDays: 0 }, /0 days/],
    ['a retention of half a day', { retentionDays: 0.5 }, /0.5 days/],
    ['no storage', { storageBytes: 1 }, /1 bytes/],
  ])('refuses %s', (_, options, message) => expect(() => spec(options)).toThrow(message));
});

describe('phoenixDestination', () => {
  it('sends all traces to one project, with the key from the environment', () => {
    expect(phoenixDestination('http://store:6006', 'claims')).toEqual({
      endpoint: 'http://store:6006',
      secretHeader: { name: 'authorization', variable: 'AIRLOCK_TRACES_KEY', prefix: 'Bearer ' },
      headers: { 'x-project-name': 'claims' },
    });
  });
});
