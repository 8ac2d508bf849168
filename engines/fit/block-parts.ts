/** FP8 weights with a scale for each block: parts of a tensor-parallel group must hold whole blocks. */
import type { EngineName } from '../../catalog/engines';
import type { LockModelShape } from '../../site/generated/lock';
import type { FitRequest } from './estimate';

/**
 * Engines that stop while they create such weights: vLLM 0.33.0 (`validate_fp8_block_shape` and `validate_fp8_block_shape_moe`
 * in quantization/utils/fp8_utils.py), SGLang 0.5.23 (quantization/fp8.py).
 */
const DEMAND_WHOLE_BLOCKS: ReadonlySet<EngineName> = new Set(['vllm', 'sglang']);

/** A part that holds no whole number of blocks. */
export interface UnevenPart {
  readonly of: 'attention' | 'dense layers' | 'experts' | 'shared experts';
  /** Numbers across all GPUs of the group. */
  readonly width: number;
  readonly block: number;
}

/** Groups among which whole experts are spread, so that fewer GPUs share one. */
function expertParallel(
  { engine, extraArgs = [] }: Pick<FitRequest, 'engine' | 'extraArgs'>,
  tensorParallel: number,
): number {
  if (engine === 'vllm') {
    const last = (flag: string): number => extraArgs.lastIndexOf(flag);
    return last('--enable-expert-parallel') > last('--disable-expert-parallel') ? tensorParallel : 1;
  }
  const words = extraArgs.flatMap((word) => word.split('='));
  const stated = Number(words[words.lastIndexOf('--ep-size') + 1]);
  return words.includes('--ep-size') && Number.isInteger(stated) && stated > 0 ? stated : 1;
}

/** Widths of the projections of attention on one GPU; those of a compressed cache have forms of their own. */
function attentionWidths(
  { attentionHeads, kvHeads, headDim, kvLoraRank, fp8Blocks }: LockModelShape,
  tensorParallel: number,
): number[] {
  if (fp8Blocks?.attention !== true || kvLoraRank !== undefined) return [];
  return [attentionHeads * headDim, Math.max(kvHeads, tensorParallel) * headDim];
}

/**
 * What an engine would refuse to divide among so many GPUs.
 *
 * @param tensorParallel GPUs of a tensor-parallel group
 */
export function unevenParts(
  request: Pick<FitRequest, 'engine' | 'shape' | 'extraArgs'>,
  tensorParallel: number,
): UnevenPart[] {
  const { engine, shape } = request;
  const blocks = shape?.fp8Blocks;
  if (shape === undefined || blocks === undefined || tensorParallel === 1 || !DEMAND_WHOLE_BLOCKS.has(engine))
    return [];
  const { rows, columns, dense, experts, sharedExperts } = blocks;
  const widths: readonly (readonly [UnevenPart['of'], number | undefined, number])[] = [
    ...attentionWidths(shape, tensorParallel).map((width) => ['attention', width, tensorParallel] as const),
    ['dense layers', dense, tensorParallel],
    ['experts', experts, tensorParallel / expertParallel(request, tensorParallel)],
    ['shared experts', sharedExperts, tensorParallel],
  ];
  return widths.flatMap(([of, width, parts]) =>
    width === undefined
      ? []
      : [rows, columns]
          .filter((block) => (width / parts) % block !== 0)
          .slice(0, 1)
          .map((block) => ({ of, width, block })),
  );
}
