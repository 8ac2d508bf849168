/** What one GPU of a replica must hold, and what it has: twice, by hopeful and by careful constants. */
import type { EngineName } from '../../catalog/engines';
import type { LockModelShape } from '../../site/generated/lock';
import { defaultContext } from '../context';
import { GIB, type KvCacheDtype } from '../contract';
import {
  ENGINE_MEMORY,
  kvBytesOf,
  kvBytesOfSequence,
  kvBytesPerToken,
  type Layout,
  stateBytesOfSequence,
} from './memory';

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

/** What is to fit where. */
export interface FitRequest {
  /** Name of the serving, for messages. */
  readonly serving: string;
  readonly engine: EngineName;
  /** Bytes of the weights that the engine loads. */
  readonly weightBytes: number;
  /**
   * @default - not understood: then weights alone are held against the memory, and the verdict is unknown at best
   */
  readonly shape?: LockModelShape;
  /**
   * What is not understood of the shape, where there is none.
   *
   * @default - nothing is recorded
   */
  readonly notUnderstood?: readonly string[];
  /**
   * Longest context of the model in tokens, where its shape is not understood.
   *
   * @default - what the shape says
   */
  readonly ownContext?: number;
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
   * @default - 8192 with llama.cpp and Ollama, or what the model has where that is less; else the model's own
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
   * Further arguments of the engine, as the site writes them.
   *
   * @default - none
   */
  readonly extraArgs?: readonly string[];
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
  /** Bytes of one number in the state of a recurrent layer: engines keep it in the model's type, or in 32 bits. */
  readonly stateNumberBytes: number;
  /** Most of a GPU's memory that the estimate trusts an engine with. */
  readonly share: number;
}

/** The least that published start-up logs show; what exceeds it cannot start. */
export const HOPEFUL: Assumptions = {
  expand: 1,
  overheadGiB: 1.2,
  overheadShare: 0,
  stateNumberBytes: 2,
  share: 1,
};

/** Layers of MXFP4 are unpacked in part: 34.4 GiB for 30.4 GiB on disk in a published log. */
const MXFP4_EXPAND = 1.13;

/** What KAITO's estimator sets aside before it provisions a node (kaito-project/kaito, presets/workspace/generator). */
export const careful = (shape: LockModelShape | undefined): Assumptions => ({
  expand: shape?.quantization === 'mxfp4' ? MXFP4_EXPAND : 1.02,
  overheadGiB: 2.3,
  overheadShare: 0.05,
  stateNumberBytes: 4,
  share: 0.84,
});

/** Bytes that a replica needs on each GPU, under some assumptions. */
export interface Estimate {
  /** All of one GPU, GiB. */
  readonly weightsGiB: number;
  readonly overheadGiB: number;
  readonly cacheGiB: number;
  /** What sequences hold beside the cache of their tokens. */
  readonly stateGiB: number;
  readonly needGiB: number;
  readonly haveGiB: number;
  /** Share of the memory that `haveGiB` is. */
  readonly share: number;
  readonly fits: boolean;
}

export const layoutOf = ({ engine, gpus, pipelineParallel = 1, nodes = 1 }: FitRequest): Layout =>
  ENGINE_MEMORY[engine].tensors
    ? { tensorParallel: gpus / pipelineParallel, pipelineParallel: pipelineParallel * nodes }
    : { tensorParallel: 1, pipelineParallel: gpus * nodes };

/** The longest context that the model was made for, in tokens; undefined where it does not say. */
export const ownContextOf = ({ shape, ownContext }: FitRequest): number | undefined =>
  shape?.maxPositionEmbeddings ?? ownContext;

/** Tokens of a sequence; undefined where neither site nor model says. */
export function contextOf(request: FitRequest): number | undefined {
  const { engine, maxModelLen } = request;
  const own = ownContextOf(request);
  return maxModelLen ?? (ENGINE_MEMORY[engine].allSequences ? defaultContext(own) : own);
}

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

function stateBytes(request: FitRequest, numberBytes: number): number {
  const { shape } = request;
  return shape === undefined ? 0 : stateBytesOfSequence(shape, numberBytes, layoutOf(request)) * sequencesOf(request);
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
  const stateGiB = stateBytes(request, assumptions.stateNumberBytes) / GIB / ofRest;
  const share = device.shared === true ? 1 : Math.min(stated, assumptions.share);
  const haveGiB = device.memoryGiB * share;
  const needGiB = weightsGiB + overheadGiB + cacheGiB + stateGiB;
  return { weightsGiB, overheadGiB, cacheGiB, stateGiB, needGiB, haveGiB, share, fits: needGiB <= haveGiB };
}
