/** What an SGLang server answers: it generates, or embeds (sgl-project/sglang srt/configs/model_config.py, is_generation_model). */
import type { EngineRequest, ServedPaths } from './contract';
import {
  CHAT,
  COMPLETIONS,
  doesOf,
  EMBEDDINGS,
  flagsOf,
  RESPONSES,
  served,
  taskOf,
  unknownPaths,
} from './serving-paths';

/** Architectures that embed without being told. */
const EMBEDS = ['BertModel', 'CLIPModel', 'Contriever', 'LlamaEmbeddingModel', 'MistralModel', 'XLMRobertaModel'];

export function sglangPaths(request: EngineRequest): ServedPaths {
  const { shape, described, extraArgs } = request;
  const { architecture = '' } = shape ?? described ?? {};
  const embeds = flagsOf(extraArgs).has('--is-embedding') || EMBEDS.includes(architecture);
  const task = taskOf(request);
  if (task === undefined)
    return unknownPaths(
      request,
      'take a model whose architecture is known, or vllm with extraArgs: [--runner, generate]',
    );
  if (task === 'rate' || task === 'transcribe')
    return served([], `its model ${doesOf(task)}`, 'no workflow offers that of sglang: name another serving');
  if (embeds)
    return served([EMBEDDINGS], 'sglang embeds with it and does nothing else', 'name a serving whose model generates');
  if (task === 'embed')
    return served([], 'its model embeds text, and sglang is not told so', 'write extraArgs: [--is-embedding]');
  return served(
    [CHAT, COMPLETIONS, RESPONSES],
    'sglang generates with it, and does one kind of work at a time',
    'remove it from paths; for embeddings, name a serving of their own with an embedding model',
  );
}
