/**
 * Arguments that a site may add to SGLang: what decides how much, how fast and in which order it computes, and which kind of
 * work it does (sgl-project/sglang 0.5.23, python/sglang/srt/server_args.py; older releases where they name it otherwise).
 * Nothing that reads or writes a path, loads code or other weights, opens a port, logs what was asked or answered, or lets a
 * caller set what the server should.
 */
import {
  type ArgumentForms,
  COUNT,
  COUNT_OR_LESS,
  JSON_SWITCHES,
  NUMBER,
  oneOf,
  switches,
  TOKENS,
} from './argument-form';

const ATTENTION = oneOf(
  ...['triton', 'torch_native', 'flex_attention', 'flashinfer', 'fa3', 'fa4'],
  ...['flashmla', 'cutlass_mla', 'trtllm_mla', 'trtllm_mha', 'dsa', 'nsa'],
);

export const SGLANG_ARGUMENTS: ArgumentForms = {
  // The kind of work: sglang-paths.ts reads it.
  ...switches('--is-embedding', '--enable-multimodal', '--language-model-only'),

  // Numbers and precision.
  '--dtype': oneOf('auto', 'half', 'float16', 'bfloat16', 'float', 'float32'),
  '--random-seed': COUNT,
  ...switches('--enable-deterministic-inference', '--enable-fp32-lm-head', '--triton-attention-reduce-in-fp32'),
  '--attention-backend': ATTENTION,
  '--prefill-attention-backend': ATTENTION,
  '--decode-attention-backend': ATTENTION,
  '--mm-attention-backend': oneOf('sdpa', 'fa3', 'fa4', 'triton_attn'),
  '--sampling-backend': oneOf('pytorch', 'flashinfer'),
  '--grammar-backend': oneOf('xgrammar', 'outlines', 'llguidance', 'none'),
  '--moe-runner-backend': oneOf(
    ...['auto', 'triton', 'triton_kernel', 'deep_gemm', 'cutlass', 'marlin'],
    ...['flashinfer_trtllm', 'flashinfer_cutlass', 'flashinfer_mxfp4', 'flashinfer_cutedsl'],
  ),
  '--triton-attention-num-kv-splits': COUNT,
  ...switches('--disable-cuda-graph', '--disable-cuda-graph-padding'),
  '--cuda-graph-max-bs': COUNT,
  '--cuda-graph-bs': { each: COUNT },
  ...switches('--enable-torch-compile', '--disable-custom-all-reduce', '--enable-p2p-check'),
  '--torch-compile-max-bs': COUNT,
  ...switches('--enable-nccl-nvls', '--enable-symm-mem'),

  // Scheduling.
  '--max-queued-requests': COUNT,
  '--max-total-tokens': TOKENS,
  '--chunked-prefill-size': COUNT_OR_LESS,
  '--max-prefill-tokens': TOKENS,
  '--prefill-max-requests': COUNT,
  // `priority` would let a caller put itself before the others.
  '--schedule-policy': oneOf('lpm', 'random', 'fcfs', 'dfs-weight', 'lof'),
  '--schedule-conservativeness': NUMBER,
  '--num-continuous-decode-steps': COUNT,
  '--stream-interval': COUNT,
  ...switches('--enable-mixed-chunk', '--enable-dynamic-chunking', '--disable-overlap-schedule'),
  ...switches('--enable-two-batch-overlap', '--enable-single-batch-overlap', '--sleep-on-idle'),
  '--watchdog-timeout': NUMBER,
  '--dist-timeout': COUNT,

  // Memory, of the GPU and of the pod.
  '--page-size': COUNT,
  '--swa-full-tokens-ratio': NUMBER,
  '--cpu-offload-gb': COUNT,
  '--radix-eviction-policy': oneOf('lru', 'lfu', 'slru'),
  ...switches('--disable-radix-cache', '--disable-chunked-prefix-cache', '--disable-hybrid-swa-memory'),
  ...switches('--enable-hierarchical-cache'),
  '--hicache-ratio': NUMBER,
  '--hicache-size': COUNT,
  '--hicache-write-policy': oneOf('write_back', 'write_through', 'write_through_selective'),
  '--hicache-io-backend': oneOf('direct', 'kernel'),
  '--max-mamba-cache-size': COUNT,
  '--mamba-ssm-dtype': oneOf('float32', 'bfloat16', 'float16'),
  '--mamba-full-memory-ratio': NUMBER,

  // Inside the pod, or the group that `nodes` makes.
  '--ep-size': COUNT,
  '--moe-dense-tp-size': COUNT,

  // Speculation from the prompt, or by heads of the same weights; never by another model.
  '--speculative-algorithm': oneOf('NGRAM', 'NEXTN'),
  '--speculative-num-steps': COUNT,
  '--speculative-eagle-topk': COUNT,
  '--speculative-num-draft-tokens': COUNT,

  // Adapters of the site.
  '--max-lora-rank': COUNT,
  '--max-loras-per-batch': COUNT,
  '--max-loaded-loras': COUNT,
  '--lora-backend': oneOf('triton', 'csgmv'),

  // Answers and logs. `debug` would log what was asked.
  '--default-chat-template-kwargs': JSON_SWITCHES,
  '--sampling-defaults': oneOf('openai', 'model'),
  ...switches('--enable-cache-report', '--allow-auto-truncate', '--skip-server-warmup'),
  '--log-level': oneOf('critical', 'error', 'warning', 'info'),
  '--log-level-http': oneOf('critical', 'error', 'warning', 'info'),
  '--decode-log-interval': COUNT,
};
