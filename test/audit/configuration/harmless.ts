/**
 * Changes of a configuration that break no promise, each with its reason. What is on no line here must be found: so the list is as
 * short as the readers are complete.
 */
import type { Role } from '../../../audit/configuration/roles';
import type { Change } from './changes';

interface Harmless {
  readonly role: Role;
  readonly document: string;
  /** Pointers, with `*` for positions in lists. */
  readonly pointers: readonly string[];
  readonly kinds: readonly Change['kind'][];
  readonly why: string;
}

const CONFIG = 'config.json';

export const HARMLESS: readonly Harmless[] = [
  {
    ...{ role: 'gateway', document: CONFIG, kinds: ['removal'] },
    pointers: ['/config/connectionMinTerminationDeadline', '/config/connectionTerminationDeadline'],
    why: 'times in which calls end at a stop; calls are cut without them',
  },
  {
    ...{ role: 'gateway', document: CONFIG, kinds: ['removal'], pointers: ['/config/logging'] },
    why: 'the same log as lines of text',
  },
  {
    ...{ role: 'gateway', document: CONFIG, kinds: ['value'], pointers: ['/config/database/url'] },
    why: 'another file in the same claim',
  },
  {
    ...{ role: 'gateway', document: CONFIG, kinds: ['value'] },
    pointers: [
      '/llm/models/*/guardrails/request/*/rejection/body',
      '/llm/models/*/guardrails/response/*/rejection/body',
    ],
    why: 'a fixed text that a refused caller is told',
  },
  {
    ...{ role: 'gateway', document: CONFIG, kinds: ['value'] },
    pointers: ['/llm/models/*/health/eviction/consecutiveFailures'],
    why: 'when a serving that fails is left alone for a while',
  },
  {
    ...{ role: 'gateway', document: 'config.yaml', kinds: ['value', 'removal'] },
    pointers: ['/model_list/*/litellm_params/max_retries', '/litellm_settings/redact_user_api_key_info'],
    why: 'how often a broken connection is tried again; whether a record names the hash of a key, which is no key',
  },
  {
    ...{ role: 'gateway', document: 'config.yaml', kinds: ['value'] },
    pointers: ['/model_list/*/model_info/id', '/router_settings/num_retries'],
    why: 'a name that stands in no other place; how often a call is tried again',
  },
  {
    ...{ role: 'gateway', document: 'policy.json', kinds: ['value'], pointers: ['/ledger'] },
    why: 'another file in the same claim',
  },
  {
    ...{ role: 'collector', document: CONFIG, kinds: ['removal'] },
    pointers: ['/receivers/otlp/protocols/grpc'],
    why: 'no sender of the platform speaks gRPC',
  },
  {
    ...{ role: 'collector', document: CONFIG, kinds: ['value', 'removal'] },
    pointers: [
      '/receivers/otlp/protocols/grpc/max_recv_msg_size_mib',
      '/receivers/otlp/protocols/http/max_request_body_size',
    ],
    why: 'size of a request; a larger one loses its spans',
  },
  {
    ...{ role: 'collector', document: CONFIG, kinds: ['value'] },
    pointers: ['/processors/memory_limiter/limit_mib', '/processors/memory_limiter/spike_limit_mib'],
    why: 'memory from which on spans are refused',
  },
  {
    ...{ role: 'collector', document: CONFIG, kinds: ['removal'], pointers: ['/processors/redaction/summary'] },
    why: 'a count of what was masked',
  },
  {
    ...{ role: 'collector', document: CONFIG, kinds: ['removal'], pointers: ['/exporters/otlphttp/compression'] },
    why: 'how requests to the store are packed; gzip without it',
  },
  {
    ...{ role: 'collector', document: CONFIG, kinds: ['value'] },
    pointers: ['/exporters/otlphttp/headers/x-project-name'],
    why: 'name of the project in the store',
  },
  {
    ...{ role: 'collector', document: CONFIG, kinds: ['value'] },
    pointers: [
      '/exporters/otlphttp/sending_queue/queue_size',
      '/exporters/otlphttp/sending_queue/num_consumers',
      '/exporters/otlphttp/sending_queue/batch/min_size',
      '/exporters/otlphttp/sending_queue/batch/max_size',
    ],
    why: 'how much waits, and how much goes at a time',
  },
  {
    ...{ role: 'collector', document: CONFIG, kinds: ['value', 'removal'] },
    pointers: ['/extensions/file_storage/max_size', '/extensions/file_storage/recreate'],
    why: 'size of the queue’s file; whether a damaged one is set aside',
  },
  {
    ...{ role: 'collector', document: CONFIG, kinds: ['removal'], pointers: ['/extensions/file_storage/compaction'] },
    why: 'the queue’s file does not shrink',
  },
  {
    ...{ role: 'collector', document: CONFIG, kinds: ['value'] },
    pointers: ['on_rebound', 'cleanup_on_start', 'rebound_needed_threshold_mib', 'rebound_trigger_threshold_mib'].map(
      (name) => `/extensions/file_storage/compaction/${name}`,
    ),
    why: 'when the queue’s file shrinks',
  },
  {
    ...{ role: 'trace-store', document: 'variables', kinds: ['removal'] },
    pointers: [
      ...['PHOENIX_HOST', 'PHOENIX_PORT', 'PHOENIX_ENABLE_PROMETHEUS', 'PHOENIX_MAX_SPANS_QUEUE_SIZE'],
      ...['PHOENIX_LOGGING_MODE', 'HOME', 'TMPDIR', 'PYTHONDONTWRITEBYTECODE'],
    ].map((name) => `/env/${name}`),
    why: 'upstream’s defaults are as good: the same addresses, a line of log in another form, a longer queue in memory',
  },
  {
    ...{ role: 'trace-store', document: 'variables', kinds: ['value'] },
    pointers: ['/env/PHOENIX_POSTGRES_USER/value', '/env/PHOENIX_POSTGRES_DB/value'],
    why: 'a plain name; the wrong one finds no database',
  },
  {
    ...{ role: 'trace-store', document: 'variables', kinds: ['value'] },
    pointers: [
      ...['PHOENIX_POSTGRES_PASSWORD', 'PHOENIX_SECRET', 'PHOENIX_ADMIN_SECRET'],
      'PHOENIX_DEFAULT_ADMIN_INITIAL_PASSWORD',
    ].map((name) => `/env/${name}/valueFrom/secretKeyRef/name`),
    why: 'which Secret: it is made outside of the plan, under whatever name',
  },
  {
    ...{ role: 'trace-database', document: 'variables', kinds: ['removal'] },
    pointers: ['/env/POSTGRES_USER', '/env/POSTGRES_DB', '/env/PGPORT'],
    why: 'upstream’s defaults: a user and a database called postgres, and the same port',
  },
  {
    ...{ role: 'trace-database', document: 'variables', kinds: ['value'] },
    pointers: ['POSTGRES_USER', 'POSTGRES_DB', 'PGUSER', 'PGDATABASE', 'PGDATA'].map((name) => `/env/${name}/value`),
    why: 'a plain name; the wrong one finds no database. Another folder in the same claim',
  },
  {
    ...{ role: 'trace-database', document: 'variables', kinds: ['value'] },
    pointers: ['/env/POSTGRES_PASSWORD/valueFrom/secretKeyRef/name', '/env/PGPASSWORD/valueFrom/secretKeyRef/name'],
    why: 'which Secret: it is made outside of the plan, under whatever name',
  },
];

/** A pointer without positions. */
const generalized = (pointer: string): string => pointer.replace(/\/\d+(?=\/|$)/g, '/*');

export const harmlessLine = (role: Role, document: string, { pointer, kind }: Change): Harmless | undefined =>
  HARMLESS.find(
    (line) =>
      line.role === role &&
      line.document === document &&
      line.kinds.includes(kind) &&
      line.pointers.includes(generalized(pointer)),
  );
