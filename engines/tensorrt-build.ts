/** Building a TensorRT engine: NVIDIA/TensorRT-LLM 1.0 to 1.2, docs/source/legacy, "LLM API with TensorRT Engine". */
import { badInput } from '../core/errors';
import type { EngineBuild, EngineRequest, EngineSpec } from './contract';
import { GIB } from './contract';
import { pipelineStages, tensorParallel } from './options';
import { atLeast } from './version';

/** Where builder and server see what was built. */
const FOLDER = '/engines';
/** Compiling every kernel of a large model. */
const BUILD_SECONDS = 4 * 3600;

/**
 * Builds beside the place and renames: a folder that is there is whole. What the engine is bound to is written next to
 * it, as the GPU at hand says it.
 */
const SCRIPT = `
import json, os, shutil, sys

root, key, name, model, tp, pp, length, batch = sys.argv[1:]
final = os.path.join(root, key)
if os.path.exists(final):
    print(final, 'is there')
    sys.exit(0)

import tensorrt_llm, torch
from tensorrt_llm._tensorrt_engine import LLM
from tensorrt_llm.llmapi import BuildConfig

limits = {'max_seq_len': int(length)}
if batch:
    limits['max_batch_size'] = int(batch)
partial = final + '.partial'
shutil.rmtree(partial, ignore_errors=True)
os.makedirs(partial)
llm = LLM(model=model, tensor_parallel_size=int(tp), pipeline_parallel_size=int(pp), build_config=BuildConfig(**limits))
llm.save(os.path.join(partial, name))
llm.shutdown()
record = {
    'gpu': torch.cuda.get_device_name(),
    'computeCapability': '%d.%d' % torch.cuda.get_device_capability(),
    'tensorrtLlm': tensorrt_llm.__version__,
    'tensorParallel': int(tp),
    'pipelineParallel': int(pp),
    **limits,
}
with open(os.path.join(partial, 'built-for.json'), 'w') as file:
    json.dump(record, file, indent=2, sort_keys=True)
os.rename(partial, final)
print(final, 'is built')
`.trimStart();

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^-|-$/g, '');

/** docs/source/legacy/tensorrt-backend-removal.md: engines are gone after 1.2; before 1.0 their Python interface differs. */
export function checkEngineVersion({ serving, version }: EngineRequest): void {
  if (atLeast(version, [1, 0]) && !atLeast(version, [1, 3])) return;
  throw badInput(
    'VERSION_UNSUPPORTED',
    `serving "${serving}": engine.backend "engine" is gone from tensorrt-llm ${version}, or not yet there`,
    'write backend: pytorch, or a version from 1.0 to 1.2',
  );
}

export interface BuiltEngine {
  readonly build: EngineBuild;
  /** Folder of the engine, as the server sees it. */
  readonly engine: string;
}

/**
 * The build of a serving's engine, and where it ends up.
 *
 * @param server what the server demands; the builder is like it, with room to compile
 * @throws AirlockError (input) when something that the engine is bound to is not known
 */
export function tensorrtBuild(request: EngineRequest, server: Omit<EngineSpec, 'build'>): BuiltEngine {
  const { serving, version, modelPath, servedName, maxModelLen, concurrency, target } = request;
  if (maxModelLen === undefined) {
    throw badInput(
      'ENGINE_OPTION_INVALID',
      `serving "${serving}": an engine is built for one context length`,
      'write maxModelLen',
    );
  }
  if (target === undefined) {
    throw badInput(
      'ENGINE_OPTION_INVALID',
      `serving "${serving}": an engine is built for one kind of GPU`,
      'use a pool whose GPUs are known',
    );
  }
  const tp = String(tensorParallel(request));
  const pp = String(pipelineStages(request));
  const batch = concurrency === undefined ? '' : String(concurrency);
  const bound = [
    target.product,
    `tp${tp}`,
    `pp${pp}`,
    `len${String(maxModelLen)}`,
    ...(batch === '' ? [] : [`batch${batch}`]),
  ];
  const key = slug([target.content, 'trtllm', version, ...bound].join('-'));
  const { weightBytes } = server;
  return {
    engine: `${FOLDER}/${key}/${servedName}`,
    build: {
      key,
      path: FOLDER,
      outputBytes: Math.ceil(weightBytes * 1.3) + GIB,
      seconds: BUILD_SECONDS,
      spec: {
        ...server,
        command: ['python3', '-c', SCRIPT],
        args: [FOLDER, key, servedName, modelPath, tp, pp, String(maxModelLen), batch],
        writable: server.writable.map(({ path, sizeBytes }) => ({
          path,
          sizeBytes: path === '/tmp' ? Math.ceil(weightBytes * 1.5) + sizeBytes : sizeBytes,
        })),
        memoryBytes: Math.ceil(weightBytes * 1.5) + 32 * GIB,
      },
    },
  };
}
