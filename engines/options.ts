/** Options of a serving that not every engine has. */
import type { EngineName } from '../catalog/engines';
import { badInput } from '../core/errors';
import type { EngineRequest, KvCacheDtype } from './contract';

/** Fields of {@link EngineRequest} that an engine may or may not translate. */
export type Option =
  | 'nodes'
  | 'pipelineParallel'
  | 'concurrency'
  | 'file'
  | 'backend'
  | 'quantization'
  | 'kvCacheDtype'
  | 'memoryFraction'
  | 'adapters'
  | 'chatTemplate'
  | 'projector'
  | 'toolCallParser'
  | 'reasoningParser';

const OPTIONS: readonly Option[] = [
  'nodes',
  'pipelineParallel',
  'concurrency',
  'file',
  'backend',
  'quantization',
  'kvCacheDtype',
  'memoryFraction',
  'adapters',
  'chatTemplate',
  'projector',
  'toolCallParser',
  'reasoningParser',
];

/** Values that ask for nothing. */
const isDefault = (option: Option, request: EngineRequest): boolean => {
  const value = request[option];
  if (value === undefined || value === 'auto') return true;
  if (option === 'pipelineParallel' || option === 'nodes') return value === 1;
  return Array.isArray(value) && value.length === 0;
};

/**
 * Refuses what an engine cannot do, before it is silently ignored.
 *
 * @param taken options that the engine translates
 * @throws AirlockError (input) naming the serving, the field and the engine
 */
export function refuseOptions(engine: EngineName, request: EngineRequest, taken: readonly Option[]): void {
  const strange = OPTIONS.find((option) => !taken.includes(option) && !isDefault(option, request));
  if (strange === undefined) return;
  throw badInput(
    'ENGINE_OPTION_INVALID',
    `serving "${request.serving}": ${engine} has no ${strange}`,
    `remove ${strange}; ${engine} takes ${taken.length === 0 ? 'none of its kind' : taken.join(', ')}`,
  );
}

/**
 * A value that an engine knows.
 *
 * @throws AirlockError (input) listing those it knows
 */
export function choose(
  engine: EngineName,
  { serving }: EngineRequest,
  field: string,
  value: string,
  known: readonly string[],
): string {
  if (known.includes(value)) return value;
  throw badInput(
    'ENGINE_OPTION_INVALID',
    `serving "${serving}": ${engine} has no ${field} "${value}"`,
    `write one of: ${known.join(', ')}`,
  );
}

/** The type of the key-value cache, or undefined where the engine's default is asked for. */
export function chooseKvCacheDtype(
  engine: EngineName,
  request: EngineRequest,
  known: readonly KvCacheDtype[],
): string | undefined {
  const { kvCacheDtype = 'auto' } = request;
  return kvCacheDtype === 'auto' ? undefined : choose(engine, request, 'kvCacheDtype', kvCacheDtype, known);
}

/**
 * Absolute path of the chat template.
 *
 * @throws AirlockError (input) when the locked model has no such file
 */
export function chatTemplatePath({ serving, chatTemplate, files, modelPath }: EngineRequest): string | undefined {
  if (chatTemplate === undefined) return undefined;
  if (files.some(({ path }) => path === chatTemplate)) return `${modelPath}/${chatTemplate}`;
  const templates = files.map(({ path }) => path).filter((path) => path.endsWith('.jinja'));
  throw badInput(
    'MODEL_FILE_MISSING',
    `serving "${serving}": chatTemplate "${chatTemplate}" is no file of the locked model`,
    `include it in the model; its templates: ${templates.join(', ') || 'none'}`,
  );
}

/**
 * GPUs of one tensor-parallel group.
 *
 * @throws AirlockError (input) when the stages do not divide the GPUs
 */
export function tensorParallel({ serving, gpus, pipelineParallel = 1 }: EngineRequest): number {
  if (gpus % pipelineParallel === 0) return gpus / pipelineParallel;
  throw badInput(
    'PARALLELISM_IMPOSSIBLE',
    `serving "${serving}": pipelineParallel ${String(pipelineParallel)} does not divide gpus ${String(gpus)}`,
    'write gpus as a multiple of pipelineParallel',
  );
}

/** Pipeline stages of a replica: those of each node, on all its nodes, so that tensors stay inside a node. */
export const pipelineStages = ({ pipelineParallel = 1, nodes = 1 }: EngineRequest): number => pipelineParallel * nodes;

/** A flag with its value, or nothing where there is no value. */
export const flag = (name: string, value: string | number | undefined): string[] =>
  value === undefined ? [] : [name, String(value)];
