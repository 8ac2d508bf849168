/** What a vLLM server answers: it runs one model in one mode (docs.vllm.ai, "Generative Models", "Pooling Models"). */
import type { ModelTask } from '../catalog/model-tasks';
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
import { atLeast } from './version';

/** Values of --task, which later servers replace by --runner and --convert (vllm/config/model.py, TaskOption). */
const TASKS: Readonly<Record<string, ModelTask>> = {
  generate: 'generate',
  embed: 'embed',
  embedding: 'embed',
  classify: 'rate',
  score: 'rate',
  reward: 'rate',
  transcription: 'transcribe',
};
/** Values of --convert, which make a pooling model of another (ConvertOption). */
const CONVERTS: Readonly<Record<string, ModelTask>> = { embed: 'embed', classify: 'rate', reward: 'rate' };

/** What the server does with its model; undefined where nobody knows (ModelConfig._get_runner_type, _get_convert_type). */
function modeOf({ runner, convert, task }: Readonly<Record<'runner' | 'convert' | 'task', string>>, made?: ModelTask) {
  if (task !== 'auto') return TASKS[task];
  if (runner === 'generate') return made === 'transcribe' ? made : 'generate';
  if (convert !== 'auto' && convert !== 'none') return CONVERTS[convert];
  // Without --convert, a model that generates embeds.
  if (runner === 'pooling') return made === 'generate' ? 'embed' : made === 'transcribe' ? undefined : made;
  return runner === 'auto' ? made : undefined;
}

export function vllmPaths(request: EngineRequest): ServedPaths {
  const flags = flagsOf(request.extraArgs);
  const value = (flag: string): string => flags.valueOf(flag) ?? 'auto';
  const given = { runner: value('--runner'), convert: value('--convert'), task: value('--task') };
  const mode = modeOf(given, taskOf(request));
  if (mode === undefined)
    return unknownPaths(request, 'write extraArgs: [--runner, generate], or [--runner, pooling, --convert, embed]');
  const why = `started like this, it ${doesOf(mode)}, and vllm does one kind of work at a time`;
  switch (mode) {
    case 'generate':
      // vllm-project/vllm#20504 brought the Responses API with 0.10.
      return served(
        [CHAT, COMPLETIONS, ...(atLeast(request.version, [0, 10]) ? [RESPONSES] : [])],
        why,
        'remove it from paths; for embeddings, name a serving of their own with an embedding model',
      );
    case 'embed':
      return served([EMBEDDINGS], why, 'remove it from paths, or name a serving whose model generates');
    default:
      return served([], why, 'no workflow offers that: name another serving');
  }
}
