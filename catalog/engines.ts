/** Serving engines: where their images come from. Arguments and probes are contracts in `engines/`. */
import { badInput } from '../core/errors';

/** What an engine's image must drive; `none` is a CPU pool. */
export type AcceleratorVendor = 'nvidia' | 'none';

/** Serving engines, as the site writes them. */
export type EngineName = 'vllm' | 'sglang' | 'tensorrt-llm' | 'llama.cpp' | 'tgi' | 'ollama';

interface EngineImages {
  /** Image reference by accelerator vendor; `{version}` stands for the version written in the site. */
  readonly images: Readonly<Partial<Record<AcceleratorVendor, string>>>;
}

/**
 * vLLM: https://docs.vllm.ai, "Using Docker". SGLang: https://docs.sglang.ai, "Install SGLang". TensorRT-LLM: NVIDIA's
 * catalog, "TensorRT-LLM Release". llama.cpp: ggml-org/llama.cpp docs/docker.md. TGI:
 * huggingface/text-generation-inference README. Ollama: ollama/ollama docs, "Docker".
 */
export const ENGINE_IMAGES: Readonly<Record<EngineName, EngineImages>> = {
  vllm: { images: { nvidia: 'docker.io/vllm/vllm-openai:v{version}' } },
  sglang: { images: { nvidia: 'docker.io/lmsysorg/sglang:v{version}' } },
  'tensorrt-llm': { images: { nvidia: 'nvcr.io/nvidia/tensorrt-llm/release:{version}' } },
  tgi: { images: { nvidia: 'ghcr.io/huggingface/text-generation-inference:{version}' } },
  // One image for both: it looks for GPUs when it starts.
  ollama: { images: { nvidia: 'docker.io/ollama/ollama:{version}', none: 'docker.io/ollama/ollama:{version}' } },
  'llama.cpp': {
    images: {
      nvidia: 'ghcr.io/ggml-org/llama.cpp:server-cuda-{version}',
      none: 'ghcr.io/ggml-org/llama.cpp:server-{version}',
    },
  },
};

/**
 * Reference of the image that runs an engine on a pool.
 *
 * @throws AirlockError (input) when the engine has no image for that kind of pool.
 */
export function engineImage(engine: EngineName, version: string, vendor: AcceleratorVendor): string {
  const template = ENGINE_IMAGES[engine].images[vendor];
  if (template === undefined) {
    const kinds = Object.keys(ENGINE_IMAGES[engine].images).join(', ');
    throw badInput(
      'ENGINE_IMAGE_UNSUITABLE',
      `engine ${engine} has no image for accelerator vendor "${vendor}"`,
      `use a pool with: ${kinds}`,
    );
  }
  return template.replace('{version}', version);
}
