/** Configuration of the OpenTelemetry Collector that redacts traces and queues them before the store. */
import type { RedactionPattern } from '../../catalog/redaction';
import { badInput } from '../../core/errors';
import { otlpAddressFault } from '../../core/otlp-address';
import { CARRYING, decoding, DROPPING, NORMALIZING, PUTTING_BACK, type StatementGroup } from './collector-statements';
import { LEAST_QUEUE_BYTES, queueFileBytes } from './queue';

const MIB = 1024 ** 2;

/** Ports of the Collector. */
export interface CollectorPorts {
  readonly grpc: number;
  readonly http: number;
  readonly health: number;
  readonly metrics: number;
}

/** The OTLP ports that IANA has, and the Collector's own defaults. */
export const COLLECTOR_PORTS: CollectorPorts = { grpc: 4317, http: 4318, health: 13133, metrics: 8888 };

/** Folder of the queue inside the Collector's container. */
export const QUEUE_FOLDER = '/var/lib/otelcol';

/** A header with a secret value, which the Collector reads from its environment. */
export interface SecretHeader {
  readonly name: string;
  /** Environment variable that holds the value. */
  readonly variable: string;
  /**
   * Text before the value, such as `Bearer `.
   *
   * @default - nothing
   */
  readonly prefix?: string;
}

/** Where redacted traces go: OTLP over HTTP. */
export interface TraceDestination {
  /** Address without `/v1/traces`, e.g. `http://phoenix.airlock-telemetry.svc:6006`. */
  readonly endpoint: string;
  /**
   * File of the authority that signed the destination's certificate.
   *
   * @default - the image's own authorities
   */
  readonly caFile?: string;
  /**
   * @default - no secret header
   */
  readonly secretHeader?: SecretHeader;
  /**
   * Further headers, none of them secret.
   *
   * @default - none
   */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CollectorOptions {
  /** What is redacted: `redactionPatterns(packs, own)`. */
  readonly patterns: readonly RedactionPattern[];
  readonly destination: TraceDestination;
  /** Bytes of spans that wait on disk while the destination is away; see `queueBytesFor`. */
  readonly queueBytes: number;
  /** Memory limit of the container in bytes. */
  readonly memoryBytes: number;
  /**
   * @default '0.0.0.0'
   */
  readonly host?: string;
  /**
   * @default COLLECTOR_PORTS
   */
  readonly ports?: CollectorPorts;
  /**
   * Folder of the queue; it must exist.
   *
   * @default QUEUE_FOLDER
   */
  readonly queueFolder?: string;
}

/** A configuration of the Collector; as JSON it is YAML. */
export type CollectorConfig = Readonly<Record<string, unknown>>;

/** Requests to the store at a time, and spans in each. Small, since a store may answer before it has written them. */
const CONSUMERS = 2;
const BATCH_SPANS = 50;
/** Spans on their way to the store at most. */
export const SPANS_IN_FLIGHT = CONSUMERS * BATCH_SPANS;

/**
 * The text of its file: JSON with one value a line, for people who review a change, and in ASCII, so that no program on the way
 * rewrites a character that a pattern looks for.
 */
export const collectorConfigText = (config: CollectorConfig): string =>
  `${JSON.stringify(config, null, 2).replace(
    /[^\n -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )}\n`;

/** Largest request: prompts of 100,000 tokens are 400 KB, and senders batch; the receiver's own limit is 4 MiB. */
const LARGEST_REQUEST_MIB = 32;

function checkDestination({ endpoint, secretHeader }: TraceDestination): void {
  const fault = otlpAddressFault(endpoint);
  if (fault !== undefined) throw badInput('TELEMETRY_SETTING_INVALID', fault.message, fault.fix);
  if (secretHeader !== undefined && !/^[A-Z][A-Z0-9_]*$/.test(secretHeader.variable))
    throw badInput(
      'TELEMETRY_SETTING_INVALID',
      `"${secretHeader.variable}" is no environment variable for the header "${secretHeader.name}"`,
      'name the variable, never the value: upper-case letters, digits and underscores',
    );
}

function headersOf({ secretHeader, headers = {} }: TraceDestination): Record<string, string> {
  if (secretHeader === undefined) return { ...headers };
  const { name, variable, prefix = '' } = secretHeader;
  return { ...headers, [name]: `${prefix}\${env:${variable}}` };
}

const transform = (errorMode: 'propagate' | 'ignore', groups: readonly StatementGroup[]): object => ({
  error_mode: errorMode,
  trace_statements: groups,
});

const redaction = (patterns: readonly RedactionPattern[]): object => ({
  allow_all_keys: true,
  // Structured values are judged as the JSON that they are; `ignored_keys` would exempt some, so there are none.
  redact_all_types: true,
  blocked_values: patterns.map(({ pattern }) => pattern),
  // Counts what was masked; `debug` would add the keys.
  summary: 'info',
});

function exporter({ destination, queueBytes }: CollectorOptions): object {
  const { endpoint, caFile } = destination;
  return {
    endpoint,
    compression: 'gzip',
    headers: headersOf(destination),
    ...(caFile === undefined ? {} : { tls: { ca_file: caFile } }),
    // A store that is away is asked again until it is back; what is not written stays in the queue.
    retry_on_failure: { enabled: true, initial_interval: '1s', max_interval: '10s', max_elapsed_time: '0s' },
    sending_queue: {
      storage: 'file_storage',
      sizer: 'bytes',
      queue_size: queueBytes,
      // When it is full, senders are told at once: spans are lost then, and requests for models never wait.
      block_on_overflow: false,
      num_consumers: CONSUMERS,
      batch: { flush_timeout: '1s', sizer: 'items', min_size: BATCH_SPANS, max_size: BATCH_SPANS },
    },
  };
}

const storage = ({ queueBytes, queueFolder = QUEUE_FOLDER }: CollectorOptions): object => ({
  directory: queueFolder,
  max_size: queueFileBytes(queueBytes),
  // A span is acknowledged once it is on the disk, so that a power cut loses none.
  fsync: true,
  // A damaged file is set aside, not deleted, and the Collector starts.
  recreate: true,
  // Gives back space after an outage: the file of a queue never shrinks by itself.
  compaction: {
    directory: queueFolder,
    on_rebound: true,
    cleanup_on_start: true,
    rebound_needed_threshold_mib: Math.floor(queueBytes / 4 / MIB),
    rebound_trigger_threshold_mib: 8,
  },
});

function telemetryOf(host: string, port: number): object {
  return {
    // It tells nobody anything: metrics wait to be fetched, and spans of its own are off.
    metrics: { level: 'normal', readers: [{ pull: { exporter: { prometheus: { host, port } } } }] },
    traces: { level: 'none' },
    logs: { level: 'info', encoding: 'json' },
  };
}

/**
 * Receives OTLP over gRPC and HTTP, drops headers and credentials, gives attributes their current names, masks personal data,
 * and queues on disk before the destination.
 *
 * @throws AirlockError (input) for no pattern, a destination that is no plain OTLP address, and a queue or memory too small
 */
export function collectorConfig(options: CollectorOptions): CollectorConfig {
  const { patterns, destination, queueBytes, memoryBytes, host = '0.0.0.0', ports = COLLECTOR_PORTS } = options;
  if (patterns.length === 0)
    throw badInput(
      'TELEMETRY_SETTING_INVALID',
      'the trace collector redacts nothing',
      'name at least one redaction pack',
    );
  checkDestination(destination);
  if (queueBytes < LEAST_QUEUE_BYTES)
    throw badInput(
      'TELEMETRY_SETTING_INVALID',
      `a queue of ${queueBytes} bytes is too small`,
      `give at least ${LEAST_QUEUE_BYTES} bytes`,
    );
  const limitMib = Math.floor((memoryBytes * 0.8) / MIB);
  if (limitMib < 4 * LARGEST_REQUEST_MIB)
    throw badInput(
      'TELEMETRY_SETTING_INVALID',
      `${memoryBytes} bytes of memory are too few for the collector`,
      'give it at least 256 MiB',
    );
  const at = (port: number): string => `${host}:${port}`;
  return {
    receivers: {
      otlp: {
        protocols: {
          grpc: { endpoint: at(ports.grpc), max_recv_msg_size_mib: LARGEST_REQUEST_MIB },
          http: { endpoint: at(ports.http), max_request_body_size: LARGEST_REQUEST_MIB * MIB },
        },
      },
    },
    processors: {
      memory_limiter: { check_interval: '1s', limit_mib: limitMib, spike_limit_mib: Math.floor(limitMib / 4) },
      // What cannot be dropped or carried is not passed on; a name that cannot be changed is no reason to lose a span.
      'transform/drop': transform('propagate', DROPPING),
      'transform/normalize': transform('ignore', NORMALIZING),
      'transform/carry': transform('propagate', CARRYING),
      'transform/decode': transform('propagate', decoding(patterns)),
      redaction: redaction(patterns),
      'transform/put-back': transform('propagate', PUTTING_BACK),
    },
    exporters: { otlphttp: exporter(options) },
    extensions: { file_storage: storage(options), health_check: { endpoint: at(ports.health) } },
    service: {
      extensions: ['file_storage', 'health_check'],
      telemetry: telemetryOf(host, ports.metrics),
      pipelines: {
        traces: {
          receivers: ['otlp'],
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
        },
      },
    },
  };
}
