import { GGUF_SHAPES } from '../../../catalog/model-shapes';
import type { LockModelShape, LockUnknownShape } from '../../../site/generated/lock';
import { shapeOfGguf } from '../../../site/lock/gguf-shape';

type Metadata = Readonly<Record<string, unknown>>;

const header = (architecture: string, more: Metadata = {}): Metadata => ({
  'general.architecture': architecture,
  ...Object.fromEntries(
    Object.entries({
      block_count: 12,
      embedding_length: 1024,
      'attention.head_count': 16,
      'attention.head_count_kv': 4,
      'attention.layer_norm_rms_epsilon': 1e-6,
      'attention.kv_lora_rank': GGUF_SHAPES[architecture]?.kind === 'latent' ? 512 : undefined,
      'attention.sliding_window': GGUF_SHAPES[architecture]?.kind === 'alternate' ? 1024 : undefined,
      'rope.dimension_count': 64,
      context_length: 32_768,
      ...more,
    })
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [`${architecture}.${key}`, value]),
  ),
});

function shapeOf(metadata: Metadata): LockModelShape {
  const reading = shapeOfGguf(metadata, 16);
  if ('unknownShape' in reading) throw new Error(reading.unknownShape.reasons.join('; '));
  return reading.shape;
}

function unknownOf(metadata: Metadata): LockUnknownShape {
  const reading = shapeOfGguf(metadata, 16);
  if ('shape' in reading) throw new Error(`it is understood: ${JSON.stringify(reading.shape)}`);
  return reading.unknownShape;
}

describe('shape of a GGUF header', () => {
  it('takes what the architecture states of itself', () => {
    expect(shapeOf(header('qwen2'))).toEqual({
      source: 'gguf',
      architecture: 'qwen2',
      checkpointBytes: 16,
      layers: 12,
      attentionHeads: 16,
      kvHeads: 4,
      headDim: 64,
      maxPositionEmbeddings: 32_768,
    });
  });

  describe.each(Object.entries(GGUF_SHAPES))('%s', (architecture, rule) => {
    it('is understood', () => {
      const { slidingLayers, kvLoraRank } = shapeOf(header(architecture));
      expect(slidingLayers).toBe(rule.kind === 'alternate' ? 12 - 12 / rule.every : undefined);
      expect(kvLoraRank).toBe(rule.kind === 'latent' ? 512 : undefined);
    });

    it.each([
      'attention.indexer.head_count',
      'attention.shared_kv_layers',
      'ssm.state_size',
      'full_attention_interval',
    ])('is unknown with %s', (key) => {
      expect(unknownOf(header(architecture, { [key]: 4 })).reasons[0]).toContain(key);
    });

    it('is unknown where heads differ from layer to layer', () => {
      for (const key of ['attention.head_count', 'attention.head_count_kv'])
        expect(unknownOf(header(architecture, { [key]: null })).reasons[0]).toContain('differs from layer to layer');
    });
  });

  it('is unknown with a window where none slides, and with values of another size than keys', () => {
    expect(unknownOf(header('llama', { 'attention.sliding_window': 4096 })).reasons[0]).toContain('sliding_window');
    expect(
      unknownOf(header('llama', { 'attention.key_length': 128, 'attention.value_length': 64 })).reasons[0],
    ).toContain('values 64');
  });

  it('is unknown for an architecture that is not on the list, or none, with the context that it states', () => {
    expect(unknownOf(header('nemotron_h'))).toMatchObject({
      architecture: 'nemotron_h',
      maxPositionEmbeddings: 32_768,
      reasons: ['the kit does not know the cache of nemotron_h'],
    });
    expect(unknownOf({ 'llama.block_count': 2 }).reasons[0]).toContain('no general.architecture');
  });
});
