/** Metrics of what stands around the engines: gateways, weight mirror, trace collector and trace store. */
import { COMPONENT_LABEL, type Exporter, type Metric, NAME_LABEL } from './metric';

type Rows = readonly (readonly [name: string, type: Metric['type'], what: string])[];

const from = (source: string, rows: Rows): readonly Metric[] =>
  rows.map(([name, type, what]) => ({ name, type, what, source }));

/** Port and paths: agentgateway crates/agentgateway/src/management/metrics_server.rs; `statsAddr` of its configuration. */
const AGENTGATEWAY: Exporter = {
  job: 'airlock-gateway-agentgateway',
  podLabels: { [COMPONENT_LABEL]: 'gateway', [NAME_LABEL]: 'agentgateway' },
  port: 15020,
  path: '/metrics',
  metrics: [
    ...from('agentgateway/agentgateway crates/agentgateway/src/telemetry/metrics.rs', [
      ['agentgateway_requests_total', 'counter', 'answered requests, by status and reason'],
      ['agentgateway_request_duration_seconds', 'histogram', 'seconds of a request'],
      ['agentgateway_guardrail_checks_total', 'counter', 'checks of guards, by phase and action'],
      ['agentgateway_gen_ai_client_token_usage', 'histogram', 'tokens of a request, by kind and model'],
      ['agentgateway_gen_ai_server_time_to_first_token', 'histogram', 'seconds to the first token, by model'],
      ['agentgateway_retries_total', 'counter', 'requests that were sent again'],
    ]),
    ...from('agentgateway/agentgateway crates/xds/src/metrics.rs', [
      ['agentgateway_config_synchronized', 'gauge', '0 after a configuration that could not be loaded'],
    ]),
  ],
};

/**
 * LiteLLM serves them with `callbacks: ["prometheus"]`, whose registration asks for no license in 1.110, and which the kit does not
 * set. Whoever scrapes sees names of keys and teams.
 */
const LITELLM: Exporter = {
  job: 'airlock-gateway-litellm',
  podLabels: { [COMPONENT_LABEL]: 'gateway', [NAME_LABEL]: 'litellm' },
  port: 4000,
  path: '/metrics',
  served: false,
  metrics: from(
    'BerriAI/litellm litellm/types/integrations/prometheus.py; counters get _total from prometheus_client',
    [
      ['litellm_proxy_total_requests_metric_total', 'counter', 'answered requests, by status_code'],
      ['litellm_guardrail_requests_total', 'counter', 'checks of guards, by status'],
      ['litellm_request_total_latency_metric', 'histogram', 'seconds of a request'],
    ],
  ),
};

const WEIGHT_MIRROR: Exporter = {
  job: 'airlock-weight-mirror',
  podLabels: { [COMPONENT_LABEL]: 'weight-mirror' },
  port: 8080,
  path: '/metrics',
  metrics: from('offline-bundle/mirror/metrics.ts', [
    ['airlock_mirror_requests_total', 'counter', 'requests that ended, by protocol and code'],
    ['airlock_mirror_sent_bytes_total', 'counter', 'bytes sent, by protocol'],
    ['airlock_mirror_aborted_total', 'counter', 'transfers that broke off, by protocol'],
    ['airlock_mirror_ready', 'gauge', '1 once the store is filled'],
    ['airlock_mirror_unserved_roots', 'gauge', 'bundles and pins that are damaged'],
    ['airlock_mirror_damaged_blobs', 'gauge', 'blobs that are missing or damaged'],
    ['airlock_mirror_certificate_expiry_timestamp_seconds', 'gauge', 'end of the certificate, seconds since 1970'],
  ]),
};

/** Port: opentelemetry.io, "Internal telemetry". Whether counters end with `_total` is a setting of the reader. */
const COLLECTOR: Exporter = {
  job: 'airlock-trace-collector',
  podLabels: { [COMPONENT_LABEL]: 'trace-collector' },
  port: 8888,
  path: '/metrics',
  metrics: [
    ...from('open-telemetry/opentelemetry-collector exporter/exporterhelper/documentation.md', [
      ['otelcol_exporter_queue_size', 'gauge', 'bytes in the queue of an exporter'],
      ['otelcol_exporter_queue_capacity', 'gauge', 'bytes that fit in it'],
      ['otelcol_exporter_sent_spans', 'counter', 'spans that the store took'],
      ['otelcol_exporter_send_failed_spans', 'counter', 'spans given up after all attempts'],
      ['otelcol_exporter_enqueue_failed_spans', 'counter', 'spans that found the queue full'],
    ]),
    ...from('open-telemetry/opentelemetry-collector receiver/receiverhelper/documentation.md', [
      ['otelcol_receiver_accepted_spans', 'counter', 'spans that were taken in'],
      ['otelcol_receiver_refused_spans', 'counter', 'spans that were refused, e.g. for want of memory'],
    ]),
  ],
};

/** Served with `PHOENIX_ENABLE_PROMETHEUS=true`. PostgreSQL itself serves none; Phoenix tells how full its database is. */
const PHOENIX: Exporter = {
  job: 'airlock-trace-store',
  podLabels: { [COMPONENT_LABEL]: 'trace-store' },
  port: 9090,
  path: '/metrics',
  metrics: from('Arize-ai/phoenix src/phoenix/server/prometheus.py', [
    ['phoenix_span_queue_size', 'gauge', 'spans that wait for the database'],
    ['phoenix_span_queue_rejections_total', 'counter', 'requests refused because that queue was full'],
    ['phoenix_span_ingestion_failed_spans_total', 'counter', 'spans that the database did not take'],
    ['database_disk_usage_ratio', 'gauge', 'share of the allocated disk that the database fills, 0 to 1'],
    ['database_insertions_blocked', 'gauge', '1 while nothing is taken in for want of disk'],
  ]),
};

/** What is watched beside the engines. */
export const PLATFORM_EXPORTERS = {
  agentgateway: AGENTGATEWAY,
  litellm: LITELLM,
  weightMirror: WEIGHT_MIRROR,
  collector: COLLECTOR,
  traceStore: PHOENIX,
} as const;

/** Matches the job of every gateway. */
export const GATEWAY_JOBS = 'airlock-gateway-.+';
