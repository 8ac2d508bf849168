/** The dashboards of the kit. They ask for recorded series where there are some, so that every engine shows alike. */
import type { Dashboard } from './dashboard';
import { ALERTS_FIRING, ENGINES_UP, FIRST_TOKEN, GATEWAY_REQUESTS, GENERATED_TOKENS, TRACES, WAITING } from './panels';

const OVERVIEW: Dashboard = {
  name: 'overview',
  title: 'overview',
  rows: [
    {
      title: 'Now',
      panels: [
        ENGINES_UP,
        ALERTS_FIRING,
        {
          title: 'Weight mirror',
          description: '1 once it holds everything that the plan pins.',
          unit: 'none',
          form: 'stat',
          queries: [{ expr: 'min(airlock_mirror_ready)', legend: 'ready' }],
        },
        {
          title: 'Certificate of the mirror',
          description: 'Time until clients refuse it; empty where the mirror speaks HTTP.',
          unit: 's',
          form: 'stat',
          queries: [{ expr: 'min(airlock_mirror_certificate_expiry_timestamp_seconds - time())', legend: 'left' }],
        },
      ],
    },
    { title: 'Work', panels: [GENERATED_TOKENS, FIRST_TOKEN, GATEWAY_REQUESTS, TRACES] },
    {
      title: 'Weight mirror',
      panels: [
        {
          title: 'Bytes sent',
          description: 'By protocol; much at the start of pods, nothing otherwise.',
          unit: 'Bps',
          queries: [{ expr: 'sum by (protocol) (rate(airlock_mirror_sent_bytes_total[5m]))', legend: '{{protocol}}' }],
        },
        {
          title: 'Requests that failed',
          description: 'Status 500: damage or a failing disk. Broken transfers are continued by clients.',
          unit: 'reqps',
          queries: [
            { expr: 'sum(rate(airlock_mirror_requests_total{code="500"}[5m]))', legend: 'failed' },
            { expr: 'sum(rate(airlock_mirror_aborted_total[5m]))', legend: 'broke off' },
          ],
        },
      ],
    },
  ],
};

const ENGINES: Dashboard = {
  name: 'engines',
  title: 'engines',
  rows: [
    {
      title: 'Load',
      panels: [
        {
          title: 'Requests that are answered',
          description: 'At a time, by serving.',
          unit: 'none',
          queries: [{ expr: 'airlock:engine_requests_running:sum', legend: '{{serving}} ({{namespace}})' }],
        },
        WAITING,
        {
          title: 'Key-value cache',
          description: 'The fullest pod of each serving. llama.cpp and TGI do not tell.',
          unit: 'percentunit',
          queries: [{ expr: 'airlock:engine_kv_cache_usage:max', legend: '{{serving}} ({{namespace}})' }],
        },
        {
          title: 'Requests that were put back',
          description: 'A second, for want of cache; work that is done twice. vLLM and SGLang tell.',
          unit: 'reqps',
          queries: [{ expr: 'airlock:engine_preempted:rate5m', legend: '{{serving}} ({{namespace}})' }],
        },
      ],
    },
    {
      title: 'Speed',
      panels: [
        FIRST_TOKEN,
        {
          title: 'Time of whole answers',
          description: 'All but one request in a hundred.',
          unit: 's',
          queries: [{ expr: 'airlock:engine_latency_seconds:p99', legend: 'p99 {{serving}} ({{namespace}})' }],
        },
        GENERATED_TOKENS,
        {
          title: 'Tokens of prompts',
          description: 'Tokens a second that each serving reads.',
          unit: 'short',
          queries: [{ expr: 'airlock:engine_prompt_tokens:rate5m', legend: '{{serving}} ({{namespace}})' }],
        },
      ],
    },
  ],
};

const GATEWAY: Dashboard = {
  name: 'gateway',
  title: 'gateway',
  rows: [
    {
      title: 'Requests',
      panels: [
        GATEWAY_REQUESTS,
        {
          title: 'Time of requests',
          description: 'All but one in a hundred, as clients see it.',
          unit: 's',
          queries: [
            {
              expr: 'histogram_quantile(0.99, sum by (le) (rate(agentgateway_request_duration_seconds_bucket[5m])))',
              legend: 'p99 agentgateway',
            },
            {
              expr: 'histogram_quantile(0.99, sum by (le) (rate(litellm_request_total_latency_metric_bucket[5m])))',
              legend: 'p99 LiteLLM',
            },
          ],
        },
        {
          title: 'Reasons of refusals',
          description: 'Why agentgateway itself answered: limits, guards, keys, an engine that is away.',
          unit: 'reqps',
          queries: [
            {
              expr: 'sum by (reason) (rate(agentgateway_requests_total{reason!="Upstream"}[5m]))',
              legend: '{{reason}}',
            },
          ],
        },
        {
          title: 'Guards',
          description: 'Checks a second by what they did.',
          unit: 'reqps',
          queries: [{ expr: 'airlock:gateway_guard_checks:rate5m', legend: '{{action}}' }],
        },
      ],
    },
    {
      title: 'Models',
      panels: [
        {
          title: 'Tokens',
          description: 'Tokens a second by model and kind; budgets count these.',
          unit: 'short',
          queries: [
            {
              expr:
                'sum by (gen_ai_request_model, gen_ai_token_type) ' +
                '(rate(agentgateway_gen_ai_client_token_usage_sum[5m]))',
              legend: '{{gen_ai_request_model}} {{gen_ai_token_type}}',
            },
          ],
        },
        {
          title: 'Time to first token',
          description: 'All but one in a hundred, as the gateway sees it; the engines dashboard has the engine’s own.',
          unit: 's',
          queries: [
            {
              expr:
                'histogram_quantile(0.99, sum by (le, gen_ai_request_model) ' +
                '(rate(agentgateway_gen_ai_server_time_to_first_token_bucket[5m])))',
              legend: '{{gen_ai_request_model}}',
            },
          ],
        },
      ],
    },
  ],
};

const TRACES_BOARD: Dashboard = {
  name: 'traces',
  title: 'traces',
  rows: [
    {
      title: 'Collector',
      panels: [
        TRACES,
        {
          title: 'Queue',
          description: 'The fullest of each exporter; at 100 % spans are lost.',
          unit: 'percentunit',
          queries: [{ expr: 'airlock:trace_queue_usage:max', legend: '{{exporter}}' }],
        },
      ],
    },
    {
      title: 'Trace store',
      panels: [
        {
          title: 'Spans that wait for the database',
          description: 'A number that grows means a slow database.',
          unit: 'none',
          queries: [{ expr: 'phoenix_span_queue_size', legend: '{{pod}}' }],
        },
        {
          title: 'Disk of the database',
          description: 'Share of what is allocated; the store stops taking spans before it is full.',
          unit: 'percentunit',
          queries: [{ expr: 'database_disk_usage_ratio{job="airlock-trace-store"}', legend: '{{pod}}' }],
        },
      ],
    },
  ],
};

/** Every dashboard of the kit. */
export const DASHBOARDS: readonly Dashboard[] = [OVERVIEW, ENGINES, GATEWAY, TRACES_BOARD];
