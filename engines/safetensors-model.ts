/** The weights of a model as Python engines load them: safetensors beside config.json, at the root. */
import type { EngineName } from '../catalog/engines';
import { badInput } from '../core/errors';
import type { EngineRequest } from './contract';

/**
 * Bytes of the safetensors at the root of the model; other folders hold the same weights in other forms.
 *
 * @throws AirlockError (input) when the model has none, or no config.json
 */
export function safetensorsBytes(
  engine: EngineName,
  { serving, files }: Pick<EngineRequest, 'serving' | 'files'>,
): number {
  const weights = files.filter(({ path }) => !path.includes('/') && path.endsWith('.safetensors'));
  if (weights.length === 0) {
    const gguf = files.some(({ path }) => path.endsWith('.gguf'));
    throw badInput(
      'MODEL_FILE_MISSING',
      `serving "${serving}": ${engine} loads safetensors, and the locked model has none`,
      gguf
        ? 'serve its GGUF with llama.cpp or ollama, or take the safetensors of the model'
        : 'include *.safetensors in the model',
    );
  }
  if (!files.some(({ path }) => path === 'config.json')) {
    throw badInput(
      'MODEL_FILE_MISSING',
      `serving "${serving}": ${engine} needs config.json, and the locked model lacks it`,
      'include config.json in the model',
    );
  }
  return weights.reduce((sum, file) => sum + file.size, 0);
}
