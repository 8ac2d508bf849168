/** Which GGUF file of a locked model to load. */
import { badInput } from '../core/errors';
import type { EngineRequest, ModelFile } from './contract';

/** ggml-org/llama.cpp tools/gguf-split: `<prefix>-00001-of-00003.gguf`; the loader finds the rest from the first. */
const SHARD = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/;

export interface GgufChoice {
  /** The file to name: the only one, or the first of a split. */
  readonly path: string;
  /** Bytes of all its parts. */
  readonly bytes: number;
}

const shardName = (prefix: string, at: number, count: string): string =>
  `${prefix}-${String(at).padStart(5, '0')}-of-${count}.gguf`;

function choiceOf(path: string, files: readonly ModelFile[], serving: string): GgufChoice {
  const size = (wanted: string): number => {
    const file = files.find((candidate) => candidate.path === wanted);
    if (file === undefined) {
      throw badInput(
        'MODEL_FILE_MISSING',
        `serving "${serving}": the locked model has no ${wanted}`,
        'include every part of the split',
      );
    }
    return file.size;
  };
  const [, prefix, , count] = SHARD.exec(path) ?? [];
  if (prefix === undefined || count === undefined) return { path, bytes: size(path) };
  let bytes = 0;
  for (let at = 1; at <= Number(count); at += 1) bytes += size(shardName(prefix, at, count));
  return { path: shardName(prefix, 1, count), bytes };
}

/** Whether a file is a multimodal projector, by the name that llama.cpp's converter gives it (convert_hf_to_gguf.py, `--mmproj`). */
export const isProjector = (file: string): boolean => /(?:^|\/)mmproj[^/]*\.gguf$/i.test(file);

/**
 * The file named by the site, else the only candidate. Parts of one split count as one; multimodal projectors
 * (`mmproj*.gguf`) are not models.
 *
 * @throws AirlockError (input) when there is none, several, an unknown one, or a split with a part missing
 */
export function chooseGguf({ serving, files, file }: Pick<EngineRequest, 'serving' | 'files' | 'file'>): GgufChoice {
  const all = files.map(({ path }) => path).filter((path) => path.endsWith('.gguf'));
  const candidates = all
    .filter((path) => !isProjector(path))
    .filter((path) => (SHARD.exec(path)?.[2] ?? '00001') === '00001')
    .sort();
  const choices = candidates.join(', ') || 'none';
  if (file !== undefined) {
    if (!all.includes(file)) {
      throw badInput(
        'MODEL_FILE_MISSING',
        `serving "${serving}": the locked model has no file "${file}"`,
        `its GGUF files: ${choices}`,
      );
    }
    return choiceOf(file, files, serving);
  }
  const [only, second] = candidates;
  if (only === undefined) {
    throw badInput(
      'MODEL_FILE_MISSING',
      `serving "${serving}": its engine loads GGUF, and the locked model has none`,
      'include a .gguf file in the model, or serve its safetensors with vllm or sglang',
    );
  }
  if (second !== undefined) {
    throw badInput(
      'MODEL_FILE_AMBIGUOUS',
      `serving "${serving}": the locked model has ${candidates.length} GGUF files`,
      `name one as "file" of the serving: ${choices}`,
    );
  }
  return choiceOf(only, files, serving);
}
