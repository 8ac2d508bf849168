/** What the engines' own images lack on Blackwell without the internet. */
import { badInput } from '../core/errors';
import type { EngineRequest } from './contract';

/** First CUDA release that knows Blackwell (NVIDIA, "Blackwell Compatibility Guide"). */
const FIRST_CUDA = [12, 8] as const;

const WHY = 'FlashInfer would download its kernels for Blackwell (flashinfer-ai/flashinfer#2941)';

/** Whether an engine's own image runs on Blackwell. */
const concerned = ({ computeCapability, derivedImage }: EngineRequest): boolean =>
  computeCapability !== undefined && computeCapability[0] >= 10 && derivedImage !== true;

/** @throws AirlockError (input) when the image's CUDA is older than Blackwell */
function checkBlackwellCuda({ serving }: EngineRequest, cuda: string | undefined): void {
  if (cuda === undefined) return;
  const [major = 0, minor = 0] = cuda.split('.').map(Number);
  if (major > FIRST_CUDA[0] || (major === FIRST_CUDA[0] && minor >= FIRST_CUDA[1])) return;
  throw badInput(
    `serving "${serving}" has an image of CUDA ${cuda}, which knows no Blackwell GPUs`,
    `take one of CUDA ${FIRST_CUDA.join('.')} or newer`,
  );
}

/**
 * For engines that fall back to slower kernels.
 *
 * @throws AirlockError (input) when the image's CUDA is older than Blackwell
 */
export function blackwellWarnings(request: EngineRequest, cuda: string | undefined): string[] {
  if (!concerned(request)) return [];
  checkBlackwellCuda(request, cuda);
  return [`${WHY}; without them it takes slower ones: name an image that holds them as engine.image`];
}

/**
 * For engines that do not start without the kernels.
 *
 * @throws AirlockError (input) on Blackwell, unless the site names an image of its own making
 */
export function refuseBlackwell(request: EngineRequest, cuda: string | undefined): void {
  if (!concerned(request)) return;
  checkBlackwellCuda(request, cuda);
  throw badInput(
    `serving "${request.serving}": ${WHY}, and does not start without them`,
    'derive an image that holds flashinfer-cubin of the same version, and name it as engine.image',
  );
}
