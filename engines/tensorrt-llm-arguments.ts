/**
 * Arguments that a site may add to trtllm-serve: what decides how much and how fast it computes (NVIDIA/TensorRT-LLM 1.2,
 * tensorrt_llm/commands/serve.py). Nothing that reads a file, imports a module or names another server.
 */
import { type ArgumentForms, COUNT, oneOf, switches } from './argument-form';

export const TENSORRT_LLM_ARGUMENTS: ArgumentForms = {
  '--max_beam_width': COUNT,
  '--max_num_tokens': COUNT,
  '--moe_expert_parallel_size': COUNT,
  '--ep_size': COUNT,
  '--moe_cluster_parallel_size': COUNT,
  '--cluster_size': COUNT,
  '--num_postprocess_workers': COUNT,
  ...switches('--fail_fast_on_attention_window_too_large', '--enable_chunked_prefill'),
  // `debug`, `verbose` and `trace` would log what was asked.
  '--log_level': oneOf('internal_error', 'error', 'warning', 'info'),
};
