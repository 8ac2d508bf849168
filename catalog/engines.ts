/** Serving engines: where their images come from. Arguments and probes are contracts in `engines/`. */
import { badInput } from '../core/errors';

/** What an engine's image must drive; `none` is a CPU pool. */
export type AcceleratorVendor = 'nvidia' | 'none';

export type EngineName = 'vllm' | 'llama.cpp';

interface EngineImages {
  /** Image reference by accelerator vendor; `{version}` stands for the version written in the site. */
  readonly images: Readonly<Partial<Record<AcceleratorVendor, string>>>;
}

/**
 * vLLM: https://docs.vllm.ai, "Using Docker". llama.cpp: ggml-org/llama.cpp docs/docker.md.
 */
export const ENGINE_IMAGES: Readonly<Record<EngineName, EngineImages>> = {
  vllm: { images: { nvidia: 'docker.io/vllm/vllm-openai:v{version}' } },
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
    throw badInput(`engine ${engine} has no image for accelerator vendor "${vendor}"`, `use a pool with: ${kinds}`);
  }
  return template.replace('{version}', version);
}
