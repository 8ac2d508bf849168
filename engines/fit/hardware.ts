/** What no amount of memory mends: widths that cannot be divided, numbers that the GPU has no circuits for. */
import type { EngineName } from '../../catalog/engines';
import { badInput } from '../../core/errors';
import type { LockModelShape } from '../../site/generated/lock';
import { type UnevenPart, unevenParts } from './block-parts';
import { type FitRequest, layoutOf } from './estimate';
import { ENGINE_MEMORY } from './memory';
import { checkFormats } from './number-formats';

/** Whether a tensor-parallel group of so many GPUs can divide the heads of a model. */
const dividesHeads = ({ attentionHeads, kvHeads }: LockModelShape, size: number): boolean =>
  attentionHeads % size === 0 && (kvHeads % size === 0 || size % kvHeads === 0);

/** Numbers of GPUs among which an engine can divide a model, up to a bound. */
export const possibleTensorParallel = (
  request: Pick<FitRequest, 'engine' | 'shape' | 'extraArgs'>,
  most: number,
): number[] =>
  Array.from({ length: most }, (_, at) => at + 1).filter(
    (size) =>
      request.shape === undefined || (dividesHeads(request.shape, size) && unevenParts(request, size).length === 0),
  );

/** GPUs of a replica on one node, as the fix of a message names them. */
function possibleGpus(request: FitRequest): string {
  const { pipelineParallel = 1, device } = request;
  const sizes = possibleTensorParallel(request, Math.floor(device.perNode / pipelineParallel));
  return sizes.map((size) => size * pipelineParallel).join(', ') || String(pipelineParallel);
}

function checkHeads(request: FitRequest, shape: LockModelShape, tensorParallel: number): void {
  if (dividesHeads(shape, tensorParallel)) return;
  throw badInput(
    'PARALLELISM_IMPOSSIBLE',
    `serving "${request.serving}": ${tensorParallel} GPUs cannot divide the ${shape.attentionHeads} attention heads and ` +
      `${shape.kvHeads} key-value heads of its model`,
    `write gpus: ${possibleGpus(request)}`,
  );
}

/** What spreads whole experts over the GPUs of a group, as the site would write it. */
const EXPERT_PARALLEL: Readonly<Partial<Record<EngineName, (tensorParallel: number) => string>>> = {
  vllm: () => '--enable-expert-parallel',
  sglang: (tensorParallel) => `--ep-size, "${tensorParallel}"`,
};

const inWords = (parts: readonly UnevenPart[], tensorParallel: number): string =>
  parts.map(({ of, width, block }) => `${of}: ${width} / ${tensorParallel} in blocks of ${block}`).join('; ');

function checkBlocks(request: FitRequest, tensorParallel: number): void {
  const { serving, engine } = request;
  const uneven = unevenParts(request, tensorParallel);
  if (uneven.length === 0) return;
  const spread = uneven.every(({ of }) => of === 'experts') ? EXPERT_PARALLEL[engine]?.(tensorParallel) : undefined;
  throw badInput(
    'PARALLELISM_IMPOSSIBLE',
    `serving "${serving}": ${tensorParallel} GPUs cannot divide the FP8 weights of its model into whole blocks, which ` +
      `${engine} demands (${inWords(uneven, tensorParallel)})`,
    `write gpus: ${possibleGpus(request)}${spread === undefined ? '' : `, or extraArgs: [${spread}]`}`,
  );
}

/**
 * @throws AirlockError (input) naming the serving, what cannot be, and what can
 */
export function checkHardware(request: FitRequest): void {
  const { engine, shape } = request;
  if (shape !== undefined && ENGINE_MEMORY[engine].tensors) {
    const { tensorParallel } = layoutOf(request);
    checkHeads(request, shape, tensorParallel);
    checkBlocks(request, tensorParallel);
  }
  checkFormats(request);
}
