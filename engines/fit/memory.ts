/** How much memory a model takes, from its shape: the arithmetic alone. */
import type { EngineName } from '../../catalog/engines';
import type { LockModelShape } from '../../site/generated/lock';
import type { KvCacheDtype } from '../contract';

/** How a replica is spread over GPUs. */
export interface Layout {
  /** GPUs that share each layer. */
  readonly tensorParallel: number;
  /** Groups of layers. */
  readonly pipelineParallel: number;
}

/** Bytes of a number; ggml's types hold a scale for each block of 32 (ggml-org/ggml src/ggml-common.h, block_q8_0, block_q4_0). */
const KV_BYTES: Readonly<Record<Exclude<KvCacheDtype, 'auto'>, number>> = {
  f16: 2,
  fp8: 1,
  fp8_e4m3: 1,
  fp8_e5m2: 1,
  q8_0: 34 / 32,
  q4_0: 18 / 32,
};

/** Bytes of one number in the key-value cache; engines keep it in the model's own type unless told otherwise. */
export const kvBytesOf = (dtype: KvCacheDtype = 'auto', modelDtype?: string): number =>
  dtype === 'auto' ? (modelDtype === 'float32' ? 4 : 2) : KV_BYTES[dtype];

/** Numbers that one layer keeps of one token, on the GPU that holds the most of them. */
function numbersPerLayer(shape: LockModelShape, tensorParallel: number): number {
  const { kvHeads, headDim, kvLoraRank, qkRopeHeadDim = 0 } = shape;
  // Multi-head latent attention keeps one compressed vector, and every GPU of the group keeps it whole.
  if (kvLoraRank !== undefined) return kvLoraRank + qkRopeHeadDim;
  // Keys and values; heads are never cut, so GPUs beyond their number hold copies.
  return (2 * kvHeads * headDim) / Math.min(tensorParallel, kvHeads);
}

/** Bytes that one more token takes on one GPU while no layer has reached its window. */
export const kvBytesPerToken = (shape: LockModelShape, kvBytes: number, layout: Layout): number =>
  ((shape.attentionLayers ?? shape.layers) * numbersPerLayer(shape, layout.tensorParallel) * kvBytes) /
  layout.pipelineParallel;

/** Bytes of the key-value cache of one sequence on one GPU; sliding layers hold their window at most. */
export function kvBytesOfSequence(shape: LockModelShape, tokens: number, kvBytes: number, layout: Layout): number {
  const { layers, attentionLayers = layers, slidingLayers = 0, slidingWindow = tokens } = shape;
  const held = (attentionLayers - slidingLayers) * tokens + slidingLayers * Math.min(tokens, slidingWindow);
  return (held * numbersPerLayer(shape, layout.tensorParallel) * kvBytes) / layout.pipelineParallel;
}

/** Bytes that one sequence takes on one GPU in layers that hold a state, however long it is; heads are divided among GPUs. */
export const stateBytesOfSequence = (
  { stateNumbers = 0 }: LockModelShape,
  numberBytes: number,
  { tensorParallel, pipelineParallel }: Layout,
): number => (stateNumbers * numberBytes) / (tensorParallel * pipelineParallel);

/** What an engine does with the memory of a GPU. */
export interface EngineMemory {
  /** Share of the memory that the engine takes, where the site states none. */
  readonly share: number;
  /** Share of what weights leave that the cache may take; 1 where `share` covers both. */
  readonly cacheShare: number;
  /** Whether layers are split among GPUs by tensors (true) or each GPU gets whole layers. */
  readonly tensors: boolean;
  /** Whether the cache of every sequence is set aside at the start. */
  readonly allSequences: boolean;
}

export const ENGINE_MEMORY: Readonly<Record<EngineName, EngineMemory>> = {
  // vllm-project/vllm config/cache.py, gpu_memory_utilization.
  vllm: { share: 0.92, cacheShare: 1, tensors: true, allSequences: false },
  // sgl-project/sglang server_args.py: mem_fraction_static covers weights and cache; by default about this for one GPU.
  sglang: { share: 0.88, cacheShare: 1, tensors: true, allSequences: false },
  // NVIDIA/TensorRT-LLM, kv_cache_free_gpu_memory_fraction: of what is left after the weights.
  'tensorrt-llm': { share: 1, cacheShare: 0.9, tensors: true, allSequences: false },
  // huggingface/text-generation-inference launcher, --cuda-memory-fraction.
  tgi: { share: 1, cacheShare: 1, tensors: true, allSequences: false },
  // ggml-org/llama.cpp tools/server README: --split-mode layer; -c is the context of all slots together.
  'llama.cpp': { share: 1, cacheShare: 1, tensors: false, allSequences: true },
  // ollama/ollama docs/faq.md: OLLAMA_NUM_PARALLEL times the context.
  ollama: { share: 1, cacheShare: 1, tensors: false, allSequences: true },
};
