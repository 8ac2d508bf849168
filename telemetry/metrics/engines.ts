/**
 * Metrics of serving engines, by what they mean. Names were compared with the sources that each line names; `npm run
 * test:metrics` compares those of vLLM and SGLang again, and scrapes llama.cpp.
 */
import type { EngineName } from '../../catalog/engines';
import type { Exporter, Metric } from './metric';
import { COMPONENT_LABEL, NAME_LABEL } from './metric';

/** Ollama has no metrics. */
export type WatchedEngine = Exclude<EngineName, 'ollama'>;

/** What is watched of an engine; engines lack some of it. */
export type EngineSignal =
  | 'waiting'
  | 'running'
  | 'kvCacheUsage'
  | 'preempted'
  | 'promptTokens'
  | 'generatedTokens'
  | 'timeToFirstToken'
  | 'latency';

/** What an engine exports, with the series behind each signal. */
export interface EngineExporter extends Exporter {
  readonly signals: Readonly<Partial<Record<EngineSignal, Metric>>>;
}

const WHAT: Readonly<Record<EngineSignal, string>> = {
  waiting: 'requests in the queue',
  running: 'requests that are being answered',
  kvCacheUsage: 'share of the key-value cache that is in use, 0 to 1',
  preempted: 'requests that were put back for want of cache',
  promptTokens: 'tokens of prompts',
  generatedTokens: 'tokens of answers',
  timeToFirstToken: 'seconds from a request to its first token',
  latency: 'seconds from a request to its last token',
};

const TYPES: Readonly<Record<EngineSignal, Metric['type']>> = {
  waiting: 'gauge',
  running: 'gauge',
  kvCacheUsage: 'gauge',
  preempted: 'counter',
  promptTokens: 'counter',
  generatedTokens: 'counter',
  timeToFirstToken: 'histogram',
  latency: 'histogram',
};

interface Names {
  readonly source: string;
  readonly port: number;
  readonly path?: string;
  readonly names: Readonly<Partial<Record<EngineSignal, string>>>;
  /** Release that has a signal first. */
  readonly since?: Readonly<Partial<Record<EngineSignal, string>>>;
}

const NAMES: Readonly<Record<WatchedEngine, Names>> = {
  vllm: {
    source: 'vllm-project/vllm vllm/v1/metrics/loggers.py; counters get _total from prometheus_client',
    port: 8000,
    names: {
      waiting: 'vllm:num_requests_waiting',
      running: 'vllm:num_requests_running',
      kvCacheUsage: 'vllm:kv_cache_usage_perc',
      preempted: 'vllm:num_preemptions_total',
      promptTokens: 'vllm:prompt_tokens_total',
      generatedTokens: 'vllm:generation_tokens_total',
      timeToFirstToken: 'vllm:time_to_first_token_seconds',
      latency: 'vllm:e2e_request_latency_seconds',
    },
  },
  sglang: {
    source: 'sgl-project/sglang python/sglang/srt/observability/metrics_collector.py',
    port: 30000,
    names: {
      waiting: 'sglang:num_queue_reqs',
      running: 'sglang:num_running_reqs',
      kvCacheUsage: 'sglang:token_usage',
      preempted: 'sglang:num_retracted_requests_total',
      promptTokens: 'sglang:prompt_tokens_total',
      generatedTokens: 'sglang:generation_tokens_total',
      timeToFirstToken: 'sglang:time_to_first_token_seconds',
      latency: 'sglang:e2e_request_latency_seconds',
    },
  },
  'tensorrt-llm': {
    source: 'NVIDIA/TensorRT-LLM tensorrt_llm/metrics/collector.py',
    port: 8000,
    path: '/prometheus/metrics',
    names: {
      waiting: 'trtllm_num_requests_waiting',
      running: 'trtllm_num_requests_running',
      kvCacheUsage: 'trtllm_kv_cache_utilization',
      promptTokens: 'trtllm_prompt_tokens_total',
      generatedTokens: 'trtllm_generation_tokens_total',
      timeToFirstToken: 'trtllm_time_to_first_token_seconds',
      latency: 'trtllm_e2e_request_latency_seconds',
    },
    since: { waiting: '1.3', running: '1.3', promptTokens: '1.3', generatedTokens: '1.3' },
  },
  'llama.cpp': {
    source: 'ggml-org/llama.cpp tools/server/README.md, "GET /metrics"',
    port: 8080,
    names: {
      waiting: 'llamacpp:requests_deferred',
      running: 'llamacpp:requests_processing',
      promptTokens: 'llamacpp:prompt_tokens_total',
      generatedTokens: 'llamacpp:tokens_predicted_total',
    },
  },
  tgi: {
    source: 'huggingface/text-generation-inference docs/source/reference/metrics.md',
    port: 9000,
    names: {
      waiting: 'tgi_queue_size',
      running: 'tgi_batch_current_size',
      // Sums of histograms over requests: they count like counters.
      promptTokens: 'tgi_request_input_length_sum',
      generatedTokens: 'tgi_request_generated_tokens_sum',
      latency: 'tgi_request_duration',
    },
  },
};

const SIGNALS = Object.keys(WHAT) as readonly EngineSignal[];

function exporterOf(
  engine: WatchedEngine,
  { source, port, path = '/metrics', names, since = {} }: Names,
): EngineExporter {
  const signals = Object.fromEntries(
    SIGNALS.flatMap((signal): [EngineSignal, Metric][] => {
      const [name, first] = [names[signal], since[signal]];
      if (name === undefined) return [];
      const metric = { name, type: TYPES[signal], what: WHAT[signal], source };
      return [[signal, first === undefined ? metric : { ...metric, since: first }]];
    }),
  );
  return {
    job: `airlock-engine-${engine.replace('.', '-')}`,
    podLabels: { [COMPONENT_LABEL]: 'serving', [NAME_LABEL]: engine },
    port,
    path,
    metrics: Object.values(signals),
    signals,
  };
}

/** Ports and paths are those of the contracts in `engines/`; a test holds them equal. */
export const ENGINE_EXPORTERS = Object.fromEntries(
  Object.entries(NAMES).map(([engine, names]) => [engine, exporterOf(engine as WatchedEngine, names)]),
) as Readonly<Record<WatchedEngine, EngineExporter>>;

/** Matches the job of every engine. */
export const ENGINE_JOBS = 'airlock-engine-.+';

/** The metrics that stand for a signal, in the order of the engines. */
export const metricsOf = (signal: EngineSignal): readonly Metric[] =>
  Object.values(ENGINE_EXPORTERS).flatMap(({ signals }) => signals[signal] ?? []);
