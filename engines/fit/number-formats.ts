/** Formats of numbers that not all GPUs have circuits, or engines kernels, for. */
import type { EngineName } from '../../catalog/engines';
import { badInput } from '../../core/errors';
import type { FitRequest } from './estimate';

type Capability = readonly [major: number, minor: number];

/** Compute capability in which NVIDIA's GPUs have FP8 (Ada, Hopper), and NVFP4 (Blackwell). */
const FP8: Capability = [8, 9];
const NVFP4: Capability = [10, 0];

/** An engine that takes a format on older GPUs than have circuits for it, and the first that it does take it on. */
type Older = Readonly<Partial<Record<EngineName, Capability>>>;

/** vLLM 0.33.0: FlashInfer's `supported_kv_cache_dtypes` and `supports_compute_capability` (v1/attention/backends/flashinfer.py). */
const FP8_CACHE_FROM: Older = { vllm: [8, 0] };
/**
 * By Marlin's kernels, which compute in 16 bits: `get_min_capability` of vLLM 0.33.0 (quantization/fp8.py) and SGLang 0.5.23
 * (layers/quantization/fp8.py); TGI 3.3.7, layers/fp8.py.
 */
const FP8_WEIGHTS_FROM: Older = { vllm: [7, 5], sglang: [8, 0], tgi: [8, 0] };
/** `ModelOptNvFp4Config.get_min_capability` of vLLM 0.33.0 (quantization/modelopt.py). */
const NVFP4_WEIGHTS_FROM: Older = { vllm: [7, 5] };

const below = ([major, minor]: Capability, [needed, least]: Capability): boolean =>
  major < needed || (major === needed && minor < least);

interface Format {
  /** The field or property of the model that asks for it. */
  readonly what: string;
  readonly name: string;
  readonly native: Capability;
  readonly older: Older;
  readonly fix: string;
}

/** Formats that a request names, of those that not all GPUs take. */
function formatsOf({ shape, engine, kvCacheDtype = 'auto', ...request }: FitRequest): Format[] {
  const quantization = request.quantization ?? shape?.quantization ?? '';
  const what = `quantization ${quantization}`;
  const newer = 'Ada, Hopper or newer GPUs';
  const formats: Format[] = [];
  if (kvCacheDtype.startsWith('fp8')) {
    const fix = `remove kvCacheDtype, or use a pool of ${newer}`;
    formats.push({ what: `kvCacheDtype ${kvCacheDtype}`, name: 'FP8', native: FP8, older: FP8_CACHE_FROM, fix });
  }
  if (/fp8/.test(quantization)) {
    const others = engine === 'vllm' ? '' : 'vllm, ';
    const fix = `take other weights, ${others}or a pool of ${newer}`;
    formats.push({ what, name: 'FP8', native: FP8, older: FP8_WEIGHTS_FROM, fix });
  }
  if (/nvfp4|modelopt_fp4/.test(quantization)) {
    const others = engine === 'vllm' ? '' : 'vllm, ';
    const fix = `take other weights, ${others}or a pool of Blackwell GPUs`;
    formats.push({ what, name: 'NVFP4', native: NVFP4, older: NVFP4_WEIGHTS_FROM, fix });
  }
  return formats;
}

/**
 * @throws AirlockError (input) naming the serving, the format, and what has it
 */
export function checkFormats(request: FitRequest): void {
  const { serving, engine, device } = request;
  const { computeCapability: has, name: pool } = device;
  if (has === undefined) return;
  for (const { what, name, native, older, fix } of formatsOf(request)) {
    const first = older[engine];
    if (!below(has, first ?? native)) continue;
    const lacks = `which compute capability ${has.join('.')} of ${pool} lacks`;
    const needs =
      first === undefined ? lacks : `${lacks}; ${engine} does without from compute capability ${first.join('.')} on`;
    throw badInput('GPU_LACKS_FORMAT', `serving "${serving}": ${what} needs ${name}, ${needs}`, fix);
  }
}
