/** What memory sizing needs of a model, from its own configuration: pure functions of what its repository says. */
import type { LockModelShape } from '../generated/lock';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

/** The first of several names that holds a whole number above zero. */
const count = (fields: Fields, ...names: readonly string[]): number | undefined =>
  names.map((name) => fields[name]).find(isCount);

const text = (fields: Fields, ...names: readonly string[]): string | undefined =>
  names.map((name) => fields[name]).find((value) => typeof value === 'string');

/** Multimodal models keep the language model's part under a name of its own. */
function languagePart(config: Fields): Fields {
  const inner = ['text_config', 'llm_config', 'language_config'].map((name) => config[name]).find(isFields);
  return inner === undefined ? config : { ...config, ...inner };
}

/**
 * Layers that see the last tokens alone: those that the configuration lists (`layer_types`), every one but each n-th
 * (`sliding_window_pattern`, Gemma), or all of them (Mistral 7B v0.1). Qwen2 states a window and switches it off.
 */
function slidingLayers(fields: Fields, layers: number): number {
  if (count(fields, 'sliding_window') === undefined || fields['use_sliding_window'] === false) return 0;
  const types = fields['layer_types'];
  if (Array.isArray(types)) return types.filter((type) => type === 'sliding_attention').length;
  const pattern = count(fields, 'sliding_window_pattern');
  return pattern === undefined ? layers : layers - Math.floor(layers / pattern);
}

/** Without undefined values, which the lock's format does not have. */
const defined = <T extends object>(value: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;

/**
 * Shape of a model for transformers.
 *
 * @param config parsed config.json, as transformers writes it
 * @param checkpointBytes bytes of the tensors that an engine loads
 * @returns undefined where it says too little, e.g. for a model without attention
 */
export function shapeOfConfig(config: unknown, checkpointBytes: number): LockModelShape | undefined {
  if (!isFields(config)) return undefined;
  const fields = languagePart(config);
  const layers = count(fields, 'num_hidden_layers', 'n_layer', 'num_layers');
  const attentionHeads = count(fields, 'num_attention_heads', 'n_head');
  const hidden = count(fields, 'hidden_size', 'n_embd', 'd_model');
  if (layers === undefined || attentionHeads === undefined) return undefined;
  const headDim = count(fields, 'head_dim') ?? (hidden === undefined ? undefined : Math.floor(hidden / attentionHeads));
  if (!isCount(headDim) || !isCount(checkpointBytes)) return undefined;
  const sliding = slidingLayers(fields, layers);
  const architectures = config['architectures'];
  const quantization = fields['quantization_config'];
  const architecture: unknown = Array.isArray(architectures) ? architectures[0] : undefined;
  return defined<LockModelShape>({
    source: 'config.json',
    architecture: typeof architecture === 'string' ? architecture : undefined,
    checkpointBytes,
    layers,
    attentionHeads,
    kvHeads: count(fields, 'num_key_value_heads') ?? (fields['multi_query'] === true ? 1 : attentionHeads),
    headDim,
    slidingWindow: sliding > 0 ? count(fields, 'sliding_window') : undefined,
    slidingLayers: sliding > 0 ? sliding : undefined,
    kvLoraRank: count(fields, 'kv_lora_rank'),
    qkRopeHeadDim: count(fields, 'qk_rope_head_dim'),
    maxPositionEmbeddings: count(fields, 'max_position_embeddings', 'n_positions', 'max_seq_len'),
    dtype: text(fields, 'torch_dtype', 'dtype'),
    quantization: isFields(quantization) ? text(quantization, 'quant_method') : undefined,
  });
}

/**
 * Shape of a model for llama.cpp.
 *
 * @param metadata key-value pairs of the GGUF header (ggml-org/ggml docs/gguf.md, "Standardized key-value pairs")
 * @param checkpointBytes bytes of the file, or of all parts of a split
 * @returns undefined where it says too little
 */
export function shapeOfGguf(metadata: Fields, checkpointBytes: number): LockModelShape | undefined {
  const architecture = text(metadata, 'general.architecture');
  if (architecture === undefined) return undefined;
  const own = (name: string): number | undefined => count(metadata, `${architecture}.${name}`);
  const [layers, attentionHeads] = [own('block_count'), own('attention.head_count')];
  const hidden = own('embedding_length');
  if (layers === undefined || attentionHeads === undefined) return undefined;
  const headDim =
    own('attention.key_length') ?? (hidden === undefined ? undefined : Math.floor(hidden / attentionHeads));
  if (!isCount(headDim) || !isCount(checkpointBytes)) return undefined;
  const kvLoraRank = own('attention.kv_lora_rank');
  return defined<LockModelShape>({
    source: 'gguf',
    architecture,
    checkpointBytes,
    layers,
    attentionHeads,
    kvHeads: own('attention.head_count_kv') ?? attentionHeads,
    headDim,
    kvLoraRank,
    // Every model with rotary positions states it; only latent attention caches that part by itself.
    qkRopeHeadDim: kvLoraRank === undefined ? undefined : own('rope.dimension_count'),
    maxPositionEmbeddings: own('context_length'),
  });
}
