import fc from 'fast-check';
import { shapeOfConfig, shapeOfGguf } from '../../../site/lock/model-shape';

const llama = {
  architectures: ['LlamaForCausalLM'],
  hidden_size: 4096,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  max_position_embeddings: 131_072,
  torch_dtype: 'bfloat16',
};

describe('shape of a config.json', () => {
  it('takes the dimensions of a plain model, and the size of a head from the width', () => {
    expect(shapeOfConfig(llama, 16)).toEqual({
      source: 'config.json',
      architecture: 'LlamaForCausalLM',
      checkpointBytes: 16,
      layers: 32,
      attentionHeads: 32,
      kvHeads: 8,
      headDim: 128,
      maxPositionEmbeddings: 131_072,
      dtype: 'bfloat16',
    });
  });

  it('has as many key-value heads as heads where none are stated', () => {
    expect(shapeOfConfig({ ...llama, num_key_value_heads: undefined }, 16)).toMatchObject({ kvHeads: 32 });
  });

  it('finds the language model inside a multimodal one', () => {
    const config = { architectures: ['Gemma3ForConditionalGeneration'], text_config: llama };
    expect(shapeOfConfig(config, 16)).toMatchObject({ architecture: 'Gemma3ForConditionalGeneration', layers: 32 });
  });

  it.each([
    ['the list of layers (gpt-oss)', { sliding_window: 128, layer_types: ['sliding_attention', 'full_attention'] }, 1],
    ['every layer (Mistral 7B v0.1)', { sliding_window: 4096 }, 32],
    ['all but each sixth (Gemma 3)', { sliding_window: 1024, sliding_window_pattern: 6 }, 27],
    ['none where it is switched off (Qwen2)', { sliding_window: 131_072, use_sliding_window: false }, undefined],
    ['none where there is no window (Mistral 7B v0.3)', { sliding_window: null }, undefined],
  ])('counts sliding layers: %s', (_what, change, slidingLayers) => {
    expect(shapeOfConfig({ ...llama, ...change }, 16)?.slidingLayers).toBe(slidingLayers);
  });

  it('takes latent attention and quantization (DeepSeek)', () => {
    const config = { ...llama, kv_lora_rank: 512, qk_rope_head_dim: 64, quantization_config: { quant_method: 'fp8' } };
    expect(shapeOfConfig(config, 16)).toMatchObject({ kvLoraRank: 512, qkRopeHeadDim: 64, quantization: 'fp8' });
  });

  it('is unknown, never an error, for what says too little or nothing', () => {
    expect(shapeOfConfig({ model_type: 'mamba', hidden_size: 64 }, 16)).toBeUndefined();
    expect(shapeOfConfig({ ...llama, num_hidden_layers: '32' }, 16)).toBeUndefined();
    fc.assert(fc.property(fc.jsonValue(), (value) => void shapeOfConfig(value, 16)));
  });
});

describe('shape of a GGUF header', () => {
  it('takes what the architecture states of itself', () => {
    const metadata = {
      'general.architecture': 'qwen2',
      'qwen2.block_count': 28,
      'qwen2.embedding_length': 3584,
      'qwen2.attention.head_count': 28,
      'qwen2.attention.head_count_kv': 4,
      'qwen2.context_length': 32_768,
    };
    expect(shapeOfGguf(metadata, 16)).toEqual({
      source: 'gguf',
      architecture: 'qwen2',
      checkpointBytes: 16,
      layers: 28,
      attentionHeads: 28,
      kvHeads: 4,
      headDim: 128,
      maxPositionEmbeddings: 32_768,
    });
  });

  it('is unknown without an architecture', () => {
    expect(shapeOfGguf({ 'llama.block_count': 2 }, 16)).toBeUndefined();
  });
});
