/** Side artifacts: files that an engine would fetch from the internet at run time, and that no model repository holds. */
import type { EngineName } from './engines';

/** A file by address and content. */
export interface SideFile {
  /** Name in the lock. */
  readonly name: string;
  readonly url: string;
  readonly sha256: string;
}

/** Files that an engine looks for in one folder. */
export interface SideArtifact {
  /** Name of the set; also of the folder in the pod. */
  readonly name: string;
  /** Environment variable that names the folder. It also turns the download off, so it is set only where the files are. */
  readonly variable: string;
  readonly files: readonly SideFile[];
}

/**
 * Vocabularies of OpenAI's Harmony format, which gpt-oss speaks. Address and hash: openai/harmony
 * src/tiktoken_ext/public_encodings.rs; the same hashes stand in tiktoken 0.14.0, tiktoken_ext/openai_public.py. Without
 * them an engine stops after minutes of warm-up (vllm-project/vllm#22525).
 */
export const HARMONY_VOCABULARIES: SideArtifact = {
  name: 'harmony-vocabularies',
  variable: 'TIKTOKEN_ENCODINGS_BASE',
  files: [
    {
      name: 'tiktoken-cl100k-base',
      url: 'https://openaipublic.blob.core.windows.net/encodings/cl100k_base.tiktoken',
      sha256: '223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7',
    },
    {
      name: 'tiktoken-o200k-base',
      url: 'https://openaipublic.blob.core.windows.net/encodings/o200k_base.tiktoken',
      sha256: '446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d',
    },
  ],
};

/** Every set that the kit knows. */
export const SIDE_ARTIFACTS: readonly SideArtifact[] = [HARMONY_VOCABULARIES];

/** Engines that speak Harmony through openai_harmony; llama.cpp and Ollama have their own. */
const HARMONY_ENGINES: readonly EngineName[] = ['vllm', 'sglang', 'tensorrt-llm'];

/** gpt-oss and what others made of it: the part of a repository's name that all of them keep. */
const HARMONY_MODEL = /gpt[-_]?oss/i;

/**
 * What a serving needs beside its model; a pure function of what the site writes.
 *
 * @param repository Hugging Face repository of the model, owner/name
 */
export const sideArtifacts = (engine: EngineName, repository: string): readonly SideArtifact[] =>
  HARMONY_ENGINES.includes(engine) && HARMONY_MODEL.test(repository) ? [HARMONY_VOCABULARIES] : [];
