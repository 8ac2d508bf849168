import { REDACTION_PACKS, redactionPatterns } from '../../../catalog/redaction';
import {
  COLLECTOR_PORTS,
  collectorConfig,
  collectorConfigText,
  type CollectorOptions,
} from '../../../telemetry/traces/collector';

const GIB = 1024 ** 3;

const config = (options: Partial<CollectorOptions> = {}) =>
  collectorConfig({
    patterns: redactionPatterns(['contact']),
    destination: { endpoint: 'http://store:6006' },
    queueBytes: GIB,
    memoryBytes: GIB,
    ...options,
  }) as unknown as {
    readonly receivers: {
      readonly otlp: { readonly protocols: Readonly<Record<string, { readonly endpoint: string }>> };
    };
    readonly processors: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly exporters: { readonly otlphttp: Readonly<Record<string, unknown>> };
    readonly extensions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly service: {
      readonly extensions: readonly string[];
      readonly telemetry: { readonly traces: object; readonly metrics: object };
      readonly pipelines: Readonly<
        Record<string, { readonly processors: readonly string[]; readonly exporters: readonly string[] }>
      >;
    };
  };

describe('collectorConfig', () => {
  it('redacts after the names are set and before anything leaves', () => {
    const { pipelines } = config().service;
    expect(Object.keys(pipelines)).toEqual(['traces']);
    expect(pipelines['traces']).toMatchObject({
      processors: [
        'memory_limiter',
        'transform/drop',
        'transform/normalize',
        'transform/carry',
        'transform/decode',
        'redaction',
        'transform/put-back',
      ],
      exporters: ['otlphttp'],
    });
  });

  it('masks the patterns in values of every type and exempts no key', () => {
    const patterns = redactionPatterns(Object.keys(REDACTION_PACKS));
    expect(config({ patterns }).processors['redaction']).toEqual({
      allow_all_keys: true,
      redact_all_types: true,
      blocked_values: patterns.map(({ pattern }) => pattern),
      summary: 'info',
    });
  });

  it('passes nothing on that could not be dropped, carried or put back', () => {
    const { processors } = config();
    const modes = Object.entries(processors).map(([name, { error_mode }]) => [name, error_mode]);
    expect(modes.filter(([, mode]) => mode === 'ignore')).toEqual([['transform/normalize', 'ignore']]);
  });

  it('keeps spans on disk, synced, without an end to the attempts, and lets no sender wait', () => {
    const { exporters, extensions, service } = config();
    expect(exporters.otlphttp).toMatchObject({
      retry_on_failure: { enabled: true, max_elapsed_time: '0s' },
      sending_queue: { storage: 'file_storage', sizer: 'bytes', queue_size: GIB, block_on_overflow: false },
    });
    expect(extensions['file_storage']).toMatchObject({ fsync: true, max_size: 2 * GIB, directory: '/var/lib/otelcol' });
    expect(service.extensions).toContain('file_storage');
  });

  it('compacts within what the file may take', () => {
    const { file_storage } = config({ queueBytes: 64 * 1024 ** 2 }).extensions;
    const { compaction, max_size } = file_storage as {
      readonly compaction: Readonly<Record<string, number>>;
      readonly max_size: number;
    };
    expect((compaction['rebound_needed_threshold_mib'] ?? Infinity) * 1024 ** 2).toBeLessThanOrEqual(max_size);
    expect((compaction['rebound_trigger_threshold_mib'] ?? Infinity) * 1024 ** 2).toBeLessThanOrEqual(max_size);
  });

  it('tells nobody about itself, but has metrics to fetch', () => {
    expect(config().service.telemetry).toMatchObject({
      traces: { level: 'none' },
      metrics: { readers: [{ pull: { exporter: { prometheus: { port: COLLECTOR_PORTS.metrics } } } }] },
    });
  });

  it('takes a secret header from the environment and a CA from a file', () => {
    const secretHeader = { name: 'authorization', variable: 'TRACES_KEY', prefix: 'Bearer ' };
    const destination = {
      endpoint: 'https://otlp.site.internal',
      caFile: '/ca.pem',
      secretHeader,
      headers: { a: 'b' },
    };
    expect(config({ destination }).exporters.otlphttp).toMatchObject({
      endpoint: 'https://otlp.site.internal',
      tls: { ca_file: '/ca.pem' },
      headers: { a: 'b', authorization: 'Bearer ${env:TRACES_KEY}' },
    });
  });

  it.each([
    ['no patterns', { patterns: [] }, /redacts nothing/],
    ['no address', { destination: { endpoint: 'store:6006' } }, /is no OTLP address/],
    [
      'a path that the exporter adds itself',
      { destination: { endpoint: 'http://store/v1/traces' } },
      /without \/v1\/traces/,
    ],
    ['credentials in the address', { destination: { endpoint: 'http://u:p@store' } }, /holds credentials/],
    [
      'a value where a variable belongs',
      { destination: { endpoint: 'http://store', secretHeader: { name: 'a', variable: 'Bearer abc' } } },
      /is no environment variable/,
    ],
    ['a queue of nothing', { queueBytes: 1 }, /too small/],
    ['too little memory', { memoryBytes: 64 * 1024 ** 2 }, /too few/],
  ] as const)('refuses %s', (_, options, message) => {
    const refusal = (): string => {
      try {
        config(options);
      } catch (error) {
        const { message: what, fix } = error as { readonly message: string; readonly fix?: string };
        return `${what}: ${fix ?? ''}`;
      }
      return 'taken';
    };
    expect(refusal()).toMatch(message);
  });
});

describe('collectorConfigText', () => {
  it('is ASCII, and the same configuration', () => {
    const made = config({ patterns: redactionPatterns(Object.keys(REDACTION_PACKS)) });
    const text = collectorConfigText(made);
    expect(text).toMatch(/^[\n -~]+$/);
    expect(JSON.parse(text)).toEqual(made);
  });
});
