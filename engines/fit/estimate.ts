/** What one GPU of a replica must hold, and what it has: twice, by hopeful and by careful constants. */
import type { EngineName } from '../../catalog/engines';
import type { LockModelShape } from '../../site/generated/lock';
import { GIB, type KvCacheDtype } from '../contract';
import { ENGINE_MEMORY, kvBytesOf, kvBytesOfSequence, kvBytesPerToken, type Layout } from './memory';

/** What the GPUs of a replica are. */
export interface FitDevice {
  /** What holds them, for messages: `pool "h100"`. */
  readonly name: string;
  /** Memory of one unit, GiB. */
  readonly memoryGiB: number;
  /** Units of one node that a replica may have. */
  readonly perNode: number;
  /**
   * Whether the memory of a unit is already its share, as with turns on a GPU.
   *
   * @default false
   */
  readonly shared?: boolean;
  /**
   * @default - unknown, and nothing is refused for it
   */
  readonly computeCapability?: readonly [number, number];
}

export interface FitRequest {
  /** Name of the serving, for messages. */
  readonly serving: string;
  readonly engine: EngineName;
  /** Bytes of the weights that the engine loads. */
  readonly weightBytes: number;
  /**
   * @default - unknown: then weights alone are held against the memory
   */
  readonly shape?: LockModelShape;
  /** GPUs of a replica on one node. */
  readonly gpus: number;
  /**
   * @default 1
   */
  readonly pipelineParallel?: number;
  /**
   * @default 1
   */
  readonly nodes?: number;
  /**
   * Tokens of one sequence.
   *
   * @default - 8192 with llama.cpp and Ollama, else the longest that the model states
   */
  readonly maxModelLen?: number;
  /**
   * Sequences at a time.
   *
   * @default 1
   */
  readonly concurrency?: number;
  /**
   * @default 'auto'
   */
  readonly kvCacheDtype?: KvCacheDtype;
  /**
   * Share of a GPU's memory that the engine may take.
   *
   * @default - the engine's own
   */
  readonly memoryFraction?: number;
  /**
   * Quantization method that the site names.
   *
   * @default - what the model states
   */
  readonly quantization?: string;
  /**
   * Bytes of LoRA adapters.
   *
   * @default 0
   */
  readonly adapterBytes?: number;
  readonly device: FitDevice;
}

/** Constants of an estimate. */
export interface Assumptions {
  /** Bytes in memory for each byte on disk. */
  readonly expand: number;
  /** Contexts, libraries, graphs and activations, GiB. */
  readonly overheadGiB: number;
  /** Further overhead as a share of the weights of a GPU. */
  readonly overheadShare: number;
  /** Most of a GPU's memory that the estimate trusts an engine with. */
  readonly share: number;
}

/** The least that published start-up logs show; what exceeds it cannot start. */
export const HOPEFUL: Assumptions = { expand: 1, overheadGiB: 1.2, overheadShare: 0, share: 1 };

/** Layers of MXFP4 are unpacked in part: 34.4 GiB for 30.4 GiB on disk in a published log. */
const MXFP4_EXPAND = 1.13;

/** What KAITO's estimator sets aside before it provisions a node (kaito-project/kaito, presets/workspace/generator). */
export const careful = (shape: LockModelShape | undefined): Assumptions => ({
  expand: shape?.quantization === 'mxfp4' ? MXFP4_EXPAND : 1.02,
  overheadGiB: 2.3,
  overheadShare: 0.05,
  share: 0.84,
});

export interface Estimate {
  /** All of one GPU, GiB. */
  readonly weightsGiB: number;
  readonly overheadGiB: number;
  readonly cacheGiB: number;
  readonly needGiB: number;
  readonly haveGiB: number;
  /** Share of the memory that `haveGiB` is. */
  readonly share: number;
  readonly fits: boolean;
}

const DEFAULT_CONTEXT = 8192;

export const layoutOf = ({ engine, gpus, pipelineParallel = 1, nodes = 1 }: FitRequest): Layout =>
  ENGINE_MEMORY[engine].tensors
    ? { tensorParallel: gpus / pipelineParallel, pipelineParallel: pipelineParallel * nodes }
    : { tensorParallel: 1, pipelineParallel: gpus * nodes };

/** Tokens of a sequence; undefined where neither site nor model says. */
export const contextOf = ({ engine, maxModelLen, shape }: FitRequest): number | undefined =>
  maxModelLen ?? (ENGINE_MEMORY[engine].allSequences ? DEFAULT_CONTEXT : shape?.maxPositionEmbeddings);

/** Sequences whose cache must be there at once: one is enough for engines that hand it out as it is needed. */
export const sequencesOf = ({ engine, concurrency = 1 }: FitRequest): number =>
  ENGINE_MEMORY[engine].allSequences ? concurrency : 1;

export const kvPerTokenOf = (request: FitRequest): number | undefined =>
  request.shape === undefined
    ? undefined
    : kvBytesPerToken(request.shape, kvBytesOf(request.kvCacheDtype, request.shape.dtype), layoutOf(request));

function cacheBytes(request: FitRequest): number {
  const { shape, kvCacheDtype } = request;
  const tokens = contextOf(request);
  if (shape === undefined || tokens === undefined) return 0;
  const one = kvBytesOfSequence(shape, tokens, kvBytesOf(kvCacheDtype, shape.dtype), layoutOf(request));
  return one * sequencesOf(request);
}

export function estimate(request: FitRequest, assumptions: Assumptions): Estimate {
  const { engine, weightBytes, adapterBytes = 0, memoryFraction, device } = request;
  const { share: own, cacheShare } = ENGINE_MEMORY[engine];
  const { tensorParallel, pipelineParallel } = layoutOf(request);
  const weightsGiB = ((weightBytes * assumptions.expand) / (tensorParallel * pipelineParallel) + adapterBytes) / GIB;
  const overheadGiB = assumptions.overheadGiB + assumptions.overheadShare * weightsGiB;
  const stated = cacheShare === 1 ? (memoryFraction ?? own) : own;
  const ofRest = cacheShare === 1 ? 1 : (memoryFraction ?? cacheShare);
  const cacheGiB = cacheBytes(request) / GIB / ofRest;
  const share = device.shared === true ? 1 : Math.min(stated, assumptions.share);
  const haveGiB = device.memoryGiB * share;
  const needGiB = weightsGiB + overheadGiB + cacheGiB;
  return { weightsGiB, overheadGiB, cacheGiB, needGiB, haveGiB, share, fits: needGiB <= haveGiB };
}
