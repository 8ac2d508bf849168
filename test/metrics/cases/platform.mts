/** Cases of the alerts of gateways, weight mirror and traces. */
import { type Cases, fires, of, quiet } from './case.mjs';

const GATEWAY = { namespace: 'airlock-gateway' } as const;
const gateway = (name: string, labels = {}): string =>
  of('airlock-gateway-agentgateway', GATEWAY.namespace, name, labels);
const litellm = (name: string, labels = {}): string => of('airlock-gateway-litellm', GATEWAY.namespace, name, labels);
const MIRROR = { namespace: 'airlock-mirror' } as const;
const mirror = (name: string, labels = {}): string => of('airlock-weight-mirror', MIRROR.namespace, name, labels);
const TRACES = { namespace: 'airlock-traces' } as const;
const collector = (name: string, labels = {}): string => of('airlock-trace-collector', TRACES.namespace, name, labels);
const store = (name: string, labels = {}): string => of('airlock-trace-store', TRACES.namespace, name, labels);

const REQUESTS = 'agentgateway_requests_total';
const GUARDS = 'agentgateway_guardrail_checks_total';
const EXPIRY = 'airlock_mirror_certificate_expiry_timestamp_seconds';
const EXPIRING = { job: 'airlock-weight-mirror', ...MIRROR, pod: 'one', instance: '10.0.0.9:8080' };
const expiring = mirror(EXPIRY, { instance: '10.0.0.9:8080' });
/** Promtool's time begins with 0. */
const inDays = (days: number): string => `${String(days * 86_400)}x400`;

export const GATEWAY_CASES: Cases = {
  AirlockGatewayDown: [
    fires(6, { [gateway('up')]: '0x60' }, GATEWAY, 'no gateway in airlock-gateway answers'),
    fires(6, { [litellm('up')]: '0x60' }, GATEWAY, 'no gateway in airlock-gateway answers'),
    quiet(59, { [gateway('up')]: '0x60', [gateway('up', { pod: 'two' })]: '1x60' }),
  ],
  AirlockGatewayErrors: [
    fires(
      12,
      { [gateway(REQUESTS, { status: '200' })]: '0+90x60', [gateway(REQUESTS, { status: '503' })]: '0+10x60' },
      GATEWAY,
      '10% of the requests to airlock-gateway end with a server error',
    ),
    fires(
      12,
      {
        [litellm('litellm_proxy_total_requests_metric_total', { status_code: '200' })]: '0+80x60',
        [litellm('litellm_proxy_total_requests_metric_total', { status_code: '500' })]: '0+20x60',
      },
      GATEWAY,
      '20% of the requests to airlock-gateway end with a server error',
    ),
    quiet(59, { [gateway(REQUESTS, { status: '200' })]: '0+96x60', [gateway(REQUESTS, { status: '503' })]: '0+4x60' }),
    // Clients' own errors.
    quiet(59, { [gateway(REQUESTS, { status: '200' })]: '0+10x60', [gateway(REQUESTS, { status: '401' })]: '0+90x60' }),
  ],
  AirlockGatewayOverLimit: [
    fires(
      22,
      { [gateway(REQUESTS, { status: '200' })]: '0+90x60', [gateway(REQUESTS, { status: '429' })]: '0+10x60' },
      GATEWAY,
      '10% of the requests to airlock-gateway are over a budget or limit',
    ),
    quiet(59, { [gateway(REQUESTS, { status: '200' })]: '0+99x60', [gateway(REQUESTS, { status: '429' })]: '0+1x60' }),
  ],
  AirlockGatewayGuardRejects: [
    fires(
      22,
      { [gateway(GUARDS, { action: 'Allow' })]: '0+80x60', [gateway(GUARDS, { action: 'Reject' })]: '0+20x60' },
      GATEWAY,
      'guards in airlock-gateway reject 20% of what they check',
    ),
    quiet(59, { [gateway(GUARDS, { action: 'Allow' })]: '0+95x60', [gateway(GUARDS, { action: 'Reject' })]: '0+5x60' }),
    // What is masked may pass.
    quiet(59, { [gateway(GUARDS, { action: 'Allow' })]: '0+5x60', [gateway(GUARDS, { action: 'Mask' })]: '0+95x60' }),
  ],
  AirlockGatewayGuardFailsOpen: [
    fires(
      5,
      { [gateway(GUARDS, { action: 'FailOpen' })]: '0+60x60' },
      { ...GATEWAY, action: 'FailOpen' },
      'a guard in airlock-gateway failed and let content pass unchecked',
    ),
    quiet(59, { [gateway(GUARDS, { action: 'FailOpen' })]: '3x60', [gateway(GUARDS, { action: 'Reject' })]: '0+1x60' }),
  ],
  AirlockGatewayConfigRefused: [
    fires(
      6,
      { [gateway('agentgateway_config_synchronized')]: '0x60' },
      { job: 'airlock-gateway-agentgateway', ...GATEWAY, pod: 'one' },
      'gateway one could not load its configuration',
    ),
    quiet(59, { [gateway('agentgateway_config_synchronized')]: '1x60' }),
  ],
};

export const MIRROR_CASES: Cases = {
  AirlockMirrorDown: [
    fires(11, { [mirror('up')]: '0x60' }, MIRROR, 'the weight mirror in airlock-mirror does not answer'),
    quiet(9, { [mirror('up')]: '0x60' }),
    quiet(59, { [mirror('up')]: '1x60' }),
  ],
  AirlockMirrorNotFilled: [
    fires(
      121,
      { [mirror('airlock_mirror_ready')]: '0x200' },
      { job: 'airlock-weight-mirror', ...MIRROR, pod: 'one' },
      'the weight mirror in airlock-mirror is not filled yet',
    ),
    quiet(119, { [mirror('airlock_mirror_ready')]: '0x200' }),
    quiet(200, { [mirror('airlock_mirror_ready')]: '0x90 1x200' }),
  ],
  AirlockMirrorDamaged: [
    fires(
      1,
      { [mirror('airlock_mirror_unserved_roots')]: '2x60' },
      { job: 'airlock-weight-mirror', ...MIRROR, pod: 'one' },
      '2 bundles or pins of the mirror in airlock-mirror failed verification',
    ),
    quiet(59, { [mirror('airlock_mirror_unserved_roots')]: '0x60' }),
  ],
  AirlockMirrorErrors: [
    fires(
      10,
      { [mirror('airlock_mirror_requests_total', { protocol: 'oci', code: '500' })]: '0+1x60' },
      MIRROR,
      'the weight mirror in airlock-mirror failed 10 requests',
    ),
    quiet(59, {
      [mirror('airlock_mirror_requests_total', { protocol: 'oci', code: '500' })]: '4x60',
      [mirror('airlock_mirror_requests_total', { protocol: 'oci', code: '503' })]: '0+9x60',
    }),
  ],
  AirlockCertificateExpiresSoon: [
    fires(120, { [expiring]: inDays(10) }, EXPIRING, 'the certificate of 10.0.0.9:8080 expires in 9.917 days'),
    quiet(120, { [expiring]: inDays(15) }),
  ],
  AirlockCertificateExpiresNow: [
    fires(120, { [expiring]: inDays(1) }, EXPIRING, 'the certificate of 10.0.0.9:8080 expires in 916.7m days'),
    quiet(120, { [expiring]: inDays(3) }),
  ],
};

export const TRACE_CASES: Cases = {
  AirlockTraceCollectorDown: [
    fires(6, { [collector('up')]: '0x60' }, TRACES, 'no trace collector in airlock-traces answers'),
    quiet(59, { [collector('up')]: '1x60' }),
  ],
  AirlockTraceQueueNearFull: [
    fires(
      11,
      {
        [collector('otelcol_exporter_queue_size', { exporter: 'otlphttp' })]: '90x60',
        [collector('otelcol_exporter_queue_capacity', { exporter: 'otlphttp' })]: '100x60',
      },
      { ...TRACES, exporter: 'otlphttp' },
      'queue of otlphttp in airlock-traces is 90% full',
    ),
    quiet(59, {
      [collector('otelcol_exporter_queue_size', { exporter: 'otlphttp' })]: '80x60',
      [collector('otelcol_exporter_queue_capacity', { exporter: 'otlphttp' })]: '100x60',
    }),
  ],
  AirlockTracesDropped: [
    fires(
      12,
      { [collector('otelcol_exporter_enqueue_failed_spans')]: '0+60x60' },
      TRACES,
      'the collector in airlock-traces loses 1 spans a second: its queue is full',
    ),
    fires(
      12,
      { [collector('otelcol_exporter_enqueue_failed_spans_total')]: '0+120x60' },
      TRACES,
      'the collector in airlock-traces loses 2 spans a second: its queue is full',
    ),
    quiet(59, { [collector('otelcol_exporter_enqueue_failed_spans')]: '7x60' }),
  ],
  AirlockTracesGivenUp: [
    fires(
      12,
      { [collector('otelcol_exporter_send_failed_spans')]: '0+60x60' },
      TRACES,
      'the collector in airlock-traces gives up 1 spans a second',
    ),
    quiet(59, { [collector('otelcol_exporter_send_failed_spans')]: '7x60' }),
  ],
  AirlockTracesRefused: [
    fires(
      17,
      { [collector('otelcol_receiver_refused_spans')]: '0+60x60' },
      TRACES,
      'the collector in airlock-traces refuses 1 spans a second',
    ),
    quiet(59, {
      [collector('otelcol_receiver_refused_spans')]: '7x60',
      [collector('otelcol_receiver_accepted_spans')]: '0+60x60',
    }),
  ],
  AirlockTraceStoreRejects: [
    fires(
      17,
      { [store('phoenix_span_queue_rejections_total')]: '0+60x60' },
      { job: 'airlock-trace-store', ...TRACES, pod: 'one' },
      'the trace store one does not take everything',
    ),
    fires(
      17,
      { [store('phoenix_span_ingestion_failed_spans_total', { reason: 'database' })]: '0+60x60' },
      { job: 'airlock-trace-store', ...TRACES, pod: 'one' },
      'the trace store one does not take everything',
    ),
    quiet(59, { [store('phoenix_span_queue_rejections_total')]: '5x60' }),
  ],
  AirlockTraceStoreDiskNearFull: [
    fires(
      31,
      { [store('database_disk_usage_ratio')]: '0.9x60' },
      { job: 'airlock-trace-store', ...TRACES, pod: 'one' },
      'the database of the trace store is 90% full',
    ),
    quiet(59, { [store('database_disk_usage_ratio')]: '0.85x60' }),
    // Another program of that name.
    quiet(59, { [of('elsewhere', 'shop', 'database_disk_usage_ratio')]: '0.99x60' }),
  ],
  AirlockTraceStoreBlocked: [
    fires(
      1,
      { [store('database_insertions_blocked')]: '1x60' },
      { job: 'airlock-trace-store', ...TRACES, pod: 'one' },
      'the trace store takes no spans: its database is full',
    ),
    quiet(59, { [store('database_insertions_blocked')]: '0x60' }),
  ],
};
