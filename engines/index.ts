/** Engines by the name that the site writes. */
import type { EngineName } from '../catalog/engines';
import type { Engine } from './contract';
import { llamaCpp } from './llama-cpp';
import { ollama } from './ollama';
import { sglang } from './sglang';
import { tensorrtLlm } from './tensorrt-llm';
import { tgi } from './tgi';
import { vllm } from './vllm';

export const ENGINES: Readonly<Record<EngineName, Engine>> = {
  vllm,
  sglang,
  'tensorrt-llm': tensorrtLlm,
  'llama.cpp': llamaCpp,
  tgi,
  ollama,
};
