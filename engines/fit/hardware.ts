/** What no amount of memory mends: heads that cannot be divided, numbers that the GPU has no circuits for. */
import { badInput } from '../../core/errors';
import { ENGINE_MEMORY } from './memory';
import { type FitRequest, layoutOf } from './estimate';

/** Compute capability in which NVIDIA's GPUs have FP8 (Ada, Hopper), and NVFP4 (Blackwell). */
const FP8: readonly [number, number] = [8, 9];
const NVFP4: readonly [number, number] = [10, 0];

const below = ([major, minor]: readonly [number, number], [needed, least]: readonly [number, number]): boolean =>
  major < needed || (major === needed && minor < least);

/** Numbers of GPUs among which the heads of a model can be divided, up to a bound. */
export const possibleTensorParallel = ({ shape }: Pick<FitRequest, 'shape'>, most: number): number[] =>
  Array.from({ length: most }, (_, at) => at + 1).filter(
    (size) =>
      shape === undefined ||
      (shape.attentionHeads % size === 0 && (shape.kvHeads % size === 0 || size % shape.kvHeads === 0)),
  );

function checkHeads(request: FitRequest): void {
  const { serving, engine, shape, pipelineParallel = 1, device } = request;
  const { tensorParallel } = layoutOf(request);
  if (shape === undefined || !ENGINE_MEMORY[engine].tensors) return;
  const possible = possibleTensorParallel(request, Math.max(device.perNode, tensorParallel));
  if (possible.includes(tensorParallel)) return;
  const gpus = possible.map((size) => size * pipelineParallel).filter((size) => size <= device.perNode);
  throw badInput(
    'PARALLELISM_IMPOSSIBLE',
    `serving "${serving}": ${tensorParallel} GPUs cannot divide the ${shape.attentionHeads} attention heads and ` +
      `${shape.kvHeads} key-value heads of its model`,
    `write gpus: ${gpus.join(', ') || pipelineParallel}`,
  );
}

/**
 * @throws AirlockError (input) naming the serving, what cannot be, and what can
 */
export function checkHardware(request: FitRequest): void {
  checkHeads(request);
  const { serving, engine, shape, kvCacheDtype = 'auto', device } = request;
  const { computeCapability: has, name } = device;
  if (has === undefined) return;
  const quantization = request.quantization ?? shape?.quantization ?? '';
  const capability = has.join('.');
  if (kvCacheDtype.startsWith('fp8') && below(has, FP8)) {
    throw badInput(
      'GPU_LACKS_FORMAT',
      `serving "${serving}": kvCacheDtype ${kvCacheDtype} needs FP8, which compute capability ${capability} of ${name} lacks`,
      'remove kvCacheDtype, or use a pool of Ada, Hopper or newer GPUs',
    );
  }
  // vLLM computes FP8 weights in 16 bits where there is no FP8 (docs.vllm.ai, "FP8 W8A8", Marlin).
  if (/fp8/.test(quantization) && engine !== 'vllm' && below(has, FP8)) {
    throw badInput(
      'GPU_LACKS_FORMAT',
      `serving "${serving}": quantization ${quantization} needs FP8, which compute capability ${capability} of ${name} lacks`,
      'take other weights, vllm, or a pool of Ada, Hopper or newer GPUs',
    );
  }
  if (/nvfp4|modelopt_fp4/.test(quantization) && below(has, NVFP4)) {
    throw badInput(
      'GPU_LACKS_FORMAT',
      `serving "${serving}": quantization ${quantization} needs NVFP4, which compute capability ${capability} of ${name} lacks`,
      'take other weights, or a pool of Blackwell GPUs',
    );
  }
}
