/**
 * Serving engines: one typed contract each, and whether a model fits the memory of its GPUs.
 *
 * @packageDocumentation
 */
import type { EngineName } from '../catalog/engines';
import type { Engine } from './contract';
import { llamaCpp } from './llama-cpp';
import { ollama } from './ollama';
import { sglang } from './sglang';
import { tensorrtLlm } from './tensorrt-llm';
import { tgi } from './tgi';
import { vllm } from './vllm';

export type { ArgumentForm, ArgumentForms, ValueForm } from './argument-form';
export type {
  AdapterFiles,
  Engine,
  EngineBuild,
  EngineGroup,
  EngineOptions,
  EngineProbe,
  EngineRequest,
  EngineSpec,
  KvCacheDtype,
  Limits,
  ModelFile,
  ServedPaths,
  WritableDirectory,
} from './contract';
export type { Estimate } from './fit/estimate';
export { checkFit, fit, type Fit, type FitDevice, type FitRequest, type FitVerdict, type Overrule } from './fit/fit';
export { fitDevice, fitRequest } from './fit/request';
export { checkCapacity, checkDriver, checkMemoryFraction, checkTogether, type PoolPlaces, type Want } from './pool';
export type { ServingRequest } from './serving';
export type { PodFile, ServedAdapter, ServedArtifact, ServedModel, WeightsWay } from './weights/content';
export { WEIGHT_FLOW } from './weights/flows';
export { type MirroredContent, WEIGHT_MIRROR_URL } from './weights/mirror';
export type { WeightSource } from './weights/source';

/** Every engine, by the name that the site writes. */
export const ENGINES: Readonly<Record<EngineName, Engine>> = {
  vllm,
  sglang,
  'tensorrt-llm': tensorrtLlm,
  'llama.cpp': llamaCpp,
  tgi,
  ollama,
};
