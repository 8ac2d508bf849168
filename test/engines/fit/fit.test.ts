import fc from 'fast-check';
import { checkFit, fit, type FitRequest, judgeFit, needless } from '../../../engines/fit/fit';
import { longestContext } from '../../../engines/fit/changes';
import { possibleTensorParallel } from '../../../engines/fit/hardware';
import { careful, estimate, HOPEFUL, layoutOf, sequencesOf } from '../../../engines/fit/estimate';
import { understood } from '../../../engines/fit/understood';
import { kvBytesOf, kvBytesOfSequence, kvBytesPerToken, stateBytesOfSequence } from '../../../engines/fit/memory';
import type { LockModelShape } from '../../../site/generated/lock';
import { shapeOfConfig } from '../../../site/lock/model-shape';
import { known, TABLE } from './table';

const GIB = 1024 ** 3;
const ONE = { tensorParallel: 1, pipelineParallel: 1 };

function shapeOf(name: string): LockModelShape {
  const { config, bytes } = known(name);
  const reading = shapeOfConfig(config, bytes);
  if ('unknownShape' in reading) throw new Error(`no shape of ${name}: ${reading.unknownShape.reasons.join()}`);
  return reading.shape;
}

const H100 = { name: 'pool "h100"', memoryGiB: 79.25, perNode: 8, computeCapability: [9, 0] } as const;

const request = (name: string, change: Partial<FitRequest> = {}): FitRequest => ({
  serving: 'chat',
  engine: 'vllm',
  weightBytes: known(name).bytes,
  shape: shapeOf(name),
  gpus: 1,
  maxModelLen: 8192,
  device: H100,
  ...change,
});

const without = <T extends object, K extends keyof T>(value: T, ...keys: readonly K[]): Omit<T, K> =>
  Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key as K))) as Omit<T, K>;

const refusal = (work: () => unknown): { message: string; fix: string } => {
  try {
    work();
  } catch (error) {
    return error as { message: string; fix: string };
  }
  throw new Error('nothing was refused');
};

describe('published sizes', () => {
  it.each(TABLE.map((row) => [row.name, row] as const))(
    '%s: weights and cache are as published, within 2 %%',
    (name, row) => {
      const shape = shapeOf(name);
      const perToken = kvBytesPerToken(shape, kvBytesOf('auto', 'bfloat16'), ONE) / 1024;
      expect(Math.abs(shape.checkpointBytes / GIB / row.weightsGiB - 1)).toBeLessThan(0.02);
      expect(Math.abs(perToken / row.kvKiB - 1)).toBeLessThan(0.02);
    },
  );

  it('gpt-oss takes about half of it in a long context, since half of its layers slide', () => {
    for (const [name, kib] of [
      ['gpt-oss-20b', 24],
      ['gpt-oss-120b', 36],
    ] as const) {
      const perToken = kvBytesOfSequence(shapeOf(name), 131_072, 2, ONE) / 131_072 / 1024;
      expect(Math.abs(perToken / kib - 1)).toBeLessThan(0.02);
    }
  });

  it('a published start-up log: 35.82 GiB hold 1,043,264 tokens of gpt-oss-120b on each of two GPUs', () => {
    const perToken = kvBytesPerToken(shapeOf('gpt-oss-120b'), 2, { tensorParallel: 2, pipelineParallel: 1 });
    expect(Math.abs(perToken / ((35.82 * GIB) / 1_043_264) - 1)).toBeLessThan(0.02);
  });

  it('latent attention is kept whole on every GPU; heads beyond their number are copied', () => {
    const eight = { tensorParallel: 8, pipelineParallel: 1 };
    expect(kvBytesPerToken(shapeOf('DeepSeek-R1'), 2, eight)).toBe(kvBytesPerToken(shapeOf('DeepSeek-R1'), 2, ONE));
    const qwen = shapeOf('Qwen3-30B-A3B'); // four key-value heads
    expect(kvBytesPerToken(qwen, 2, eight)).toBe(kvBytesPerToken(qwen, 2, { ...eight, tensorParallel: 4 }));
  });
});

describe('numbers in the cache', () => {
  // ggml-org/ggml src/ggml-common.h: a block of 32 has a scale of two bytes beside its numbers.
  it.each([
    ['f16', 2],
    ['fp8', 1],
    ['fp8_e4m3', 1],
    ['fp8_e5m2', 1],
    ['q8_0', (2 + 32) / 32],
    ['q4_0', (2 + 16) / 32],
  ] as const)('%s take their bytes, whatever the type of the model', (dtype, bytes) => {
    expect([kvBytesOf(dtype), kvBytesOf(dtype, 'float32')]).toEqual([bytes, bytes]);
  });

  it('have the type of the model by default', () => {
    expect([kvBytesOf(), kvBytesOf('auto'), kvBytesOf('auto', 'bfloat16'), kvBytesOf('auto', 'float16')]).toEqual([
      2, 2, 2, 2,
    ]);
    expect([kvBytesOf('auto', 'float32'), kvBytesOf(undefined, 'float32')]).toEqual([4, 4]);
  });
});

describe('a replica over several GPUs', () => {
  const shape = { ...shapeOf('Llama-3.1-8B'), stateNumbers: 1200 };
  const over = (tensorParallel: number, pipelineParallel: number) => ({ tensorParallel, pipelineParallel });

  it('divides heads among those that share a layer, and layers among groups', () => {
    const of = (layout: ReturnType<typeof over>): number[] => [
      kvBytesPerToken(shape, 2, layout),
      kvBytesOfSequence(shape, 1000, 2, layout),
      stateBytesOfSequence(shape, 2, layout),
    ];
    const [token = 0, sequence = 0, state = 0] = of(over(1, 1));
    expect([token, sequence, state]).toEqual([2 * 32 * 8 * 128 * 2, 2 * 32 * 8 * 128 * 2 * 1000, 2400]);
    expect(of(over(2, 1))).toEqual([token / 2, sequence / 2, state / 2]);
    expect(of(over(1, 4))).toEqual([token / 4, sequence / 4, state / 4]);
    expect(of(over(2, 4))).toEqual([token / 8, sequence / 8, state / 8]);
  });

  it('keeps the state of a model that has none in no memory', () => {
    expect(stateBytesOfSequence(shapeOf('Llama-3.1-8B'), 2, over(1, 1))).toBe(0);
  });

  it('holds in sliding layers the window alone, and less where the sequence is shorter', () => {
    const sliding = { ...shape, slidingLayers: 30, slidingWindow: 100 };
    const perLayer = 2 * 8 * 128 * 2;
    expect(kvBytesOfSequence(sliding, 1000, 2, over(1, 1))).toBe((2 * 1000 + 30 * 100) * perLayer);
    expect(kvBytesOfSequence(sliding, 60, 2, over(1, 1))).toBe(32 * 60 * perLayer);
    expect(kvBytesOfSequence({ ...shape, slidingLayers: 30 }, 1000, 2, over(1, 1))).toBe(32 * 1000 * perLayer);
  });

  it('counts the rotary part of latent attention where there is one', () => {
    const latent = { ...shape, kvLoraRank: 512 };
    expect(kvBytesPerToken(latent, 1, over(4, 1))).toBe(32 * 512);
    expect(kvBytesPerToken({ ...latent, qkRopeHeadDim: 64 }, 1, over(4, 1))).toBe(32 * 576);
  });

  it.each([
    ['vllm', over(2, 6), 1],
    ['sglang', over(2, 6), 1],
    ['tensorrt-llm', over(2, 6), 1],
    ['tgi', over(2, 6), 1],
    ['llama.cpp', over(1, 12), 5],
    ['ollama', over(1, 12), 5],
  ] as const)('is laid out by %s, which sets aside the cache of %s', (engine, layout, sequences) => {
    const asked = request('Llama-3.1-8B', { engine, gpus: 4, pipelineParallel: 2, nodes: 3, concurrency: 5 });
    expect(layoutOf(asked)).toEqual(layout);
    expect(layoutOf(request('Llama-3.1-8B', { engine, gpus: 4 }))).toEqual(
      layout.tensorParallel === 1 ? over(1, 4) : over(4, 1),
    );
    expect(sequencesOf(asked)).toBe(sequences);
    expect(sequencesOf(request('Llama-3.1-8B', { engine }))).toBe(1);
  });
});

describe('an estimate', () => {
  const PLAIN = { expand: 1, overheadGiB: 0, overheadShare: 0, stateNumberBytes: 2, share: 1 };
  const asked = (change: Partial<FitRequest> = {}): FitRequest =>
    request('Llama-3.1-8B', { weightBytes: 16 * GIB, maxModelLen: 8192, ...change });

  it('adds up what one GPU holds', () => {
    const found = estimate(asked({ gpus: 2, pipelineParallel: 2, nodes: 2, adapterBytes: GIB }), {
      ...PLAIN,
      ...{ expand: 1.5, overheadGiB: 2, overheadShare: 0.1 },
    });
    // A quarter of what the weights become, and the adapters whole.
    expect(found.weightsGiB).toBe((16 * 1.5) / 4 + 1);
    expect(found.overheadGiB).toBeCloseTo(2 + 0.1 * found.weightsGiB);
    expect(found.cacheGiB).toBe(0.25);
    expect(found.needGiB).toBe(found.weightsGiB + found.overheadGiB + found.cacheGiB + found.stateGiB);
  });

  it('fits up to the last byte', () => {
    const device = { ...H100, memoryGiB: 17 };
    const bare = asked({ engine: 'tgi', device });
    expect(estimate(bare, PLAIN)).toMatchObject({ needGiB: 17, haveGiB: 17, fits: true });
    expect(estimate({ ...bare, weightBytes: 16 * GIB + 1 }, PLAIN).fits).toBe(false);
  });

  it.each([
    ['vllm', {}, 0.92, 1],
    ['vllm', { memoryFraction: 0.5 }, 0.5, 1],
    ['sglang', {}, 0.88, 1],
    ['sglang', { memoryFraction: 0.7 }, 0.7, 1],
    ['tgi', {}, 1, 1],
    ['llama.cpp', {}, 1, 1],
    ['ollama', {}, 1, 1],
    // Its fraction is of what the weights leave.
    ['tensorrt-llm', {}, 1, 0.9],
    ['tensorrt-llm', { memoryFraction: 0.5 }, 1, 0.5],
    // The unit is a share already.
    ['vllm', { memoryFraction: 0.5, device: { ...H100, shared: true } }, 1, 1],
    ['vllm', { device: { ...H100, shared: false } }, 0.92, 1],
  ] as const)('takes of the memory what %s may have: %j', (engine, change, share, ofRest) => {
    const shape = { ...shapeOf('Llama-3.1-8B'), stateNumbers: GIB };
    const found = estimate(asked({ engine, shape, ...change }), PLAIN);
    expect(found).toMatchObject({ share, haveGiB: 79.25 * share });
    expect(found.cacheGiB).toBeCloseTo(1 / ofRest);
    expect(found.stateGiB).toBeCloseTo(2 / ofRest);
  });

  it('trusts no engine with more than it is told to', () => {
    expect(estimate(asked(), { ...PLAIN, share: 0.84 }).haveGiB).toBeCloseTo(79.25 * 0.84);
    expect(estimate(asked({ memoryFraction: 0.5 }), { ...PLAIN, share: 0.84 }).haveGiB).toBe(79.25 / 2);
  });

  it('keeps no cache where nobody says how long a context is', () => {
    const shape = without(shapeOf('Llama-3.1-8B'), 'maxPositionEmbeddings');
    expect(estimate(without(asked({ shape }), 'maxModelLen'), PLAIN)).toMatchObject({ cacheGiB: 0 });
  });

  it('holds the state of every sequence that is set aside', () => {
    const shape = { ...shapeOf('Llama-3.1-8B'), stateNumbers: GIB };
    expect(estimate(asked({ engine: 'ollama', shape, concurrency: 3 }), PLAIN).stateGiB).toBe(6);
    expect(estimate(asked({ shape, concurrency: 3 }), PLAIN).stateGiB).toBe(2);
  });

  it('is careful with more overhead, wider states, and layers that are unpacked', () => {
    const plain = careful(shapeOf('Llama-3.1-8B'));
    const packed = careful(shapeOf('gpt-oss-20b'));
    expect(careful(undefined)).toEqual(plain);
    // 34.4 GiB for 30.4 GiB on disk in a published log.
    expect(packed.expand).toBeCloseTo(34.4 / 30.4, 2);
    expect(plain.expand).toBeLessThan(packed.expand);
    expect({ ...packed, expand: plain.expand }).toEqual(plain);
    for (const one of [estimate(asked(), HOPEFUL), estimate(asked({ engine: 'ollama', gpus: 4 }), HOPEFUL)])
      expect(one.overheadGiB).toBe(1.2);
    expect(plain.overheadGiB).toBeGreaterThan(HOPEFUL.overheadGiB);
    expect(plain.stateNumberBytes).toBe(2 * HOPEFUL.stateNumberBytes);
  });
});

describe('the fit', () => {
  it('accepts gpt-oss-120b with its whole context on one GPU of 80 GB, and says that it is tight', () => {
    const found = fit(request('gpt-oss-120b', { maxModelLen: 131_072 }));
    expect(found.verdict).toBe('tight');
    expect(found.arithmetic).toBe(
      'weights 60.77 GiB / 1 GPU = 60.77 GiB + overhead 1.20 GiB + key-value cache 4.50 GiB (72.0 KiB × 131072 tokens × 1, ' +
        'less where layers slide) = 66.47 GiB of 79.25 GiB × 0.92 = 72.91 GiB on each',
    );
  });

  it('refuses Llama-3.1-70B in bf16 on one GPU of 80 GB, with the arithmetic and the change that fits', () => {
    const { message, fix } = refusal(() => checkFit(request('Llama-3.1-70B')));
    expect(message).toBe(
      'serving "chat" does not fit pool "h100": weights 131.42 GiB / 1 GPU = 131.42 GiB + overhead 1.20 GiB + key-value ' +
        'cache 2.50 GiB (320.0 KiB × 8192 tokens × 1) = 135.12 GiB of 79.25 GiB × 0.92 = 72.91 GiB on each',
    );
    expect(fix).toBe('write gpus: 2');
  });

  it('accepts it on two', () => {
    expect(fit(request('Llama-3.1-70B', { gpus: 2 })).verdict).not.toBe('no');
  });

  it('proposes a smaller cache and a shorter context where those are enough', () => {
    const { fix } = refusal(() => checkFit(request('Qwen3-32B', { maxModelLen: 65_536 })));
    expect(fix).toMatch(/^write kvCacheDtype: fp8, or maxModelLen: \d+, or gpus: 2$/);
  });

  it('does not propose fp8 where the GPU lacks it', () => {
    const device = { ...H100, computeCapability: [8, 0] } as const;
    expect(refusal(() => checkFit(request('Qwen3-32B', { maxModelLen: 65_536, device }))).fix).not.toContain('fp8');
  });

  it('says so where nothing helps', () => {
    expect(refusal(() => checkFit(request('Llama-3.1-405B'))).fix).toBe(
      'use a pool with more memory, or a smaller or quantized model',
    );
  });

  it('goes by the weights alone where the shape of a model is not known', () => {
    const { serving, engine, weightBytes, gpus, device } = request('Llama-3.1-70B');
    const bare = { serving, engine, weightBytes, gpus, device };
    expect(refusal(() => checkFit(bare)).message).toContain('131.42 GiB + overhead 1.20 GiB = 132.62 GiB of');
  });

  it('holds the whole context of all slots at once for llama.cpp and Ollama', () => {
    const slots = (concurrency: number): number =>
      fit(request('Qwen3-8B', { engine: 'llama.cpp', concurrency })).hopeful.cacheGiB;
    expect(slots(4)).toBeCloseTo(4 * slots(1));
  });

  it("takes TensorRT-LLM's fraction of what weights leave", () => {
    const cache = (memoryFraction: number): number =>
      fit(request('Qwen3-8B', { engine: 'tensorrt-llm', memoryFraction })).hopeful.cacheGiB;
    expect(cache(0.45)).toBeCloseTo(2 * cache(0.9));
  });
});

describe('what a fit says', () => {
  const asked = (change: Partial<FitRequest> = {}): FitRequest =>
    request('Llama-3.1-8B', { weightBytes: 16 * GIB, maxModelLen: 8192, ...change });
  const stateful = { ...shapeOf('Llama-3.1-8B'), stateNumbers: GIB };

  it.each([
    // 72.91 GiB less 16 of weights and 1.2 of overhead, a GiB for each sequence.
    ['each with its cache', {}, 55],
    ['each with its cache and its state', { shape: stateful }, 18],
    ['as many as the engine sets aside, and more', { engine: 'ollama', concurrency: 4 }, 62],
    ['none where the weights leave no room', { weightBytes: 100 * GIB }, 0],
  ] as const)('is how many sequences there is memory for: %s', (_what, change, sequences) => {
    expect(fit(asked(change)).sequences).toBe(sequences);
  });

  it('is no number of sequences where the cache is not known', () => {
    expect(fit({ ...without(asked(), 'shape'), notUnderstood: ['new'] })).toMatchObject({
      ...{ sequences: undefined, kvBytesPerToken: undefined, context: 8192 },
    });
  });

  it.each([
    [
      { gpus: 2, nodes: 2, pipelineParallel: 2 },
      'weights 16.00 GiB / 4 GPUs = 4.00 GiB + overhead 1.20 GiB + key-value cache 0.25 GiB (32.0 KiB × 8192 tokens × 1) = ' +
        '5.45 GiB of 79.25 GiB × 0.92 = 72.91 GiB on each',
    ],
    [
      { engine: 'ollama', concurrency: 3 },
      'weights 16.00 GiB / 1 GPU = 16.00 GiB + overhead 1.20 GiB + key-value cache 3.00 GiB (128.0 KiB × 8192 tokens × 3) = ' +
        '20.20 GiB of 79.25 GiB on each',
    ],
    [
      { shape: stateful },
      'weights 16.00 GiB / 1 GPU = 16.00 GiB + overhead 1.20 GiB + key-value cache 1.00 GiB (128.0 KiB × 8192 tokens × 1) + ' +
        'state of recurrent layers 2.00 GiB = 20.20 GiB of 79.25 GiB × 0.92 = 72.91 GiB on each',
    ],
  ] as const)('is the arithmetic of %j', (change, arithmetic) => {
    expect(fit(asked(change)).arithmetic).toBe(arithmetic);
  });

  const BARE =
    'weights 16.00 GiB / 1 GPU = 16.00 GiB + overhead 1.20 GiB = 17.20 GiB of 79.25 GiB × 0.92 = 72.91 GiB on each';

  it('is the arithmetic of the weights where the cache is not known, and all that is not understood', () => {
    const unknown = { ...without(asked(), 'shape'), notUnderstood: ['its cache is new', 'its layers are odd'] };
    const { message, fix } = refusal(() => checkFit(unknown));
    expect(message).toBe(
      'whether serving "chat" fits pool "h100" is unknown: its cache is new; its layers are odd; without what that takes: ' +
        BARE,
    );
    expect(fix).toBe(
      'try it, and write fit: { overrule: { approver: <who answers for it>, reason: <why it fits> } } in the serving',
    );
    const shape = without(shapeOf('Llama-3.1-8B'), 'maxPositionEmbeddings');
    expect(fit(without(asked({ shape }), 'maxModelLen')).arithmetic).toBe(BARE);
    expect(fit(without(asked(), 'shape')).notUnderstood).toEqual(['nothing is recorded of its shape']);
  });

  it('proposes nothing where nobody knows what would be enough', () => {
    const unknown = { ...without(asked({ weightBytes: 100 * GIB }), 'shape'), notUnderstood: ['new'] };
    expect(fit(unknown)).toMatchObject({ verdict: 'no', changes: [], notUnderstood: ['new'] });
    expect(fit(asked()).changes).toEqual([]);
  });

  it('is nothing for what fits, and a warning for what is tight', () => {
    expect(checkFit(asked())).toEqual([]);
    const tight = request('gpt-oss-120b', { maxModelLen: 131_072 });
    expect(checkFit(tight)).toEqual([
      `serving "chat" may not fit pool "h100": ${fit(tight).arithmetic}; by careful constants it needs 78.91 GiB of 66.57 GiB, ` +
        'so try it before you count on it',
    ]);
  });

  it('is given to a person as an error of its own kind', () => {
    for (const [one, code] of [
      [without(asked(), 'shape'), 'MEMORY_FIT_UNKNOWN'],
      [request('Llama-3.1-405B'), 'MEMORY_DOES_NOT_FIT'],
    ] as const)
      expect(() => judgeFit(one, fit(one))).toThrow(expect.objectContaining({ code, kind: 'check' }) as Error);
  });

  it('asks to remove what overrules nothing', () => {
    const overrule = { approver: 'ops@site.example', reason: 'it ran in March' };
    const words = 'serving "chat" overrules the memory fit, which says nothing against it: remove fit.overrule';
    expect(checkFit(asked(), overrule)).toEqual([words]);
    expect(needless('chat')).toBe(words);
  });
});

describe('what is not understood', () => {
  const bare = (change: Partial<FitRequest> = {}): FitRequest => {
    return {
      ...without(request('Qwen3-8B', change), 'shape'),
      notUnderstood: ['the kit does not know the cache of NovelForCausalLM'],
    };
  };

  it('is unknown, never fits, and is refused with what to write', () => {
    expect(fit(bare())).toMatchObject({ verdict: 'unknown', changes: [] });
    const { message, fix } = refusal(() => checkFit(bare()));
    expect(message).toContain(
      'whether serving "chat" fits pool "h100" is unknown: the kit does not know the cache of Novel',
    );
    expect(fix).toContain('fit: { overrule: { approver:');
  });

  it('does not fit where the weights alone do not', () => {
    expect(fit(bare({ weightBytes: 90 * GIB })).verdict).toBe('no');
  });

  it('is a context that neither site nor model states', () => {
    const shape = without(shapeOf('Qwen3-8B'), 'maxPositionEmbeddings');
    const rest = without(request('Qwen3-8B', { shape }), 'maxModelLen');
    expect(fit(rest)).toMatchObject({
      verdict: 'unknown',
      notUnderstood: [expect.stringContaining('write maxModelLen')],
    });
    expect(fit({ ...rest, maxModelLen: 8192 }).verdict).toBe('fits');
  });
});

describe('what would make it fit', () => {
  /** A pool on which a model of 16 GiB of weights has this much for the rest, less 1.2 GiB of overhead. */
  const room = (gib: number, change: Partial<FitRequest> = {}): FitRequest =>
    request('Llama-3.1-8B', {
      engine: 'tgi',
      weightBytes: 16 * GIB,
      maxModelLen: 65_536,
      device: { ...H100, memoryGiB: 16 + 1.2 + gib, perNode: 1 },
      ...change,
    });

  it.each([
    ['vllm', 'fp8'],
    ['llama.cpp', 'q8_0'],
    ['ollama', 'q8_0'],
  ] as const)('is a smaller cache, of the type that %s has', (engine, type) => {
    const { changes } = fit(room(4.5, { engine, memoryFraction: 1 }));
    expect(changes[0]).toBe(`kvCacheDtype: ${type}`);
    expect(fit(room(4.5, { engine, memoryFraction: 1, kvCacheDtype: 'f16' })).changes.join()).not.toContain(
      'kvCacheDtype',
    );
    expect(fit(room(3, { engine, memoryFraction: 1 })).changes.join()).not.toContain('kvCacheDtype');
  });

  it.each(['sglang', 'tensorrt-llm', 'tgi'] as const)('is no smaller cache for %s', (engine) => {
    expect(fit(room(5, { engine, memoryFraction: 1 })).changes.join()).not.toContain('kvCacheDtype');
  });

  it.each([
    [[8, 6], false],
    [[8, 9], true],
    [[9, 0], true],
    [[7, 9], false],
    [undefined, true],
  ] as const)('is FP8 only where the GPU has it: %j', (capability, has) => {
    const asked = room(5, { engine: 'vllm', memoryFraction: 1 });
    const device = {
      ...without(asked.device, 'computeCapability'),
      ...(capability && { computeCapability: capability }),
    };
    expect(fit({ ...asked, device }).changes.includes('kvCacheDtype: fp8')).toBe(has);
  });

  it.each([
    [2, 'maxModelLen: 16384'],
    [4.99, 'maxModelLen: 39936'],
    [0.25, 'maxModelLen: 2048'],
    [7.99, 'maxModelLen: 64512'],
  ])('is the longest context in whole steps: with %d GiB, %s', (gib, change) => {
    expect(fit(room(gib)).changes).toEqual([change]);
  });

  it('is no context that is too short to be of use', () => {
    expect(fit(room(0.24))).toMatchObject({ verdict: 'no', changes: [] });
    expect(longestContext(room(0.25, { maxModelLen: 2047 }))).toBeUndefined();
    expect(longestContext(room(0.25, { maxModelLen: 2048 }))).toBe(2048);
  });

  it('is no context that nobody can compute, nor a longer one than the model has', () => {
    expect(longestContext(without(room(2), 'shape'))).toBeUndefined();
    const shape = without(shapeOf('Llama-3.1-8B'), 'maxPositionEmbeddings');
    expect(longestContext(without(room(2, { shape }), 'maxModelLen'))).toBeUndefined();
    expect(longestContext(room(2, { shape }))).toBe(16_384);
    expect(longestContext(room(2, { shape: { ...shape, maxPositionEmbeddings: 4096 } }))).toBe(4096);
  });

  it('is fewer sequences, the most that fit, for engines that set all of them aside', () => {
    const asked = room(2.5, { engine: 'ollama', maxModelLen: 8192, concurrency: 5 });
    expect(fit(asked).changes).toContain('concurrency: 2');
    expect(fit(room(0.5, { engine: 'ollama', maxModelLen: 8192, concurrency: 5 })).changes.join()).not.toContain(
      'concurrency',
    );
    expect(fit(room(0.5, { engine: 'ollama', maxModelLen: 8192, concurrency: 1 })).changes.join()).not.toContain(
      'concurrency',
    );
    expect(fit(room(2.5, { concurrency: 5 })).changes.join()).not.toContain('concurrency');
  });

  it('is the fewest GPUs that can divide it, on one node', () => {
    const device = (perNode: number, gib: number): FitRequest['device'] => ({ ...H100, memoryGiB: gib, perNode });
    const gpus = (change: Partial<FitRequest>): string[] =>
      fit(
        request('Llama-3.1-8B', { engine: 'tgi', weightBytes: 16 * GIB, maxModelLen: 2048, ...change }),
      ).changes.filter((one) => one.startsWith('gpus'));
    expect(gpus({ device: device(8, 10) })).toEqual(['gpus: 2']);
    expect(gpus({ device: device(8, 6) })).toEqual(['gpus: 4']);
    expect(gpus({ device: device(2, 6) })).toEqual([]);
    expect(gpus({ device: device(8, 6), gpus: 2, pipelineParallel: 2 })).toEqual(['gpus: 4']);
    // Whole layers go to each GPU, so that any number of them will do.
    expect(gpus({ device: device(8, 7), engine: 'llama.cpp' })).toEqual(['gpus: 3']);
    expect(gpus({ device: device(3, 7), engine: 'llama.cpp' })).toEqual(['gpus: 3']);
    expect(gpus({ device: device(2, 7), engine: 'llama.cpp' })).toEqual([]);
  });
});

describe('a person who overrules', () => {
  const overrule = { approver: 'ops@site.example', reason: 'it ran in March' };

  it.each([
    ['unknown', { serving: 'chat', engine: 'vllm' as const, weightBytes: GIB, gpus: 1, device: H100 }],
    ['no', request('Llama-3.1-70B')],
    ['tight', request('gpt-oss-120b', { maxModelLen: 131_072 })],
  ])('makes of %s a warning with the name and the reason', (verdict, asked) => {
    expect(fit(asked).verdict).toBe(verdict);
    expect(checkFit(asked, overrule)).toEqual([
      expect.stringMatching(/serving "chat".*; ops@site\.example overrules it: it ran in March$/),
    ]);
  });

  it('hears it where there is nothing to overrule', () => {
    expect(checkFit(request('Qwen3-8B'), overrule)).toEqual([expect.stringContaining('remove fit.overrule')]);
  });

  it('cannot overrule what no memory mends, nor the longest context', () => {
    expect(() => checkFit(request('Qwen2.5-7B', { gpus: 3 }), overrule)).toThrow('cannot divide');
    expect(() => checkFit(request('Qwen3-8B', { maxModelLen: 131_073 }), overrule)).toThrow('131072 tokens');
  });
});

describe('the longest context of a model', () => {
  const short = { ...shapeOf('Qwen3-32B'), maxPositionEmbeddings: 40_960 };

  it('is never exceeded, and what is written instead fits', () => {
    const asked = request('Qwen3-32B', { shape: short, maxModelLen: 65_536, gpus: 2 });
    const { message, fix } = refusal(() => fit(asked));
    expect(message).toContain('maxModelLen 65536 is longer than the 40960 tokens that its model was made for');
    expect(fix).toContain('write maxModelLen: 40960 or less');
    const tight = refusal(() => fit({ ...asked, gpus: 1, memoryFraction: 0.9 })).fix;
    const proposed = Number(/maxModelLen: (\d+)/.exec(tight)?.[1]);
    expect(proposed).toBeLessThan(40_960);
    expect(fit({ ...asked, gpus: 1, memoryFraction: 0.9, maxModelLen: proposed }).verdict).not.toBe('no');
  });

  it('is held also where nothing else of the shape is understood', () => {
    const rest = without(request('Qwen3-8B', { maxModelLen: 449 }), 'shape');
    expect(() => fit({ ...rest, notUnderstood: ['whisper'], ownContext: 448 })).toThrow('the 448 tokens');
  });

  it('bounds the context that llama.cpp and Ollama take by themselves', () => {
    const rest = without(request('Qwen3-8B', { engine: 'llama.cpp' }), 'maxModelLen');
    expect(fit({ ...rest, shape: { ...shapeOf('Qwen3-8B'), maxPositionEmbeddings: 2048 } }).context).toBe(2048);
    expect(fit(rest).context).toBe(8192);
  });
});

describe('a shape of a lock', () => {
  const of = (source: 'config.json' | 'gguf', architecture: string, more: Partial<LockModelShape> = {}) =>
    understood({
      shape: {
        source,
        architecture,
        checkpointBytes: 1,
        layers: 48,
        attentionHeads: 8,
        kvHeads: 8,
        headDim: 8,
        ...more,
      },
    });

  it.each([
    ['a hybrid', of('config.json', 'NemotronHForCausalLM')],
    ['Gemma 3 of which every layer slides', of('config.json', 'Gemma3ForConditionalGeneration', { slidingLayers: 48 })],
    ['Gemma 2 of which none slides', of('config.json', 'Gemma2ForCausalLM')],
    ['Gemma 3 as GGUF', of('gguf', 'gemma3')],
    ['an architecture that is not on the list', of('config.json', 'NovelForCausalLM')],
    ['no architecture', understood({})],
  ])('of an older release is not understood: %s', (_what, found) => {
    expect(found.shape).toBeUndefined();
    expect(found.notUnderstood).toHaveLength(1);
  });

  it.each([
    ['a hybrid', of('config.json', 'NemotronHForCausalLM', { attentionLayers: 4, stateNumbers: 1 })],
    ['Gemma 3', of('config.json', 'Gemma3ForConditionalGeneration', { slidingLayers: 40, slidingWindow: 1024 })],
    ['a plain model', of('config.json', 'LlamaForCausalLM')],
    ['a plain GGUF', of('gguf', 'qwen2')],
  ])('is understood where it says what its kind needs: %s', (_what, found) => {
    expect(found.shape).toBeDefined();
  });

  it('is not taken where the lock says what is not understood', () => {
    const reasons = ['it states no num_attention_heads'];
    expect(understood({ unknownShape: { source: 'config.json', reasons, maxPositionEmbeddings: 448 } })).toEqual({
      notUnderstood: reasons,
      ownContext: 448,
    });
  });
});

describe('a hybrid', () => {
  it('keeps tokens in its attention layers alone, and a state of the same size whatever the context', () => {
    const shape = { ...shapeOf('Qwen3-8B'), attentionLayers: 4, stateNumbers: GIB };
    const at = (maxModelLen: number) => fit(request('Qwen3-8B', { shape, maxModelLen })).hopeful;
    expect(at(8192).cacheGiB).toBeCloseTo((fit(request('Qwen3-8B')).hopeful.cacheGiB * 4) / 36);
    expect([at(4096).stateGiB, at(8192).stateGiB]).toEqual([2, 2]);
    expect(fit(request('Qwen3-8B', { shape, gpus: 2 })).hopeful.stateGiB).toBe(1);
    expect(fit(request('Qwen3-8B', { shape })).arithmetic).toContain(' + state of recurrent layers 2.00 GiB');
  });
});

describe('what no memory mends', () => {
  it('GPUs that cannot divide the heads', () => {
    const { message, fix } = refusal(() => fit(request('Qwen2.5-7B', { gpus: 3 })));
    expect(message).toContain('3 GPUs cannot divide the 28 attention heads and 4 key-value heads');
    expect(fix).toBe('write gpus: 1, 2, 4');
  });

  it('GPUs that cannot divide them, in groups that cannot, or on nodes that are too small', () => {
    const grouped = refusal(() => fit(request('Qwen2.5-7B', { gpus: 6, pipelineParallel: 2 })));
    expect(grouped).toMatchObject({ code: 'PARALLELISM_IMPOSSIBLE', fix: 'write gpus: 2, 4, 8' });
    expect(grouped.message).toBe(
      'serving "chat": 3 GPUs cannot divide the 28 attention heads and 4 key-value heads of its model',
    );
    const small = { ...H100, perNode: 2 };
    expect(refusal(() => fit(request('Qwen2.5-7B', { gpus: 3, device: small }))).fix).toBe('write gpus: 1, 2');
    expect(refusal(() => fit(request('Qwen2.5-7B', { gpus: 9, pipelineParallel: 3, device: small }))).fix).toBe(
      'write gpus: 3',
    );
  });

  it('nothing where layers are not split, or nobody knows the heads', () => {
    expect(() => fit(request('Qwen2.5-7B', { gpus: 3, engine: 'llama.cpp' }))).not.toThrow();
    expect(() => fit(without(request('Qwen2.5-7B', { gpus: 3 }), 'shape'))).not.toThrow();
    expect(possibleTensorParallel({ engine: 'vllm' }, 5)).toEqual([1, 2, 3, 4, 5]);
    expect(possibleTensorParallel({ engine: 'vllm', shape: shapeOf('Qwen2.5-7B') }, 28)).toEqual([1, 2, 4, 28]);
  });
});

const requests = fc.record({
  name: fc.constantFrom(...TABLE.map(({ name }) => name)),
  engine: fc.constantFrom('vllm', 'sglang', 'tensorrt-llm', 'tgi', 'llama.cpp', 'ollama'),
  maxModelLen: fc.integer({ min: 2048, max: 131_071 }),
  concurrency: fc.integer({ min: 1, max: 16 }),
  memoryGiB: fc.double({ min: 10, max: 200, noNaN: true }),
  perNode: fc.integer({ min: 1, max: 16 }),
});

const drawn = ({
  name,
  memoryGiB,
  perNode,
  ...rest
}: typeof requests extends fc.Arbitrary<infer T> ? T : never): FitRequest =>
  request(name, { ...(rest as Partial<FitRequest>), device: { ...H100, memoryGiB, perNode } });

describe('properties', () => {
  it('every change that is proposed makes the serving fit', () => {
    fc.assert(
      fc.property(requests, (one) => {
        const asked = drawn(one);
        for (const change of fit(asked).changes) {
          const [field = '', value = ''] = change.split(': ');
          const changed = { ...asked, [field]: /^\d+$/.test(value) ? Number(value) : value };
          expect(fit(changed).verdict).not.toBe('no');
        }
      }),
    );
  });

  it('a longer context, more sequences or less memory never need less', () => {
    fc.assert(
      fc.property(requests, (one) => {
        const asked = drawn(one);
        const need = (change: Partial<FitRequest>): number => estimate({ ...asked, ...change }, HOPEFUL).needGiB;
        expect(need({ maxModelLen: one.maxModelLen + 1 })).toBeGreaterThanOrEqual(need({}));
        expect(need({ concurrency: one.concurrency + 1 })).toBeGreaterThanOrEqual(need({}));
        const less = { ...asked, device: { ...asked.device, memoryGiB: one.memoryGiB / 2 } };
        if (fit(less).verdict !== 'no') expect(fit(asked).verdict).not.toBe('no');
      }),
    );
  });
});
