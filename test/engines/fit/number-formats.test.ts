import type { EngineName } from '../../../catalog/engines';
import type { FitRequest } from '../../../engines/fit/estimate';
import { checkFormats } from '../../../engines/fit/number-formats';
import type { AirlockError } from '../../../core/errors';

type Capability = readonly [number, number];
type Asked = Pick<FitRequest, 'kvCacheDtype' | 'quantization' | 'shape'>;

const SHAPE = {
  source: 'config.json',
  checkpointBytes: 1,
  layers: 1,
  attentionHeads: 1,
  kvHeads: 1,
  headDim: 1,
} as const;

const check = (engine: EngineName, asked: Asked, computeCapability?: Capability): void =>
  checkFormats({
    serving: 'chat',
    engine,
    weightBytes: 1,
    gpus: 1,
    device: { name: 'pool "p"', memoryGiB: 80, perNode: 8, ...(computeCapability && { computeCapability }) },
    ...asked,
  });

function refusal(work: () => void): AirlockError {
  try {
    work();
  } catch (error) {
    return error as AirlockError;
  }
  throw new Error('nothing was refused');
}

/** Real parts, oldest first. */
const PARTS: readonly Capability[] = [
  [7, 0],
  [7, 5],
  [8, 0],
  [8, 6],
  [8, 9],
  [9, 0],
  [10, 0],
  [10, 3],
  [12, 0],
];

describe('a format that not all GPUs have circuits for', () => {
  // developer.nvidia.com/cuda-gpus: FP8 from Ada (8.9) on, NVFP4 from Blackwell (10.0) on. Where an engine does without: as its
  // own sources say (number-formats.ts).
  it.each([
    ['vllm', { kvCacheDtype: 'fp8' }, [8, 0]],
    ['vllm', { kvCacheDtype: 'fp8_e5m2' }, [8, 0]],
    ['sglang', { kvCacheDtype: 'fp8_e5m2' }, [8, 9]],
    ['vllm', { quantization: 'fp8' }, [7, 5]],
    ['sglang', { quantization: 'fp8' }, [8, 0]],
    ['tgi', { quantization: 'compressed-fp8' }, [8, 0]],
    ['tensorrt-llm', { quantization: 'fp8' }, [8, 9]],
    ['vllm', { quantization: 'nvfp4' }, [7, 5]],
    ['vllm', { quantization: 'modelopt_fp4' }, [7, 5]],
    ['sglang', { quantization: 'modelopt_fp4' }, [10, 0]],
    ['tensorrt-llm', { shape: { ...SHAPE, quantization: 'nvfp4' } }, [10, 0]],
  ] as const)('%s takes %j on GPUs from %j on, and on no older ones', (engine, asked, first) => {
    for (const part of PARTS) {
      const isOlder = part[0] < first[0] || (part[0] === first[0] && part[1] < first[1]);
      if (!isOlder) expect(() => check(engine, asked, part)).not.toThrow();
      else expect(refusal(() => check(engine, asked, part))).toMatchObject({ kind: 'input', code: 'GPU_LACKS_FORMAT' });
    }
  });

  it('is named with the field that asks for it, the GPU, and what has it', () => {
    expect(refusal(() => check('sglang', { kvCacheDtype: 'fp8_e4m3' }, [8, 6]))).toMatchObject({
      message: 'serving "chat": kvCacheDtype fp8_e4m3 needs FP8, which compute capability 8.6 of pool "p" lacks',
      fix: 'remove kvCacheDtype, or use a pool of Ada, Hopper or newer GPUs',
    });
    expect(refusal(() => check('sglang', { quantization: 'nvfp4' }, [9, 0]))).toMatchObject({
      message: 'serving "chat": quantization nvfp4 needs NVFP4, which compute capability 9.0 of pool "p" lacks',
      fix: 'take other weights, vllm, or a pool of Blackwell GPUs',
    });
  });

  it('is named with the first GPUs on which the engine does without', () => {
    expect(refusal(() => check('vllm', { quantization: 'fp8' }, [7, 0]))).toMatchObject({
      message:
        'serving "chat": quantization fp8 needs FP8, which compute capability 7.0 of pool "p" lacks; vllm does without ' +
        'from compute capability 7.5 on',
      fix: 'take other weights, or a pool of Ada, Hopper or newer GPUs',
    });
  });
});

it('refuses nothing where the GPU is not known, or nothing of the kind is asked', () => {
  expect(() => check('sglang', { kvCacheDtype: 'fp8_e5m2', quantization: 'nvfp4' })).not.toThrow();
  for (const asked of [{}, { quantization: 'awq' }, { kvCacheDtype: 'q8_0' as const }, { shape: SHAPE }])
    expect(() => check('sglang', asked, [7, 0])).not.toThrow();
});

it('goes by what the site names, before what the model states', () => {
  const shape = { ...SHAPE, quantization: 'nvfp4' };
  expect(refusal(() => check('sglang', { shape }, [9, 0])).message).toContain('quantization nvfp4');
  expect(() => check('sglang', { shape, quantization: 'awq' }, [9, 0])).not.toThrow();
});
