/** What the examples' models look like on the Hub: file sizes and configurations as their repositories state them. */

type Config = Readonly<Record<string, unknown>>;

export interface ExampleModel {
  /** License as the model card states it. */
  readonly license: string;
  /** config.json; absent where the repository holds GGUF files. */
  readonly config?: Config;
  /** Bytes of all safetensors files, and into how many files they are split. */
  readonly safetensors?: { readonly bytes: number; readonly shards: number };
  /** GGUF files by path, in bytes, and the metadata of their headers. */
  readonly gguf?: {
    readonly files: Readonly<Record<string, number>>;
    readonly metadata: Readonly<Record<string, string | number>>;
  };
  /** Further large files, in bytes. */
  readonly others?: Readonly<Record<string, number>>;
}

/** Every second layer sees only the last tokens (openai/gpt-oss-120b, config.json). */
const alternating = (layers: number): string[] =>
  Array.from({ length: layers }, (_, at) => (at % 2 === 0 ? 'sliding_attention' : 'full_attention'));

const gptOss = (layers: number, experts: number): Config => ({
  architectures: ['GptOssForCausalLM'],
  model_type: 'gpt_oss',
  hidden_size: 2880,
  num_hidden_layers: layers,
  num_attention_heads: 64,
  num_key_value_heads: 8,
  head_dim: 64,
  num_local_experts: experts,
  sliding_window: 128,
  layer_types: alternating(layers),
  max_position_embeddings: 131_072,
  quantization_config: { quant_method: 'mxfp4' },
});

interface Dimensions {
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
}

const qwen3 = ({ hidden, layers, heads, kvHeads }: Dimensions): Config => ({
  architectures: ['Qwen3ForCausalLM'],
  model_type: 'qwen3',
  hidden_size: hidden,
  num_hidden_layers: layers,
  num_attention_heads: heads,
  num_key_value_heads: kvHeads,
  head_dim: 128,
  max_position_embeddings: 40_960,
  sliding_window: null,
  torch_dtype: 'bfloat16',
});

export const EXAMPLE_MODELS: Readonly<Record<string, ExampleModel>> = {
  'openai/gpt-oss-20b': {
    license: 'apache-2.0',
    config: gptOss(24, 32),
    safetensors: { bytes: 13_761_300_984, shards: 3 },
    others: { 'original/model.safetensors': 13_761_300_984, 'metal/model.bin': 13_750_886_400 },
  },
  'openai/gpt-oss-120b': {
    license: 'apache-2.0',
    config: gptOss(36, 128),
    safetensors: { bytes: 65_248_815_744, shards: 15 },
    others: { 'original/model.safetensors': 65_248_815_744, 'metal/model.bin': 65_238_253_568 },
  },
  'Qwen/Qwen3-8B': {
    license: 'apache-2.0',
    config: qwen3({ hidden: 4096, layers: 36, heads: 32, kvHeads: 8 }),
    safetensors: { bytes: 16_381_470_720, shards: 5 },
  },
  'Qwen/Qwen3-14B': {
    license: 'apache-2.0',
    config: qwen3({ hidden: 5120, layers: 40, heads: 40, kvHeads: 8 }),
    safetensors: { bytes: 29_536_614_400, shards: 8 },
  },
  'Qwen/Qwen3-32B': {
    license: 'apache-2.0',
    config: qwen3({ hidden: 5120, layers: 64, heads: 64, kvHeads: 8 }),
    safetensors: { bytes: 65_524_246_528, shards: 17 },
  },
  'mistralai/Mistral-7B-Instruct-v0.3': {
    license: 'apache-2.0',
    config: {
      architectures: ['MistralForCausalLM'],
      model_type: 'mistral',
      hidden_size: 4096,
      num_hidden_layers: 32,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      max_position_embeddings: 32_768,
      sliding_window: null,
      torch_dtype: 'bfloat16',
    },
    safetensors: { bytes: 14_496_047_104, shards: 3 },
    others: { 'consolidated.safetensors': 14_496_078_512 },
  },
  'bartowski/Qwen2.5-7B-Instruct-GGUF': {
    license: 'apache-2.0',
    gguf: {
      files: { 'Qwen2.5-7B-Instruct-Q4_K_M.gguf': 4_683_074_240, 'Qwen2.5-7B-Instruct-Q8_0.gguf': 8_098_525_888 },
      metadata: {
        'general.architecture': 'qwen2',
        'general.license': 'apache-2.0',
        'qwen2.block_count': 28,
        'qwen2.context_length': 32_768,
        'qwen2.embedding_length': 3584,
        'qwen2.attention.head_count': 28,
        'qwen2.attention.head_count_kv': 4,
      },
    },
  },
};
