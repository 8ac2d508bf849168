/** The smallest changes of a serving that make it fit, each tried before it is proposed. */
import type { EngineName } from '../../catalog/engines';
import { contextOf, estimate, type FitRequest, HOPEFUL, ownContextOf } from './estimate';
import { possibleTensorParallel } from './hardware';
import { ENGINE_MEMORY } from './memory';

/** Shortest context worth proposing, in tokens, and the steps that people choose from. */
const LEAST_CONTEXT = 2048;
const STEP = 1024;

/** Smaller types of the cache, by engine. */
const SMALLER_CACHE: Readonly<Record<EngineName, 'fp8' | 'q8_0' | undefined>> = {
  vllm: 'fp8',
  sglang: undefined,
  'tensorrt-llm': undefined,
  tgi: undefined,
  'llama.cpp': 'q8_0',
  ollama: 'q8_0',
};

const fits = (request: FitRequest): boolean => estimate(request, HOPEFUL).fits;

/** The longest context that fits, in whole steps and within the model's own; undefined where even a short one does not. */
export function longestContext(request: FitRequest): number | undefined {
  const asked = contextOf(request);
  if (request.shape === undefined || asked === undefined) return undefined;
  const most = Math.min(asked, ownContextOf(request) ?? asked);
  const at = (tokens: number): boolean => fits({ ...request, maxModelLen: tokens });
  let [low, high] = [LEAST_CONTEXT / STEP, Math.floor(most / STEP)];
  if (high < low || !at(low * STEP)) return undefined;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (at(middle * STEP)) low = middle;
    else high = middle - 1;
  }
  return low * STEP;
}

function fewestGpus(request: FitRequest): number | undefined {
  const { engine, gpus, pipelineParallel = 1, device } = request;
  const sizes = ENGINE_MEMORY[engine].tensors
    ? possibleTensorParallel(request, Math.floor(device.perNode / pipelineParallel)).map(
        (size) => size * pipelineParallel,
      )
    : Array.from({ length: device.perNode }, (_, at) => at + 1);
  return sizes.find((size) => size > gpus && fits({ ...request, gpus: size }));
}

/** FP8 needs circuits that older GPUs lack. */
const hasFp8 = ({ device: { computeCapability: [major, minor] = [9, 0] } }: FitRequest): boolean =>
  major > 8 || (major === 8 && minor >= 9);

/** Fields of the serving and their values, as the site would write them; empty where none helps. */
export function changesThatFit(request: FitRequest): string[] {
  const { engine, kvCacheDtype = 'auto', concurrency = 1 } = request;
  const changes: string[] = [];
  const cache = SMALLER_CACHE[engine];
  if (cache !== undefined && kvCacheDtype === 'auto' && (cache !== 'fp8' || hasFp8(request))) {
    if (request.shape !== undefined && fits({ ...request, kvCacheDtype: cache }))
      changes.push(`kvCacheDtype: ${cache}`);
  }
  const context = longestContext(request);
  if (context !== undefined) changes.push(`maxModelLen: ${context}`);
  if (ENGINE_MEMORY[engine].allSequences && concurrency > 1) {
    const fewer = Array.from({ length: concurrency - 1 }, (_, at) => concurrency - 1 - at).find((sequences) =>
      fits({ ...request, concurrency: sequences }),
    );
    if (fewer !== undefined) changes.push(`concurrency: ${fewer}`);
  }
  const gpus = fewestGpus(request);
  if (gpus !== undefined) changes.push(`gpus: ${gpus}`);
  return changes;
}
