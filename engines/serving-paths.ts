/** Which paths a serving answers: a function of its engine, its version, how it is started and what its model is made for. */
import { type ModelTask, taskOfModel } from '../catalog/model-tasks';
import type { EngineRequest, ServedPaths } from './contract';

export const MODELS = '/v1/models';
export const CHAT = '/v1/chat/completions';
export const COMPLETIONS = '/v1/completions';
export const RESPONSES = '/v1/responses';
export const EMBEDDINGS = '/v1/embeddings';

const DOES: Readonly<Record<ModelTask, string>> = {
  generate: 'generates text',
  embed: 'embeds text',
  rate: 'classifies or scores text',
  transcribe: 'transcribes speech',
};

export const doesOf = (task: ModelTask): string => DOES[task];

/** What the model of a serving is made for; undefined where its lock does not say. */
export const taskOf = ({ shape, described, files }: EngineRequest): ModelTask | undefined =>
  taskOfModel({ ...(shape ?? described), files: files.map(({ path }) => path) });

/** A serving of whose work nothing is known: it answers with the list of its models alone. */
export function unknownPaths({ shape, described }: EngineRequest, fix: string): ServedPaths {
  const { architecture } = shape ?? described ?? {};
  const why =
    architecture === undefined
      ? 'the lock does not say of which architecture its model is, so nobody knows what it answers'
      : `the kit does not know what ${architecture} is made for`;
  return {
    httpPaths: [MODELS],
    limits: { why, fix: architecture === undefined ? `run \`airlock lock\`, or ${fix}` : fix },
  };
}

/** What a serving does with a model that was made for it. */
export const served = (httpPaths: readonly string[], why: string, fix: string): ServedPaths => ({
  httpPaths: [MODELS, ...httpPaths],
  limits: { why, fix },
});

const ANOTHER = 'remove it from paths, or name another serving';

/** Engines that generate text and nothing else. */
export function generatingPaths(engine: string, request: EngineRequest, httpPaths: readonly string[]): ServedPaths {
  const task = taskOf(request);
  if (task === undefined) return unknownPaths(request, 'take a model whose architecture is known');
  if (task === 'generate') return served(httpPaths, `${engine} generates text, and answers no more of it`, ANOTHER);
  return served([], `its model ${DOES[task]}, which ${engine} does not`, ANOTHER);
}

/** The flags of an engine that set its kind of work, as a user of Python's argparse or of llama.cpp may write them. */
export interface Flags {
  /** Whether it is there. */
  has(flag: string): boolean;
  /** The value that counts: the last. */
  valueOf(flag: string): string | undefined;
}

/** @param abbreviated whether any unambiguous beginning stands for the flag (argparse, "allow_abbrev") */
export function flagsOf(extra: readonly string[] = [], abbreviated = true): Flags {
  const isFlag = (argument: string, flag: string): boolean => {
    const [name = ''] = argument.split('=');
    const written = name.replaceAll('_', '-');
    return (
      written === flag || (abbreviated && written.length > 3 && written.startsWith('--') && flag.startsWith(written))
    );
  };
  return {
    has: (flag) => extra.some((argument) => isFlag(argument, flag)),
    valueOf: (flag) => {
      const at = extra.findLastIndex((argument) => isFlag(argument, flag));
      const argument = extra[at];
      if (argument === undefined) return undefined;
      return argument.includes('=') ? argument.slice(argument.indexOf('=') + 1) : (extra[at + 1] ?? '');
    },
  };
}
