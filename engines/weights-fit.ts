/** Whether a model's weights can fit the accelerators at all: the part of the sizing that the lock alone proves. */
import { checkFailed } from '../core/errors';
import { GIB } from './contract';

/** Contexts, libraries and activations beside the weights, GiB: the least that published start-up logs show. */
const OVERHEAD_GIB = 1.2;
/** Share of the memory that an engine takes (vLLM, --gpu-memory-utilization: its default). */
const UTILIZATION = 0.92;

const gib = (value: number): string => `${value.toFixed(2)} GiB`;

export interface WeightsFit {
  readonly serving: string;
  readonly weightBytes: number;
  /** GPUs of one replica. */
  readonly gpus: number;
  /** Memory of one GPU, GiB. */
  readonly memoryGiB: number;
}

/**
 * The key-value cache comes on top, so passing is necessary, not sufficient.
 *
 * @throws AirlockError (check) with the arithmetic, when the weights alone exceed the memory
 */
export function checkWeightsFit({ serving, weightBytes, gpus, memoryGiB }: WeightsFit): void {
  const perGpu = weightBytes / GIB / gpus;
  const usable = memoryGiB * UTILIZATION;
  if (perGpu + OVERHEAD_GIB <= usable) return;
  throw checkFailed(
    `serving "${serving}" cannot fit: ${gib(weightBytes / GIB)} of weights / ${gpus} GPUs = ${gib(perGpu)}, ` +
      `plus ${gib(OVERHEAD_GIB)} overhead, exceed ${gib(memoryGiB)} × ${UTILIZATION} = ${gib(usable)} per GPU`,
    `raise gpus to at least ${Math.ceil(weightBytes / GIB / (usable - OVERHEAD_GIB))}, or take a smaller model`,
  );
}
