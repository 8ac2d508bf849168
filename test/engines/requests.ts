/** Requests to vary in tests of engines. */
import type { EngineName } from '../../catalog/engines';
import type { EngineRequest, ModelFile } from '../../engines/contract';

/** A version that each engine serves as it stands, without an image of the site's own. */
export const VERSIONS: Readonly<Record<EngineName, string>> = {
  vllm: '0.27.1',
  sglang: '0.5.20',
  'tensorrt-llm': '1.2.1',
  'llama.cpp': 'b10068',
  tgi: '3.0.2',
  ollama: '0.32.15',
};

export const file = (path: string, size = 10): ModelFile => ({ path, size });

export const request = (change: Partial<EngineRequest> = {}): EngineRequest => ({
  serving: 'chat',
  version: '0.27.1',
  modelPath: '/models/m',
  servedName: 'chat',
  files: [file('config.json'), file('model.safetensors', 100), file('m.gguf', 200)],
  gpus: 1,
  described: { source: 'config.json', architecture: 'LlamaForCausalLM' },
  ...change,
});

/** The value that follows a flag, or undefined. */
export function valueOf(args: readonly string[], flag: string): string | undefined {
  const at = args.indexOf(flag);
  return at < 0 ? undefined : args[at + 1];
}
