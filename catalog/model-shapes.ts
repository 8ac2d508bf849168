/**
 * Models whose key-value cache the kit can compute: the configuration classes of huggingface/transformers
 * (src/transformers/models, configuration_*.py of v5.24.0), with the defaults that config.json may leave to them. What is
 * not on these lists is unknown to the memory fit.
 */

/** What the layers of a model keep. */
export type LayerRule =
  /** Keys and values of all tokens, in every layer. */
  | { readonly kind: 'full' }
  /** Of the last tokens alone, in every layer, where `sliding_window` is stated or the class's own. */
  | { readonly kind: 'window'; readonly window?: number }
  /** As `full`, unless `use_sliding_window` is on, which needs `layer_types`. */
  | { readonly kind: 'switched' }
  /** Each n-th layer of all tokens, the others of a window. */
  | { readonly kind: 'alternate'; readonly every: number; readonly stated?: string; readonly window: number }
  /** One compressed vector for each token (multi-head latent attention). */
  | { readonly kind: 'latent'; readonly kvLoraRank: number; readonly qkRopeHeadDim: number }
  /** Nothing: an encoder reads all tokens at once and is done (vllm-project/vllm v1/attention, EncoderOnlyAttention). */
  | { readonly kind: 'encoder' }
  /** Of all tokens in some layers; the others hold a state of a fixed size, or nothing. */
  | { readonly kind: 'hybrid'; readonly layers: HybridLayers; readonly state: StateRule };

/** How a hybrid model says which of its layers are which, where it states no `layer_types`. */
export type HybridLayers =
  /** One character for each layer: `*` attention, `M` a state, anything else neither. */
  | { readonly by: 'pattern'; readonly stated: string }
  /** Each n-th layer attends. */
  | { readonly by: 'interval'; readonly stated: string; readonly every: number }
  /** Layers that leave a remainder attend. */
  | { readonly by: 'period'; readonly every: number; readonly offset: number }
  /** Numbers of the layers that attend. */
  | { readonly by: 'indices'; readonly stated: string }
  /** Nothing else than `layer_types` or `layers_block_type`. */
  | { readonly by: 'list' };

/** Keys of the sizes of a layer's state, by preference, and what the class takes where none is stated. */
type Size = readonly [keys: readonly string[], byDefault: number];

/** State of a layer for one sequence: vllm-project/vllm model_executor/layers/mamba/mamba_utils.py, MambaStateShapeCalculator. */
export type StateRule =
  | { readonly kind: 'mamba1'; readonly expand: Size; readonly state: Size; readonly conv: Size }
  | {
      readonly kind: 'mamba2';
      readonly heads: Size;
      /** Absent where it follows from `expand`. */
      readonly headDim: Size | { readonly key: string; readonly expand: Size };
      readonly groups: Size;
      readonly state: Size;
      readonly conv: Size;
    }
  | {
      readonly kind: 'delta';
      readonly keyHeads: Size;
      readonly valueHeads: Size;
      readonly keyDim: Size;
      readonly valueDim: Size;
      readonly conv: Size;
    };

/** A configuration class. */
export interface ModelShapeRule {
  /** `model_type` of the part that describes the language model. */
  readonly modelTypes: readonly string[];
  /** `architectures` that it belongs to; multimodal ones wrap it. */
  readonly architectures: readonly string[];
  readonly layers: LayerRule;
  /** @default - as many as attention heads */
  readonly kvHeads?: number;
  /** @default - width divided by attention heads */
  readonly headDim?: number;
  /** Longest context, in tokens. */
  readonly maxPositionEmbeddings: number;
}

const full: LayerRule = { kind: 'full' };
const switched: LayerRule = { kind: 'switched' };

/** Gated DeltaNet (configuration_qwen3_next.py, configuration_qwen3_5.py). */
const delta: StateRule = {
  kind: 'delta',
  keyHeads: [['linear_num_key_heads'], 16],
  valueHeads: [['linear_num_value_heads'], 32],
  keyDim: [['linear_key_head_dim'], 128],
  valueDim: [['linear_value_head_dim'], 128],
  conv: [['linear_conv_kernel_dim'], 4],
};
const gatedDelta: LayerRule = {
  kind: 'hybrid',
  layers: { by: 'interval', stated: 'full_attention_interval', every: 4 },
  state: delta,
};
/** Mamba 2 as Bamba and Granite 4 name it. */
const mamba2: StateRule = {
  kind: 'mamba2',
  heads: [['mamba_n_heads'], 128],
  headDim: { key: 'mamba_d_head', expand: [['mamba_expand'], 2] },
  groups: [['mamba_n_groups'], 1],
  state: [['mamba_d_state'], 256],
  conv: [['mamba_d_conv'], 4],
};
const nemotron: StateRule = {
  kind: 'mamba2',
  heads: [['mamba_num_heads'], 128],
  headDim: [['mamba_head_dim'], 64],
  groups: [['mamba_n_groups', 'n_groups'], 8],
  state: [['ssm_state_size'], 128],
  conv: [['mamba_d_conv', 'conv_kernel'], 4],
};

const K = 1024;

/** One line for each class: its names, what its layers keep, longest context, default key-value heads, default head size. */
const rule = (
  modelTypes: readonly string[],
  architectures: readonly string[],
  layers: LayerRule,
  maxPositionEmbeddings: number,
  [kvHeads, headDim]: readonly [number?, number?] = [],
): ModelShapeRule => ({
  modelTypes,
  architectures,
  layers,
  maxPositionEmbeddings,
  ...(kvHeads === undefined ? {} : { kvHeads }),
  ...(headDim === undefined ? {} : { headDim }),
});

export const MODEL_SHAPES: readonly ModelShapeRule[] = [
  rule(['llama'], ['LlamaForCausalLM', 'LlamaModel', 'LlavaForConditionalGeneration'], full, 2 * K),
  rule(
    ['mistral'],
    ['MistralForCausalLM', 'MistralModel', 'Mistral3ForConditionalGeneration', 'LlavaForConditionalGeneration'],
    { kind: 'window', window: 4096 },
    128 * K,
    [8],
  ),
  rule(
    ['ministral3'],
    ['Ministral3ForCausalLM', 'Mistral3ForConditionalGeneration'],
    { kind: 'window' },
    256 * K,
    [8, 128],
  ),
  rule(
    ['mistral4'],
    ['Mistral4ForCausalLM', 'Mistral3ForConditionalGeneration'],
    { kind: 'latent', kvLoraRank: 256, qkRopeHeadDim: 64 },
    1024 * K,
    [32],
  ),
  rule(['mixtral'], ['MixtralForCausalLM'], { kind: 'window' }, 128 * K, [8]),
  rule(['qwen2'], ['Qwen2ForCausalLM', 'Qwen2Model', 'LlavaForConditionalGeneration'], switched, 32 * K, [32]),
  rule(['qwen2_moe'], ['Qwen2MoeForCausalLM'], switched, 32 * K, [16]),
  rule(['qwen2_vl', 'qwen2_vl_text'], ['Qwen2VLForConditionalGeneration'], switched, 32 * K, [8]),
  rule(['qwen2_5_vl', 'qwen2_5_vl_text'], ['Qwen2_5_VLForConditionalGeneration'], switched, 32 * K, [8]),
  rule(['qwen3'], ['Qwen3ForCausalLM', 'Qwen3Model'], switched, 32 * K, [32, 128]),
  rule(['qwen3_moe'], ['Qwen3MoeForCausalLM'], switched, 32 * K, [4]),
  rule(['qwen3_vl_text'], ['Qwen3VLForConditionalGeneration'], full, 128_000, [32, 128]),
  rule(['qwen3_vl_moe_text'], ['Qwen3VLMoeForConditionalGeneration'], full, 128_000, [16]),
  rule(['qwen3_next'], ['Qwen3NextForCausalLM'], gatedDelta, 32 * K, [2, 256]),
  rule(['qwen3_5_text'], ['Qwen3_5ForCausalLM', 'Qwen3_5ForConditionalGeneration'], gatedDelta, 32 * K, [4, 256]),
  rule(
    ['qwen3_5_moe_text'],
    ['Qwen3_5MoeForCausalLM', 'Qwen3_5MoeForConditionalGeneration'],
    gatedDelta,
    32 * K,
    [2, 256],
  ),
  rule(['gemma'], ['GemmaForCausalLM'], full, 8 * K, [16, 256]),
  rule(['gemma2'], ['Gemma2ForCausalLM'], { kind: 'alternate', every: 2, window: 4096 }, 8 * K, [4, 256]),
  rule(
    ['gemma3_text'],
    ['Gemma3ForCausalLM', 'Gemma3ForConditionalGeneration'],
    { kind: 'alternate', every: 6, stated: 'sliding_window_pattern', window: 4096 },
    128 * K,
    [4, 256],
  ),
  rule(['gpt_oss'], ['GptOssForCausalLM'], { kind: 'alternate', every: 2, window: 128 }, 128 * K, [8, 64]),
  rule(['phi3'], ['Phi3ForCausalLM'], { kind: 'window' }, 4 * K),
  rule(['granite'], ['GraniteForCausalLM'], full, 2 * K),
  rule(['granitemoe'], ['GraniteMoeForCausalLM'], full, 2 * K),
  rule(
    ['granitemoehybrid'],
    ['GraniteMoeHybridForCausalLM'],
    { kind: 'hybrid', layers: { by: 'list' }, state: mamba2 },
    2 * K,
  ),
  rule(
    ['bamba'],
    ['BambaForCausalLM'],
    { kind: 'hybrid', layers: { by: 'indices', stated: 'attn_layer_indices' }, state: mamba2 },
    256 * K,
    [8],
  ),
  rule(
    ['jamba'],
    ['JambaForCausalLM'],
    {
      kind: 'hybrid',
      layers: { by: 'period', every: 8, offset: 4 },
      state: {
        kind: 'mamba1',
        expand: [['mamba_expand'], 2],
        state: [['mamba_d_state'], 16],
        conv: [['mamba_d_conv'], 4],
      },
    },
    256 * K,
    [8],
  ),
  rule(
    ['nemotron_h'],
    ['NemotronHForCausalLM'],
    { kind: 'hybrid', layers: { by: 'pattern', stated: 'hybrid_override_pattern' }, state: nemotron },
    4 * K,
    [8, 128],
  ),
  rule(['olmo2'], ['Olmo2ForCausalLM'], full, 2 * K),
  rule(['olmo3'], ['Olmo3ForCausalLM'], { kind: 'alternate', every: 4, window: 4096 }, 2 * K),
  rule(['olmoe'], ['OlmoeForCausalLM'], full, 4 * K),
  rule(['cohere'], ['CohereForCausalLM'], full, 8 * K),
  rule(
    ['cohere2'],
    ['Cohere2ForCausalLM'],
    { kind: 'alternate', every: 4, stated: 'sliding_window_pattern', window: 4096 },
    8 * K,
  ),
  rule(
    ['exaone4'],
    ['Exaone4ForCausalLM'],
    { kind: 'alternate', every: 4, stated: 'sliding_window_pattern', window: 4096 },
    2 * K,
    [32],
  ),
  rule(['deepseek_v2'], ['DeepseekV2ForCausalLM'], { kind: 'latent', kvLoraRank: 512, qkRopeHeadDim: 64 }, 2 * K),
  // Kimi K2 names DeepSeek's class under a model_type of its own (moonshotai/Kimi-K2-Instruct, config.json).
  rule(
    ['deepseek_v3', 'kimi_k2'],
    ['DeepseekV3ForCausalLM'],
    { kind: 'latent', kvLoraRank: 512, qkRopeHeadDim: 64 },
    4 * K,
    [128],
  ),
  rule(['glm4'], ['Glm4ForCausalLM'], full, 128 * K, [2, 128]),
  rule(['glm4_moe'], ['Glm4MoeForCausalLM'], full, 128 * K, [8]),
  rule(['starcoder2'], ['Starcoder2ForCausalLM'], { kind: 'window' }, 4 * K, [2]),
  rule(['smollm3'], ['SmolLM3ForCausalLM'], switched, 32 * K, [4]),
  rule(['ernie4_5'], ['Ernie4_5ForCausalLM'], full, 128 * K, [2, 128]),
  rule(['ernie4_5_moe'], ['Ernie4_5_MoeForCausalLM'], full, 128 * K, [4]),
  rule(['seed_oss'], ['SeedOssForCausalLM'], full, 512 * K, [8, 128]),
  rule(['bert'], ['BertModel'], { kind: 'encoder' }, 512),
  // Two positions are never a token's (configuration_roberta.py, pad_token_id).
  rule(['roberta'], ['RobertaModel', 'RobertaForMaskedLM'], { kind: 'encoder' }, 512),
  rule(['xlm-roberta'], ['XLMRobertaModel'], { kind: 'encoder' }, 512),
  rule(['modernbert'], ['ModernBertModel'], { kind: 'encoder' }, 8 * K),
  rule(['minimax_m2'], ['MiniMaxM2ForCausalLM'], full, 192 * K, [8, 128]),
];

/** What the layers of a GGUF model keep. */
export type GgufLayerRule =
  { readonly kind: 'full' } | { readonly kind: 'alternate'; readonly every: number } | { readonly kind: 'latent' };

const ggufFull: GgufLayerRule = { kind: 'full' };

/** By `general.architecture`: ggml-org/llama.cpp src/llama-arch.cpp and src/llama-model.cpp, load_hparams. */
export const GGUF_SHAPES: Readonly<Record<string, GgufLayerRule>> = {
  llama: ggufFull,
  qwen2: ggufFull,
  qwen2moe: ggufFull,
  qwen2vl: ggufFull,
  qwen3: ggufFull,
  qwen3moe: ggufFull,
  gemma: ggufFull,
  gemma2: { kind: 'alternate', every: 2 },
  gemma3: { kind: 'alternate', every: 6 },
  'gpt-oss': { kind: 'alternate', every: 2 },
  granite: ggufFull,
  granitemoe: ggufFull,
  olmo2: ggufFull,
  olmoe: ggufFull,
  'command-r': ggufFull,
  deepseek2: { kind: 'latent' },
  glm4: ggufFull,
  starcoder2: ggufFull,
  smollm3: ggufFull,
  ernie4_5: ggufFull,
  seed_oss: ggufFull,
};
