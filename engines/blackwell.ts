/** What the engines' own images lack on Blackwell without the internet. */
import { badInput } from '../core/errors';
import type { EngineRequest } from './contract';
import { atLeast } from './version';

/** First CUDA release that knows Blackwell (NVIDIA, "Blackwell Compatibility Guide"). */
const FIRST_CUDA = [12, 8] as const;

const WHY = 'FlashInfer would download its kernels for Blackwell (flashinfer-ai/flashinfer#2941)';

/** Whether an engine's own image runs on Blackwell. */
const concerned = ({ computeCapability, derivedImage }: EngineRequest): boolean =>
  computeCapability !== undefined && computeCapability[0] >= 10 && derivedImage !== true;

/**
 * vLLM's own images have the package of the kernels (requirements/cuda.txt; vllm-project/vllm#26443, and #46517, which ran
 * one without a network). The wheels on PyPI do not since FlashInfer 0.6.14, so images made of those may lack it.
 */
const vllmHoldsKernels = (version: string): boolean => atLeast(version, [0, 12]);

/** SGLang installs the package with its own (`Requires-Dist: flashinfer_cubin` of its wheels) from 0.5.5 to 0.5.15. */
function sglangHoldsKernels(version: string): boolean {
  const patch = Number(/^v?0\.5\.(\d+)/.exec(version)?.[1] ?? NaN);
  return patch >= 5 && patch <= 15;
}

/** @throws AirlockError (input) when the image's CUDA is older than Blackwell */
function checkBlackwellCuda({ serving }: EngineRequest, cuda: string | undefined): void {
  if (cuda === undefined) return;
  const [major = 0, minor = 0] = cuda.split('.').map(Number);
  if (major > FIRST_CUDA[0] || (major === FIRST_CUDA[0] && minor >= FIRST_CUDA[1])) return;
  throw badInput(
    'CUDA_INCOMPATIBLE',
    `serving "${serving}" has an image of CUDA ${cuda}, which knows no Blackwell GPUs`,
    `take one of CUDA ${FIRST_CUDA.join('.')} or newer`,
  );
}

/**
 * What vLLM does on Blackwell: without the kernels it falls back to slower ones.
 *
 * @throws AirlockError (input) when the image's CUDA is older than Blackwell
 */
export function blackwellWarnings(request: EngineRequest, cuda: string | undefined): string[] {
  if (!concerned(request)) return [];
  checkBlackwellCuda(request, cuda);
  if (vllmHoldsKernels(request.version)) return [];
  return [`${WHY}; without them it takes slower ones: name an image that holds them as engine.image`];
}

/**
 * What SGLang does on Blackwell: it does not start without the kernels.
 *
 * @throws AirlockError (input) for an image that lacks them, or whose CUDA is older than Blackwell
 */
export function refuseBlackwell(request: EngineRequest, cuda: string | undefined): void {
  if (!concerned(request)) return;
  checkBlackwellCuda(request, cuda);
  if (sglangHoldsKernels(request.version)) return;
  throw badInput(
    'ENGINE_IMAGE_UNSUITABLE',
    `serving "${request.serving}": ${WHY}, and does not start without them`,
    'derive an image that holds flashinfer-cubin of the same version, and name it as engine.image',
  );
}
