/** Recording rules: one name for what every engine and gateway calls otherwise. Dashboards and alerts ask for these alone. */
import { ENGINE_JOBS, type EngineSignal, metricsOf } from './engines';
import type { Metric } from './metric';

export interface RecordingRule {
  /** `airlock:<what>:<how>`; contract. */
  readonly record: string;
  readonly expr: string;
}

/** Labels of a serving, as the scrape configuration gives them. */
export const SERVING_LABELS = ['namespace', 'serving', 'served_name'] as const;
/** Window of rates: four scrapes at the usual interval of a minute, and one missed. */
export const WINDOW = '5m';

const BY_SERVING = `by (${SERVING_LABELS.join(', ')})`;

const either = (terms: readonly string[]): string => terms.join(' or ');
const rates = (metrics: readonly Metric[], suffix = ''): string =>
  either(metrics.map(({ name }) => `rate(${name}${suffix}[${WINDOW}])`));
const values = (signal: EngineSignal): string => either(metricsOf(signal).map(({ name }) => name));

const quantile = (share: number, signal: EngineSignal): string =>
  `histogram_quantile(${String(share)}, sum by (le, ${SERVING_LABELS.join(', ')}) (${rates(metricsOf(signal), '_bucket')}))`;

/** Requests of both gateways; the label of the status has two names. */
const gatewayRequests = (status: string): string => {
  const filter = (label: string): string => (status === '' ? '' : `{${label}=~"${status}"}`);
  return (
    `sum by (namespace) (rate(agentgateway_requests_total${filter('status')}[${WINDOW}]) ` +
    `or rate(litellm_proxy_total_requests_metric_total${filter('status_code')}[${WINDOW}]))`
  );
};

/** Whether a counter of the Collector ends with `_total` is a setting of its reader. */
const collectorRate = (name: string): string => `sum by (namespace) (rate({__name__=~"${name}(_total)?"}[${WINDOW}]))`;

export const RECORDING_RULES: readonly RecordingRule[] = [
  { record: 'airlock:engine_up:max', expr: `max ${BY_SERVING} (up{job=~"${ENGINE_JOBS}"})` },
  { record: 'airlock:engine_requests_waiting:sum', expr: `sum ${BY_SERVING} (${values('waiting')})` },
  { record: 'airlock:engine_requests_running:sum', expr: `sum ${BY_SERVING} (${values('running')})` },
  { record: 'airlock:engine_kv_cache_usage:max', expr: `max ${BY_SERVING} (${values('kvCacheUsage')})` },
  { record: 'airlock:engine_preempted:rate5m', expr: `sum ${BY_SERVING} (${rates(metricsOf('preempted'))})` },
  { record: 'airlock:engine_prompt_tokens:rate5m', expr: `sum ${BY_SERVING} (${rates(metricsOf('promptTokens'))})` },
  {
    record: 'airlock:engine_generated_tokens:rate5m',
    expr: `sum ${BY_SERVING} (${rates(metricsOf('generatedTokens'))})`,
  },
  { record: 'airlock:engine_first_token_seconds:p50', expr: quantile(0.5, 'timeToFirstToken') },
  { record: 'airlock:engine_first_token_seconds:p99', expr: quantile(0.99, 'timeToFirstToken') },
  { record: 'airlock:engine_latency_seconds:p99', expr: quantile(0.99, 'latency') },
  { record: 'airlock:gateway_requests:rate5m', expr: gatewayRequests('') },
  { record: 'airlock:gateway_errors:rate5m', expr: gatewayRequests('5..') },
  { record: 'airlock:gateway_over_limit:rate5m', expr: gatewayRequests('429') },
  {
    record: 'airlock:gateway_guard_checks:rate5m',
    expr: `sum by (namespace, action) (rate(agentgateway_guardrail_checks_total[${WINDOW}]))`,
  },
  { record: 'airlock:traces_accepted:rate5m', expr: collectorRate('otelcol_receiver_accepted_spans') },
  // Two rules: rates of both in one vector would have the same labels, which Prometheus refuses.
  { record: 'airlock:traces_given_up:rate5m', expr: collectorRate('otelcol_exporter_send_failed_spans') },
  { record: 'airlock:traces_dropped:rate5m', expr: collectorRate('otelcol_exporter_enqueue_failed_spans') },
  { record: 'airlock:traces_refused:rate5m', expr: collectorRate('otelcol_receiver_refused_spans') },
  {
    record: 'airlock:trace_queue_usage:max',
    expr: 'max by (namespace, exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)',
  },
];
