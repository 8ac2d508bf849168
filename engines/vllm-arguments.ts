/**
 * Arguments that a site may add to vLLM: what decides how much, how fast and in which order it computes, and which kind of
 * work it does (vllm-project/vllm 0.33.0, vllm/engine/arg_utils.py and vllm/entrypoints/openai/cli_args.py; older releases
 * where they name it otherwise). Nothing that reads or writes a path, loads code or other weights, opens a port, logs what
 * was asked or answered, or lets a caller set what the server should.
 */
import {
  type ArgumentForms,
  COUNT,
  JSON_COUNTS,
  JSON_SWITCHES,
  NUMBER,
  oneOf,
  switches,
  TOKENS,
} from './argument-form';

export const VLLM_ARGUMENTS: ArgumentForms = {
  // The kind of work: vllm-paths.ts reads these. `--task` until 0.12.
  '--runner': oneOf('auto', 'generate', 'pooling'),
  '--convert': oneOf('auto', 'none', 'embed', 'classify', 'reward'),
  '--task': oneOf('auto', 'generate', 'embed', 'embedding', 'classify', 'score', 'reward', 'transcription'),

  // Numbers and precision.
  '--dtype': oneOf('auto', 'half', 'float16', 'bfloat16', 'float', 'float32'),
  '--seed': COUNT,
  '--optimization-level': oneOf('0', '1', '2', '3'),
  '--performance-mode': oneOf('balanced', 'interactivity', 'throughput'),
  '--max-logprobs': COUNT,
  ...switches('--enforce-eager', '--no-enforce-eager'),
  '--max-cudagraph-capture-size': COUNT,
  '--cudagraph-capture-sizes': { each: COUNT },
  '--max-seq-len-to-capture': COUNT,
  '--attention-backend': oneOf(
    ...['FLASH_ATTN', 'FLASHINFER', 'TRITON_ATTN', 'FLEX_ATTENTION'],
    ...['FLASH_ATTN_MLA', 'FLASHMLA', 'FLASHINFER_MLA', 'CUTLASS_MLA', 'TRITON_MLA'],
  ),
  '--moe-backend': oneOf('auto', 'triton', 'deep_gemm', 'cutlass', 'flashinfer_trtllm', 'flashinfer_cutlass', 'marlin'),
  ...switches('--disable-cascade-attn', '--enable-cascade-attn'),
  ...switches('--disable-sliding-window', '--enable-sliding-window'),
  ...switches('--disable-custom-all-reduce', '--enable-custom-all-reduce'),

  // Scheduling.
  '--max-num-batched-tokens': TOKENS,
  '--max-num-scheduled-tokens': TOKENS,
  '--max-num-partial-prefills': COUNT,
  '--max-long-partial-prefills': COUNT,
  '--long-prefill-token-threshold': COUNT,
  '--max-num-active-seqs': COUNT,
  '--max-num-queued-reqs': COUNT,
  '--max-num-queued-tokens': TOKENS,
  '--stream-interval': COUNT,
  // `priority` would let a caller put itself before the others.
  '--scheduling-policy': oneOf('fcfs'),
  ...switches('--enable-chunked-prefill', '--disable-chunked-prefill', '--no-enable-chunked-prefill'),
  ...switches('--async-scheduling', '--no-async-scheduling'),

  // Memory.
  '--block-size': COUNT,
  '--num-gpu-blocks-override': COUNT,
  '--swap-space': NUMBER,
  '--cpu-offload-gb': NUMBER,
  ...switches('--enable-prefix-caching', '--disable-prefix-caching', '--no-enable-prefix-caching'),
  // The others can be made to collide, and a hit of another's prompt answers with its cache.
  '--prefix-caching-hash-algo': oneOf('sha256', 'sha256_cbor'),
  ...switches('--disable-hybrid-kv-cache-manager', '--enable-hybrid-kv-cache-manager'),
  '--mamba-cache-dtype': oneOf('auto', 'bfloat16', 'float16', 'float32'),
  '--mamba-ssm-cache-dtype': oneOf('auto', 'bfloat16', 'float16', 'float32'),
  '--mamba-block-size': COUNT,

  // Inside the pod, or the group that `nodes` makes.
  '--decode-context-parallel-size': COUNT,
  ...switches('--enable-expert-parallel', '--disable-expert-parallel'),
  '--max-parallel-loading-workers': COUNT,
  '--safetensors-load-strategy': oneOf('lazy', 'eager', 'prefetch'),

  // Speculation from the prompt, or by heads of the same weights; never by another model.
  '--spec-method': oneOf('ngram', 'mtp'),
  '--spec-tokens': COUNT,

  // Adapters of the site.
  '--max-cpu-loras': COUNT,
  '--lora-dtype': oneOf('auto', 'float16', 'bfloat16'),
  ...switches('--fully-sharded-loras', '--no-fully-sharded-loras'),

  // Images and sound.
  '--limit-mm-per-prompt': JSON_COUNTS,
  '--mm-processor-cache-gb': NUMBER,
  '--mm-encoder-tp-mode': oneOf('weights', 'data'),
  '--video-pruning-rate': NUMBER,
  ...switches('--language-model-only', '--no-language-model-only', '--skip-mm-profiling', '--no-skip-mm-profiling'),

  // Answers and logs. `debug` and `trace` would log what was asked.
  '--chat-template-content-format': oneOf('auto', 'string', 'openai'),
  '--default-chat-template-kwargs': JSON_SWITCHES,
  // Else a folder.
  '--generation-config': oneOf('auto', 'vllm'),
  ...switches('--enable-prompt-tokens-details', '--enable-force-include-usage'),
  '--uvicorn-log-level': oneOf('critical', 'error', 'warning', 'info'),
  ...switches('--disable-uvicorn-access-log', '--disable-fastapi-docs'),
};
