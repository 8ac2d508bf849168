import { type UnevenPart, unevenParts } from '../../../engines/fit/block-parts';
import { fit, type FitRequest } from '../../../engines/fit/fit';
import { shapeOfConfig } from '../../../site/lock/model-shape';

type Config = Readonly<Record<string, unknown>>;

const FP8 = { quant_method: 'fp8', weight_block_size: [128, 128] };
const moe = (change: Config): Config => ({
  architectures: ['Qwen3MoeForCausalLM'],
  hidden_size: 4096,
  num_hidden_layers: 4,
  num_attention_heads: 64,
  num_key_value_heads: 4,
  head_dim: 128,
  max_position_embeddings: 32_768,
  torch_dtype: 'bfloat16',
  num_experts: 128,
  quantization_config: FP8,
  ...change,
});
const dense = (change: Config): Config => ({
  ...moe({}),
  architectures: ['Qwen3ForCausalLM'],
  num_experts: undefined,
  ...change,
});

function request(config: Config, change: Partial<FitRequest> = {}): FitRequest {
  const reading = shapeOfConfig(config, 1024);
  if ('unknownShape' in reading) throw new Error(reading.unknownShape.reasons.join('; '));
  const device = { name: 'pool "h100"', memoryGiB: 80, perNode: 8 };
  return { serving: 'chat', engine: 'vllm', weightBytes: 1024, gpus: 1, device, shape: reading.shape, ...change };
}

const kinds = (parts: readonly UnevenPart[]): string[] => parts.map(({ of }) => of);
const refusedAt = (config: Config, change: Partial<FitRequest> = {}): Record<number, string[]> =>
  Object.fromEntries([1, 2, 4, 8].map((size) => [size, kinds(unevenParts(request(config, change), size))]));

/** Widths of published models: config.json of each at the Hub. */
describe('published FP8 checkpoints', () => {
  it.each([
    ['Qwen3-235B-A22B-FP8', moe({ moe_intermediate_size: 1536, intermediate_size: 12_288 }), [8]],
    [
      'Qwen3-30B-A3B-FP8',
      moe({ moe_intermediate_size: 768, intermediate_size: 6144, num_attention_heads: 32 }),
      [4, 8],
    ],
    [
      'Qwen3-Coder-480B-A35B-FP8',
      moe({ moe_intermediate_size: 2560, num_attention_heads: 96, num_key_value_heads: 8 }),
      [8],
    ],
    [
      'MiniMax-M2, whose experts have no name of their own',
      moe({ num_experts: undefined, num_local_experts: 256, intermediate_size: 1536 }),
      [8],
    ],
  ])('%s: its experts cannot be divided among %j GPUs', (_name, config, sizes) => {
    const expected = Object.fromEntries([1, 2, 4, 8].map((size) => [size, sizes.includes(size) ? ['experts'] : []]));
    expect(refusedAt(config)).toEqual(expected);
    expect(refusedAt(config, { engine: 'sglang' })).toEqual(expected);
  });

  it('DeepSeek-V3: up to eight GPUs, dense layers and shared experts among it', () => {
    const config = moe({
      num_experts: undefined,
      n_routed_experts: 256,
      n_shared_experts: 1,
      moe_intermediate_size: 2048,
      intermediate_size: 18_432,
      first_k_dense_replace: 3,
    });
    expect(refusedAt(config)).toEqual({ 1: [], 2: [], 4: [], 8: [] });
    expect(kinds(unevenParts(request(config), 32))).toEqual(
      ['attention', 'dense layers', 'experts', 'shared experts'].slice(1),
    );
  });
});

describe('which widths are held against the blocks', () => {
  it('those of dense layers only where a model has any', () => {
    const narrow = { intermediate_size: 1000, moe_intermediate_size: 1024 };
    expect(refusedAt(moe(narrow))[2]).toEqual([]);
    for (const has of [{ mlp_only_layers: [0] }, { first_k_dense_replace: 1 }, { decoder_sparse_step: 2 }])
      expect(refusedAt(moe({ ...narrow, ...has }))[2]).toEqual(['dense layers']);
    expect(refusedAt(dense({ intermediate_size: 1000 }))[2]).toEqual(['dense layers']);
  });

  it('those of shared experts and of attention only where these are quantized', () => {
    const config = moe({
      moe_intermediate_size: 1024,
      shared_expert_intermediate_size: 128,
      head_dim: 64,
      num_key_value_heads: 8,
    });
    expect(refusedAt(config)[8]).toEqual(['attention', 'shared experts']);
    const without = {
      ...FP8,
      modules_to_not_convert: ['model.layers.0.self_attn', 'model.layers.0.mlp.shared_expert'],
    };
    expect(refusedAt({ ...config, quantization_config: without })[8]).toEqual([]);
  });

  it('none without blocks, on one GPU, or with an engine that pads', () => {
    const config = moe({ moe_intermediate_size: 100 });
    expect(refusedAt({ ...config, quantization_config: { quant_method: 'fp8' } })).toEqual({
      1: [],
      2: [],
      4: [],
      8: [],
    });
    expect(refusedAt(config)[1]).toEqual([]);
    expect(refusedAt(config, { engine: 'tgi' })[8]).toEqual([]);
  });

  it('those of an expert whole where whole experts are spread', () => {
    const config = moe({ moe_intermediate_size: 1536 });
    expect(refusedAt(config, { extraArgs: ['--enable-expert-parallel'] })[8]).toEqual([]);
    expect(refusedAt(config, { extraArgs: ['--enable-expert-parallel', '--disable-expert-parallel'] })[8]).toEqual([
      'experts',
    ]);
    for (const extraArgs of [['--ep-size', '2'], ['--ep-size=8'], ['--ep-size', '1', '--ep-size=4']])
      expect(refusedAt(config, { engine: 'sglang', extraArgs })[8]).toEqual([]);
    for (const extraArgs of [[], ['--ep-size', '1'], ['--ep-size', 'x'], ['--ep-size=0']])
      expect(refusedAt(config, { engine: 'sglang', extraArgs })[8]).toEqual(['experts']);
  });
});

describe('the fit', () => {
  const config = moe({ moe_intermediate_size: 1536 });
  const refusal = (change: Partial<FitRequest>): unknown => {
    try {
      fit(request(config, { gpus: 8, ...change }));
      return 'fits';
    } catch (error) {
      return error;
    }
  };

  it('refuses what the engine would refuse after it has loaded, with what can be', () => {
    expect(refusal({})).toMatchObject({
      code: 'PARALLELISM_IMPOSSIBLE',
      message:
        'serving "chat": 8 GPUs cannot divide the FP8 weights of its model into whole blocks, which vllm demands ' +
        '(experts: 1536 / 8 in blocks of 128)',
      fix: 'write gpus: 1, 2, 4, or extraArgs: [--enable-expert-parallel]',
    });
    expect(refusal({ engine: 'sglang' })).toMatchObject({ fix: 'write gpus: 1, 2, 4, or extraArgs: [--ep-size, "8"]' });
  });

  it('takes each of them', () => {
    for (const gpus of [1, 2, 4]) expect(refusal({ gpus })).toBe('fits');
    expect(refusal({ extraArgs: ['--enable-expert-parallel'] })).toBe('fits');
    expect(refusal({ engine: 'sglang', extraArgs: ['--ep-size', '8'] })).toBe('fits');
    expect(refusal({ pipelineParallel: 2 })).toBe('fits');
  });
});
