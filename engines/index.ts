/** Engines by the name that the site writes. */
import type { EngineName } from '../catalog/engines';
import type { Engine } from './contract';
import { llamaCpp } from './llama-cpp';
import { vllm } from './vllm';

export const ENGINES: Readonly<Record<EngineName, Engine>> = { vllm, 'llama.cpp': llamaCpp };
