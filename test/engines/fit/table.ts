/** Models with published sizes: dimensions of their config.json, and what their makers and others say they take. */
export interface KnownModel {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Bytes of the checkpoint, as total_size of its index. */
  readonly bytes: number;
  /** What is published: weights in GiB. */
  readonly weightsGiB: number;
  /** What is published: 16-bit key-value cache for each token on one GPU, KiB. */
  readonly kvKiB: number;
}

const model = (
  name: string,
  [layers, heads, kvHeads, headDim]: readonly [number, number, number, number],
  [bytes, weightsGiB, kvKiB]: readonly [number, number, number],
  { architecture, ...more }: Readonly<Record<string, unknown>> & { readonly architecture: string },
): KnownModel => ({
  name,
  config: {
    architectures: [architecture],
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    head_dim: headDim,
    hidden_size: heads * headDim,
    torch_dtype: 'bfloat16',
    max_position_embeddings: 131_072,
    ...more,
  },
  bytes,
  weightsGiB,
  kvKiB,
});

const halfSliding = (layers: number): Readonly<Record<string, unknown>> => ({
  sliding_window: 128,
  layer_types: Array.from({ length: layers }, (_, at) => (at % 2 === 0 ? 'sliding_attention' : 'full_attention')),
  quantization_config: { quant_method: 'mxfp4' },
});

/** Parameters in 16 bits, or total_size of the index where the checkpoint is quantized. */
const bf16 = (parameters: number): number => parameters * 2;

export const TABLE: readonly KnownModel[] = [
  model('gpt-oss-20b', [24, 64, 8, 64], [13_761_264_768, 12.8, 48], {
    architecture: 'GptOssForCausalLM',
    ...halfSliding(24),
  }),
  model('gpt-oss-120b', [36, 64, 8, 64], [65_248_815_744, 60.8, 72], {
    architecture: 'GptOssForCausalLM',
    ...halfSliding(36),
  }),
  model('Llama-3.1-8B', [32, 32, 8, 128], [bf16(8_030_261_248), 14.96, 128], { architecture: 'LlamaForCausalLM' }),
  model('Llama-3.1-70B', [80, 64, 8, 128], [bf16(70_553_706_496), 131.4, 320], { architecture: 'LlamaForCausalLM' }),
  model('Llama-3.1-405B', [126, 128, 8, 128], [bf16(405_853_388_800), 756, 504], { architecture: 'LlamaForCausalLM' }),
  model('Mistral-7B v0.3', [32, 32, 8, 128], [bf16(7_248_023_552), 13.5, 128], {
    architecture: 'MistralForCausalLM',
    sliding_window: null,
  }),
  model('Mistral-Small 24B', [40, 32, 8, 128], [bf16(23_572_403_200), 43.9, 160], {
    architecture: 'MistralForCausalLM',
    sliding_window: null,
  }),
  model('Mistral-Small-4-119B', [36, 32, 32, 128], [120_903_378_944, 112.6, 22.5], {
    architecture: 'Mistral4ForCausalLM',
    kv_lora_rank: 256,
    qk_rope_head_dim: 64,
    quantization_config: { quant_method: 'fp8' },
  }),
  model('Qwen2.5-7B', [28, 28, 4, 128], [bf16(7_615_616_512), 14.2, 56], {
    architecture: 'Qwen2ForCausalLM',
    sliding_window: 131_072,
    use_sliding_window: false,
  }),
  model('Qwen2.5-14B', [48, 40, 8, 128], [bf16(14_770_033_664), 27.5, 192], { architecture: 'Qwen2ForCausalLM' }),
  model('Qwen2.5-32B', [64, 40, 8, 128], [bf16(32_763_876_352), 61, 256], { architecture: 'Qwen2ForCausalLM' }),
  model('Qwen2.5-72B', [80, 64, 8, 128], [bf16(72_706_203_648), 135.4, 320], { architecture: 'Qwen2ForCausalLM' }),
  model('Qwen3-8B', [36, 32, 8, 128], [bf16(8_190_735_360), 15.3, 144], { architecture: 'Qwen3ForCausalLM' }),
  model('Qwen3-14B', [40, 40, 8, 128], [bf16(14_768_307_200), 27.5, 160], { architecture: 'Qwen3ForCausalLM' }),
  model('Qwen3-32B', [64, 64, 8, 128], [bf16(32_762_123_264), 61, 256], { architecture: 'Qwen3ForCausalLM' }),
  model('Qwen3-30B-A3B', [48, 32, 4, 128], [bf16(30_532_122_624), 56.9, 96], { architecture: 'Qwen3MoeForCausalLM' }),
  model('Qwen3-235B-A22B', [94, 64, 4, 128], [bf16(235_093_634_560), 438, 188], {
    architecture: 'Qwen3MoeForCausalLM',
  }),
  model('DeepSeek-R1', [61, 128, 128, 56], [688_586_727_753, 641.3, 68.6], {
    architecture: 'DeepseekV3ForCausalLM',
    kv_lora_rank: 512,
    qk_rope_head_dim: 64,
    quantization_config: { quant_method: 'fp8' },
  }),
];

/** @throws Error for a name that the table lacks */
export function known(name: string): KnownModel {
  const found = TABLE.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`the table has no ${name}`);
  return found;
}
