/** Alerts, as data. Each has a section of its own name in docs/monitoring.md; a test holds that. */
import { ENGINE_JOBS } from './engines';
import type { Exporter } from './metric';
import { GATEWAY_JOBS, PLATFORM_EXPORTERS } from './platform';
import { type AlertThresholds, DEFAULT_THRESHOLDS } from './thresholds';

/** `critical`: somebody must act now. `warning`: somebody must look today. */
export type Severity = 'critical' | 'warning';

/** An alert, as data for the rules and for the page that says what to do. */
export interface Alert {
  readonly name: string;
  /** Group of the rule file. */
  readonly group: 'engines' | 'gateway' | 'mirror' | 'traces';
  readonly severity: Severity;
  readonly expr: string;
  /** Time for which the expression must hold, as Prometheus writes it; `0m` fires at once. */
  readonly for: string;
  /** One line, with the labels that tell which. */
  readonly summary: string;
  /** What it means for people who use the cluster, and where to look first. */
  readonly description: string;
}

const SERVING = '{{ $labels.serving }} in {{ $labels.namespace }}';
const noneUp = ({ job }: Exporter): string => `max by (namespace) (up{job="${job}"}) == 0`;
const percent = (share: number): string => `${String(Math.round(share * 100))} %`;

function engines({ queue, firstTokenSeconds, kvCacheUsage, preemptionsPerSecond }: AlertThresholds): Alert[] {
  const rest = { group: 'engines', severity: 'warning', for: '10m' } as const;
  return [
    {
      ...{ name: 'AirlockServingDown', group: 'engines', severity: 'critical', for: '10m' },
      expr: 'airlock:engine_up:max == 0',
      summary: `no pod of serving ${SERVING} answers`,
      description:
        'Requests for its model fail. Ten minutes are longer than most engines load; a first start may take more.',
    },
    {
      ...{ name: 'AirlockEngineDown', group: 'engines', severity: 'warning', for: '30m' },
      expr: `up{job=~"${ENGINE_JOBS}"} == 0`,
      summary: `pod {{ $labels.pod }} of serving ${SERVING} does not answer`,
      description: 'The other pods of the serving carry its load, and nothing is left in reserve.',
    },
    {
      ...{ name: 'AirlockEngineQueueWaiting', ...rest },
      expr: `min_over_time(airlock:engine_requests_waiting:sum[10m]) > ${String(queue)}`,
      summary: `{{ $value }} requests wait for serving ${SERVING}`,
      description: 'It gets more requests than it can answer, and has for twenty minutes: the wait grows.',
    },
    {
      ...{ name: 'AirlockEngineFirstTokenSlow', ...rest },
      expr: `airlock:engine_first_token_seconds:p99 > ${String(firstTokenSeconds)}`,
      summary: `one request in a hundred to serving ${SERVING} waits {{ $value | humanizeDuration }} for its first token`,
      description: 'Long prompts, a queue or a slow node. People who chat notice.',
    },
    {
      ...{ name: 'AirlockEngineKvCacheNearFull', ...rest },
      expr: `airlock:engine_kv_cache_usage:max > ${String(kvCacheUsage)}`,
      summary: `key-value cache of serving ${SERVING} is {{ $value | humanizePercentage }} full`,
      description: 'Soon requests are put back and computed again, or wait.',
    },
    {
      ...{ name: 'AirlockEnginePreempts', ...rest },
      expr: `airlock:engine_preempted:rate5m > ${String(preemptionsPerSecond)}`,
      summary: `serving ${SERVING} puts {{ $value | humanize }} requests a second back`,
      description: 'The cache is too small for what runs at a time: work is done twice.',
    },
  ];
}

function gateway({ gatewayErrors, overLimit, guardRejections }: AlertThresholds): Alert[] {
  return [
    {
      ...{ name: 'AirlockGatewayDown', group: 'gateway', severity: 'critical', for: '5m' },
      expr: `max by (namespace) (up{job=~"${GATEWAY_JOBS}"}) == 0`,
      summary: 'no gateway in {{ $labels.namespace }} answers',
      description: 'Nobody reaches a model.',
    },
    {
      ...{ name: 'AirlockGatewayErrors', group: 'gateway', severity: 'critical', for: '5m' },
      expr: `airlock:gateway_errors:rate5m / airlock:gateway_requests:rate5m > ${String(gatewayErrors)}`,
      summary: '{{ $value | humanizePercentage }} of the requests to {{ $labels.namespace }} end with a server error',
      description: `More than ${percent(gatewayErrors)} for five minutes: an engine is away, or the gateway cannot reach it.`,
    },
    {
      ...{ name: 'AirlockGatewayOverLimit', group: 'gateway', severity: 'warning', for: '15m' },
      expr: `airlock:gateway_over_limit:rate5m / airlock:gateway_requests:rate5m > ${String(overLimit)}`,
      summary:
        '{{ $value | humanizePercentage }} of the requests to {{ $labels.namespace }} are over a budget or limit',
      description: 'They are refused with 429. A budget is spent, or a client asks in a loop.',
    },
    {
      ...{ name: 'AirlockGatewayGuardRejects', group: 'gateway', severity: 'warning', for: '15m' },
      expr:
        'sum by (namespace) (airlock:gateway_guard_checks:rate5m{action="Reject"}) ' +
        `/ sum by (namespace) (airlock:gateway_guard_checks:rate5m) > ${String(guardRejections)}`,
      summary: 'guards in {{ $labels.namespace }} reject {{ $value | humanizePercentage }} of what they check',
      description: 'Somebody sends what must not pass, or a pattern finds what it should not.',
    },
    {
      ...{ name: 'AirlockGatewayGuardFailsOpen', group: 'gateway', severity: 'critical', for: '0m' },
      expr: 'airlock:gateway_guard_checks:rate5m{action="FailOpen"} > 0',
      summary: 'a guard in {{ $labels.namespace }} failed and let content pass unchecked',
      description:
        'Content passed that nothing checked. The kit never sets a guard to do so: compare the configuration.',
    },
    {
      ...{ name: 'AirlockGatewayConfigRefused', group: 'gateway', severity: 'warning', for: '5m' },
      expr: 'agentgateway_config_synchronized == 0',
      summary: 'gateway {{ $labels.pod }} could not load its configuration',
      description: 'It serves with the one before. A restart would find none that it can load.',
    },
  ];
}

function mirror({ certificateDays }: AlertThresholds): Alert[] {
  const left = '(airlock_mirror_certificate_expiry_timestamp_seconds - time()) / 86400';
  return [
    {
      ...{ name: 'AirlockMirrorDown', group: 'mirror', severity: 'critical', for: '10m' },
      expr: noneUp(PLATFORM_EXPORTERS.weightMirror),
      summary: 'the weight mirror in {{ $labels.namespace }} does not answer',
      description:
        'What runs goes on; a pod that starts anew gets no weights. A mirror that gets wrong bytes from its source ends: its log names them.',
    },
    {
      ...{ name: 'AirlockMirrorNotFilled', group: 'mirror', severity: 'warning', for: '2h' },
      expr: 'airlock_mirror_ready == 0',
      summary: 'the weight mirror in {{ $labels.namespace }} is not filled yet',
      description: 'Its source is away, or does not have what the lock names. Its log says which.',
    },
    {
      ...{ name: 'AirlockMirrorDamaged', group: 'mirror', severity: 'critical', for: '0m' },
      expr: 'airlock_mirror_unserved_roots > 0',
      summary: '{{ $value }} bundles or pins of the mirror in {{ $labels.namespace }} failed verification',
      description:
        'Their manifests do not have their digests any more. They are not served; the disk, or somebody, changed them.',
    },
    {
      ...{ name: 'AirlockMirrorErrors', group: 'mirror', severity: 'critical', for: '0m' },
      expr: 'sum by (namespace) (increase(airlock_mirror_requests_total{code="500"}[10m])) > 0',
      summary: 'the weight mirror in {{ $labels.namespace }} failed {{ $value | humanize }} requests',
      description: 'A blob has another size than it was verified with, or the disk fails. Its log names the blob.',
    },
    {
      ...{ name: 'AirlockCertificateExpiresSoon', group: 'mirror', severity: 'warning', for: '1h' },
      expr: `${left} < ${String(certificateDays)}`,
      summary: 'the certificate of {{ $labels.instance }} expires in {{ $value | humanize }} days',
      description: 'After that clients refuse it.',
    },
    {
      ...{ name: 'AirlockCertificateExpiresNow', group: 'mirror', severity: 'critical', for: '0m' },
      expr: `${left} < 2`,
      summary: 'the certificate of {{ $labels.instance }} expires in {{ $value | humanize }} days',
      description: 'Less than two days are left, or it has expired.',
    },
  ];
}

function traces({ traceQueueUsage, traceStoreDisk }: AlertThresholds): Alert[] {
  const lost = { group: 'traces', severity: 'critical', for: '5m' } as const;
  return [
    {
      ...{ name: 'AirlockTraceCollectorDown', group: 'traces', severity: 'critical', for: '5m' },
      expr: noneUp(PLATFORM_EXPORTERS.collector),
      summary: 'no trace collector in {{ $labels.namespace }} answers',
      description: 'What gateways record from now on is lost.',
    },
    {
      ...{ name: 'AirlockTraceQueueNearFull', group: 'traces', severity: 'warning', for: '10m' },
      expr: `airlock:trace_queue_usage:max > ${String(traceQueueUsage)}`,
      summary: 'queue of {{ $labels.exporter }} in {{ $labels.namespace }} is {{ $value | humanizePercentage }} full',
      description: 'The trace store takes less than comes. When the queue is full, spans are lost.',
    },
    {
      ...{ name: 'AirlockTracesDropped', ...lost },
      expr: 'airlock:traces_dropped:rate5m > 0',
      summary:
        'the collector in {{ $labels.namespace }} loses {{ $value | humanize }} spans a second: its queue is full',
      description: 'The audit trail has gaps from now on.',
    },
    {
      ...{ name: 'AirlockTracesGivenUp', ...lost },
      expr: 'airlock:traces_given_up:rate5m > 0',
      summary: 'the collector in {{ $labels.namespace }} gives up {{ $value | humanize }} spans a second',
      description: 'The trace store refuses them, or was away for longer than the collector asks again.',
    },
    {
      ...{ name: 'AirlockTracesRefused', group: 'traces', severity: 'warning', for: '10m' },
      expr: 'airlock:traces_refused:rate5m > 0',
      summary: 'the collector in {{ $labels.namespace }} refuses {{ $value | humanize }} spans a second',
      description: 'It is short of memory. Senders ask again, and lose spans when it lasts.',
    },
    {
      ...{ name: 'AirlockTraceStoreRejects', group: 'traces', severity: 'warning', for: '10m' },
      expr:
        'rate(phoenix_span_queue_rejections_total[5m]) > 0 ' +
        'or sum without (reason) (rate(phoenix_span_ingestion_failed_spans_total[5m])) > 0',
      summary: 'the trace store {{ $labels.pod }} does not take everything',
      description: 'Its database is slow or refuses spans.',
    },
    {
      ...{ name: 'AirlockTraceStoreDiskNearFull', group: 'traces', severity: 'warning', for: '30m' },
      expr: `database_disk_usage_ratio{job="${PLATFORM_EXPORTERS.traceStore.job}"} > ${String(traceStoreDisk)}`,
      summary: 'the database of the trace store is {{ $value | humanizePercentage }} full',
      description: 'The store stops taking spans before the disk is full.',
    },
    {
      ...{ name: 'AirlockTraceStoreBlocked', group: 'traces', severity: 'critical', for: '0m' },
      expr: `database_insertions_blocked{job="${PLATFORM_EXPORTERS.traceStore.job}"} == 1`,
      summary: 'the trace store takes no spans: its database is full',
      description:
        'The collector keeps what fits into its queue. Shorten the retention, or give the database more disk.',
    },
  ];
}

/** All alerts, in the order of the rule file. */
export function alertsFor(changed: Partial<AlertThresholds> = {}): readonly Alert[] {
  const thresholds = { ...DEFAULT_THRESHOLDS, ...changed };
  return [engines, gateway, mirror, traces].flatMap((part) => part(thresholds));
}
