/** Cases of the alerts of engines. */
import { type Cases, fires, ofEngine, quiet, SERVING } from './case.mjs';

const POD = { job: 'airlock-engine-vllm', ...SERVING, pod: 'chat-0' };
const TTFT = 'vllm:time_to_first_token_seconds_bucket';

export const ENGINE_CASES: Cases = {
  AirlockServingDown: [
    fires(11, { [ofEngine('up')]: '0x60' }, SERVING, 'no pod of serving chat in airlock-serving answers'),
    quiet(9, { [ofEngine('up')]: '0x60' }),
    quiet(30, { [ofEngine('up')]: '0x60', [ofEngine('up', { pod: 'chat-1' })]: '1x60' }),
  ],
  AirlockEngineDown: [
    fires(31, { [ofEngine('up')]: '0x60' }, POD, 'pod chat-0 of serving chat in airlock-serving does not answer'),
    quiet(29, { [ofEngine('up')]: '0x60' }),
    quiet(59, { [ofEngine('up')]: '1x60' }),
  ],
  AirlockEngineQueueWaiting: [
    fires(
      21,
      { [ofEngine('vllm:num_requests_waiting')]: '11x60' },
      SERVING,
      '11 requests wait for serving chat in airlock-serving',
    ),
    // Two pods, together above the threshold.
    fires(
      21,
      {
        [ofEngine('vllm:num_requests_waiting')]: '6x60',
        [ofEngine('vllm:num_requests_waiting', { pod: 'chat-1' })]: '7x60',
      },
      SERVING,
      '13 requests wait for serving chat in airlock-serving',
    ),
    quiet(59, { [ofEngine('vllm:num_requests_waiting')]: '10x60' }),
    // It empties every few minutes.
    quiet(59, { [ofEngine('vllm:num_requests_waiting')]: '50 50 50 50 0 '.repeat(12).trim() }),
  ],
  AirlockEngineFirstTokenSlow: [
    fires(
      20,
      {
        [ofEngine(TTFT, { le: '10' })]: '0x60',
        [ofEngine(TTFT, { le: '20' })]: '0+60x60',
        [ofEngine(TTFT, { le: '+Inf' })]: '0+60x60',
      },
      SERVING,
      'one request in a hundred to serving chat in airlock-serving waits 19.9s for its first token',
    ),
    quiet(59, {
      [ofEngine(TTFT, { le: '10' })]: '0+60x60',
      [ofEngine(TTFT, { le: '20' })]: '0+60x60',
      [ofEngine(TTFT, { le: '+Inf' })]: '0+60x60',
    }),
  ],
  AirlockEngineKvCacheNearFull: [
    fires(
      11,
      { [ofEngine('vllm:kv_cache_usage_perc')]: '0.97x60' },
      SERVING,
      'key-value cache of serving chat in airlock-serving is 97% full',
    ),
    quiet(59, { [ofEngine('vllm:kv_cache_usage_perc')]: '0.95x60' }),
  ],
  AirlockEnginePreempts: [
    fires(
      20,
      { [ofEngine('vllm:num_preemptions_total')]: '0+60x60' },
      SERVING,
      'serving chat in airlock-serving puts 1 requests a second back',
    ),
    quiet(59, { [ofEngine('vllm:num_preemptions_total')]: '0+3x60' }),
  ],
};
