import fc from 'fast-check';
import { type LayerRule, MODEL_SHAPES, type ModelShapeRule } from '../../../catalog/model-shapes';
import type { LockModelShape, LockUnknownShape } from '../../../site/generated/lock';
import { shapeOfConfig } from '../../../site/lock/model-shape';

type Config = Readonly<Record<string, unknown>>;

const llama: Config = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_size: 4096,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  max_position_embeddings: 131_072,
  torch_dtype: 'bfloat16',
};

function shapeOf(config: unknown): LockModelShape {
  const reading = shapeOfConfig(config, 16);
  if ('unknownShape' in reading) throw new Error(reading.unknownShape.reasons.join('; '));
  return reading.shape;
}

function unknownOf(config: unknown): LockUnknownShape {
  const reading = shapeOfConfig(config, 16);
  if ('shape' in reading) throw new Error(`it is understood: ${JSON.stringify(reading.shape)}`);
  return reading.unknownShape;
}

/** How a hybrid configuration of twelve layers says that the fourth, eighth and twelfth attend. */
function hybridKeys(layers: LayerRule): Config {
  if (layers.kind !== 'hybrid') return {};
  const attends = (at: number): boolean => at % 4 === 3;
  const twelve = Array.from({ length: 12 }, (_, at) => at);
  switch (layers.layers.by) {
    case 'pattern':
      return { [layers.layers.stated]: twelve.map((at) => (attends(at) ? '*' : 'M')).join('') };
    case 'interval':
      return { [layers.layers.stated]: 4 };
    case 'period':
      return { attn_layer_period: 4, attn_layer_offset: 3 };
    case 'indices':
      return { [layers.layers.stated]: twelve.filter(attends) };
    case 'list':
      return { layer_types: twelve.map((at) => (attends(at) ? 'attention' : 'mamba')) };
  }
}

/** The least that a configuration of twelve layers must say. */
const leastOf = ({ modelTypes, architectures, layers }: ModelShapeRule, architecture = architectures[0]): Config => ({
  architectures: [architecture],
  model_type: modelTypes[0],
  hidden_size: 1024,
  num_hidden_layers: 12,
  num_attention_heads: 16,
  ...hybridKeys(layers),
});

const EACH = MODEL_SHAPES.flatMap((rule) =>
  rule.architectures.map(
    (architecture) => [`${architecture} of ${rule.modelTypes[0] ?? ''}`, rule, architecture] as const,
  ),
);

/** Keys that change what layers keep, and models that have them. */
const STRANGE: Config = {
  num_kv_shared_layers: 10, // Gemma 3n
  linear_attn_config: { num_heads: 32 }, // Kimi Linear
  attention_chunk_size: 8192, // Llama 4
  index_head_dim: 128, // DeepSeek V3.2
  global_head_dim: 512, // Gemma 4
  block_configs: [{ attention: { n_heads_in_group: 8 } }], // DeciLM
  attn_type_list: [0, 1], // MiniMax-Text-01
  cross_attention_layers: [3, 8], // Llama 3.2 Vision
  recurrent_block_type: 'rglru', // RecurrentGemma
  swa_num_key_value_heads: 8, // MiMo V2
  dual_chunk_attention_config: { chunk_size: 262_144 }, // Qwen2.5-1M
};

describe('shape of a config.json', () => {
  it('takes the dimensions of a plain model, and the size of a head from the width', () => {
    expect(shapeOf(llama)).toEqual({
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

  it('has as many key-value heads as heads where none are stated, or what the class takes', () => {
    expect(shapeOf({ ...llama, num_key_value_heads: undefined }).kvHeads).toBe(32);
    const mistral = {
      ...llama,
      architectures: ['MistralForCausalLM'],
      model_type: 'mistral',
      num_key_value_heads: null,
    };
    expect(shapeOf(mistral).kvHeads).toBe(8);
  });

  it('takes latent attention and quantization (DeepSeek)', () => {
    const config = {
      ...llama,
      architectures: ['DeepseekV3ForCausalLM'],
      model_type: 'deepseek_v3',
      kv_lora_rank: 256,
      quantization_config: { quant_method: 'fp8' },
    };
    expect(shapeOf(config)).toMatchObject({ kvLoraRank: 256, qkRopeHeadDim: 64, quantization: 'fp8' });
  });

  describe.each(EACH)('%s', (_name, rule, architecture) => {
    const least = leastOf(rule, architecture);

    it('is understood from the least that a configuration says', () => {
      const { layers, headDim, kvHeads, slidingLayers = 0, attentionLayers = layers, stateNumbers } = shapeOf(least);
      expect([layers, headDim, kvHeads]).toEqual([12, rule.headDim ?? 64, rule.kvHeads ?? 16]);
      expect(attentionLayers).toBe({ hybrid: 3, encoder: 0 }[rule.layers.kind as string] ?? 12);
      expect(stateNumbers === undefined).toBe(rule.layers.kind !== 'hybrid');
      const { layers: keeps } = rule;
      const alternate = keeps.kind === 'alternate' ? 12 - 12 / keeps.every : 0;
      expect(slidingLayers).toBe(keeps.kind === 'window' && keeps.window !== undefined ? 12 : alternate);
    });

    it('is found inside a multimodal configuration', () => {
      const { architectures, ...text_config } = least;
      expect(shapeOf({ architectures, model_type: 'outer', text_config })).toMatchObject({ architecture, layers: 12 });
    });

    it('is unknown under a model_type that is not its own', () => {
      expect(unknownOf({ ...least, model_type: 'novel' }).reasons[0]).toContain('model_type is "novel"');
    });

    it.each(Object.entries(STRANGE))('is unknown with %s', (key, value) => {
      expect(unknownOf({ ...least, [key]: value }).reasons[0]).toContain(key);
      expect(() => shapeOf({ ...least, [key]: null })).not.toThrow();
    });

    it('is unknown where its heads or its layers are not stated, or are no counts', () => {
      expect(unknownOf({ ...least, num_attention_heads: undefined }).reasons[0]).toContain('num_attention_heads');
      for (const value of ['12', 0.5, -1, [1]])
        expect(unknownOf({ ...least, num_hidden_layers: value }).reasons[0]).toContain('num_hidden_layers is');
    });

    it('is unknown with a kind of layer that is not on the list, and with a list of another length', () => {
      const kinds = (kind: string, length = 12): Config => ({
        ...least,
        layer_types: Array<string>(length).fill(kind),
      });
      expect(unknownOf(kinds('compressed_sparse_attention')).reasons[0]).toContain('compressed_sparse_attention');
      expect(unknownOf(kinds('full_attention', 11)).reasons[0]).toContain('11 entries for 12 layers');
    });
  });

  it.each([
    ['the list of layers (gpt-oss)', 'gpt_oss', { layer_types: Array<string>(12).fill('sliding_attention') }, 12],
    ['every layer (Mistral 7B v0.1)', 'mistral', { sliding_window: 4096 }, 12],
    ['none where there is no window (Mistral 7B v0.3)', 'mistral', { sliding_window: null }, undefined],
    ['none where it is switched off (Qwen2)', 'qwen2', { sliding_window: 4096, use_sliding_window: false }, undefined],
    ['none where nothing switches it on (Qwen2)', 'qwen2', { sliding_window: 4096 }, undefined],
    ['all but each second (Gemma 2)', 'gemma2', { sliding_window: 4096, sliding_window_size: 4096 }, 6],
    ['all but each sixth (Gemma 3)', 'gemma3_text', { sliding_window: 1024 }, 10],
    ['all but each third where it says so (Gemma 3)', 'gemma3_text', { sliding_window_pattern: 3 }, 8],
  ])('counts sliding layers: %s', (_what, modelType, change, slidingLayers) => {
    const rule = MODEL_SHAPES.find(({ modelTypes }) => modelTypes.includes(modelType));
    if (rule === undefined) throw new Error(`no rule of ${modelType}`);
    expect(shapeOf({ ...leastOf(rule), ...change }).slidingLayers).toBe(slidingLayers);
  });

  it('takes the head size and the context of Gemma 3 from its class, which its configuration leaves out', () => {
    const config = {
      architectures: ['Gemma3ForConditionalGeneration'],
      model_type: 'gemma3',
      text_config: {
        model_type: 'gemma3_text',
        hidden_size: 3840,
        num_hidden_layers: 48,
        num_attention_heads: 16,
        num_key_value_heads: 8,
        sliding_window: 1024,
        rope_scaling: { factor: 8, rope_type: 'linear' },
      },
    };
    expect(shapeOf(config)).toMatchObject({ headDim: 256, slidingLayers: 40, maxPositionEmbeddings: 131_072 });
  });

  it('counts the attention layers of a hybrid, and the state of the others', () => {
    const nemotron = {
      architectures: ['NemotronHForCausalLM'],
      model_type: 'nemotron_h',
      hidden_size: 4480,
      num_hidden_layers: 8,
      num_attention_heads: 40,
      hybrid_override_pattern: 'M-M*E-M-',
      mamba_num_heads: 128,
      mamba_head_dim: 80,
      ssm_state_size: 128,
      n_groups: 8,
      conv_kernel: 4,
    };
    const inner = 128 * 80;
    expect(shapeOf(nemotron)).toMatchObject({
      attentionLayers: 1,
      stateNumbers: 3 * (inner * 128 + (inner + 2 * 8 * 128) * 3),
    });
    expect(unknownOf({ ...nemotron, hybrid_override_pattern: 'M-M*X-M-' }).reasons[0]).toContain('M-M*X-M-');
    expect(unknownOf({ ...nemotron, hybrid_override_pattern: 'M-M*' }).reasons[0]).toContain('for 8 layers');
  });

  it('counts nothing for an encoder, whatever its layers look at, unless it is told to decode', () => {
    const bert = MODEL_SHAPES.find(({ modelTypes }) => modelTypes.includes('modernbert'))!;
    const looks = { global_attn_every_n_layers: 3, local_attention: 128, sliding_window: 128 };
    const listed = { layer_types: Array<string>(12).fill('sliding_attention') };
    for (const change of [{}, looks, listed])
      expect(shapeOf({ ...leastOf(bert), ...change })).toMatchObject({
        attentionLayers: 0,
        maxPositionEmbeddings: 8192,
      });
    for (const key of ['is_decoder', 'is_encoder_decoder', 'add_cross_attention'])
      expect(unknownOf({ ...leastOf(bert), [key]: true }).reasons[0]).toContain(key);
  });

  it('does not know a hybrid that does not say which of its layers attend', () => {
    const granite = MODEL_SHAPES.find(({ modelTypes }) => modelTypes.includes('granitemoehybrid'));
    if (granite === undefined) throw new Error('no Granite');
    expect(unknownOf({ ...leastOf(granite), layer_types: null }).reasons).toEqual(['it states no layer_types']);
  });

  it('is unknown for an architecture that is not on the list, with what can be said of it', () => {
    expect(
      unknownOf({
        architectures: ['WhisperForConditionalGeneration'],
        d_model: 1280,
        num_hidden_layers: 32,
        max_target_positions: 448,
      }),
    ).toEqual({
      source: 'config.json',
      architecture: 'WhisperForConditionalGeneration',
      checkpointBytes: 16,
      maxPositionEmbeddings: 448,
      reasons: ['the kit does not know the cache of WhisperForConditionalGeneration'],
    });
  });

  it('never throws, and says in printable text what it does not understand', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, name) => {
        for (const config of [value, { ...llama, num_hidden_layers: value }, { ...llama, architectures: [name] }]) {
          const reading = shapeOfConfig(config, 16);
          if ('unknownShape' in reading) expect(reading.unknownShape.reasons.join('')).toMatch(/^[ -~]+$/);
        }
      }),
    );
  });
});
