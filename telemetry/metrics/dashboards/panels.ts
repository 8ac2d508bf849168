/** Panels that several dashboards show. */
import type { Panel } from './panel';

const SERVING = '{{serving}} ({{namespace}})';

export const ENGINES_UP: Panel = {
  title: 'Servings that answer',
  description: 'Number of servings of which at least one pod answers.',
  unit: 'none',
  form: 'stat',
  queries: [{ expr: 'sum(airlock:engine_up:max)', legend: 'servings' }],
};

export const ALERTS_FIRING: Panel = {
  title: 'Alerts that fire',
  description: 'By severity; none is good.',
  unit: 'none',
  form: 'stat',
  queries: [
    {
      expr: 'sum by (severity) (ALERTS{alertstate="firing", part_of="airlock"}) or vector(0)',
      legend: '{{severity}}',
    },
  ],
};

export const GENERATED_TOKENS: Panel = {
  title: 'Tokens of answers',
  description: 'Tokens a second that each serving generates.',
  unit: 'short',
  queries: [{ expr: 'airlock:engine_generated_tokens:rate5m', legend: SERVING }],
};

export const FIRST_TOKEN: Panel = {
  title: 'Time to first token',
  description: 'Half of the requests, and all but one in a hundred. llama.cpp and TGI do not tell.',
  unit: 's',
  queries: [
    { expr: 'airlock:engine_first_token_seconds:p50', legend: `p50 ${SERVING}` },
    { expr: 'airlock:engine_first_token_seconds:p99', legend: `p99 ${SERVING}` },
  ],
};

export const WAITING: Panel = {
  title: 'Requests that wait',
  description: 'A queue that does not empty means too few replicas.',
  unit: 'none',
  queries: [{ expr: 'airlock:engine_requests_waiting:sum', legend: SERVING }],
};

export const GATEWAY_REQUESTS: Panel = {
  title: 'Requests of the gateway',
  description: 'All, those that end with a server error, and those over a budget or limit.',
  unit: 'reqps',
  queries: [
    { expr: 'airlock:gateway_requests:rate5m', legend: 'all' },
    { expr: 'airlock:gateway_errors:rate5m', legend: 'server errors' },
    { expr: 'airlock:gateway_over_limit:rate5m', legend: 'over limit' },
  ],
};

export const TRACES: Panel = {
  title: 'Spans',
  description: 'Spans a second that come in, and those that are lost: any loss is a gap in the audit trail.',
  unit: 'short',
  queries: [
    { expr: 'airlock:traces_accepted:rate5m', legend: 'accepted' },
    { expr: 'airlock:traces_refused:rate5m', legend: 'refused' },
    { expr: 'airlock:traces_dropped:rate5m', legend: 'dropped, queue full' },
    { expr: 'airlock:traces_given_up:rate5m', legend: 'given up' },
  ],
};
