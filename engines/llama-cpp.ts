/** llama.cpp's HTTP server: ggml-org/llama.cpp tools/server/README.md. */
import {
  type AdapterFiles,
  type Engine,
  type EngineRequest,
  type EngineSpec,
  GIB,
  type ModelFile,
  type ServedPaths,
} from './contract';
import { badInput } from '../core/errors';
import { defaultContext } from './context';
import { drainOf } from './drain';
import { chooseGguf, isProjector } from './gguf-file';
import { CHAT, COMPLETIONS, doesOf, EMBEDDINGS, flagsOf, served, taskOf, unknownPaths } from './serving-paths';
import { chatTemplatePath, chooseKvCacheDtype, flag, refuseOptions } from './options';
import { LLAMA_CPP_ARGUMENTS } from './llama-cpp-arguments';

/** Stated always: the default moved from 8080 to 9931. */
const PORT = 8080;
const HOME = '/home/airlock';
/** For requests in flight where the site states nothing. */
const DRAIN_SECONDS = 30;
/** 16-bit keys and values of a dense 70B model (80 layers × 8 heads × 128 × 2 × 2 bytes): an upper bound for edge models. */
const KV_BYTES_PER_TOKEN = 320 * 1024;

/** The one GGUF file of an adapter (tools/server README, `--lora`). */
function adapterFile(serving: string, { name, path, files }: AdapterFiles): string {
  const [file, another] = files.filter((candidate) => candidate.path.endsWith('.gguf'));
  if (file !== undefined && another === undefined) return `${path}/${file.path}`;
  throw badInput(
    'MODEL_FILE_AMBIGUOUS',
    `serving "${serving}": adapter "${name}" has ${file === undefined ? 'no GGUF file' : 'several GGUF files'}`,
    'llama.cpp loads one GGUF file for each adapter: include exactly one in its model',
  );
}

/** What turns images into embeddings of the model (tools/mtmd/README.md; tools/server README, `--mmproj`). */
function projectorFile({ serving, files, projector }: EngineRequest): ModelFile | undefined {
  if (projector === undefined) return undefined;
  const projectors = files.filter(({ path }) => isProjector(path));
  const found = projectors.find(({ path }) => path === projector);
  if (found !== undefined) return found;
  const isOther = files.some(({ path }) => path === projector);
  throw badInput(
    'MODEL_FILE_MISSING',
    `serving "${serving}": projector "${projector}" is no ${isOther ? 'multimodal projector (mmproj*.gguf)' : 'file of the locked model'}`,
    `include it in the model; its projectors: ${projectors.map(({ path }) => path).join(', ') || 'none'}`,
  );
}

/** tools/server/README.md: `--embedding` "restrict to only support embedding use case", `--reranking` likewise. */
function llamaCppPaths(request: EngineRequest): ServedPaths {
  const flags = flagsOf(request.extraArgs, false);
  const told = 'in a serving of its own';
  if (['--rerank', '--reranking'].some((flag) => flags.has(flag)))
    return served([], 'llama.cpp ranks with --reranking, and does nothing else', 'no workflow offers that: remove it');
  if (['--embedding', '--embeddings'].some((flag) => flags.has(flag)))
    return served([EMBEDDINGS], 'llama.cpp embeds with --embeddings, and does nothing else', `leave that away ${told}`);
  const task = taskOf(request);
  if (task === undefined) return unknownPaths(request, 'take a model whose architecture is known');
  const fix = `for embeddings, write extraArgs: [--embeddings] ${told}`;
  if (task !== 'generate') return served([], `its model ${doesOf(task)}, and llama.cpp is not told so`, fix);
  return served(
    [CHAT, COMPLETIONS],
    'llama.cpp without --embeddings generates text alone',
    `remove it from paths; ${fix}`,
  );
}

function specify(request: EngineRequest): EngineSpec {
  const { serving, modelPath, servedName, gpus, shape, concurrency = 1 } = request;
  // Without one it would set the model's whole training context aside.
  const { maxModelLen = defaultContext(shape?.maxPositionEmbeddings) } = request;
  refuseOptions('llama.cpp', request, ['file', 'concurrency', 'kvCacheDtype', 'adapters', 'chatTemplate', 'projector']);
  const gguf = chooseGguf(request);
  const projector = projectorFile(request);
  const weightBytes = gguf.bytes + (projector?.size ?? 0);
  const kvCacheDtype = chooseKvCacheDtype('llama.cpp', request, ['f16', 'q8_0', 'q4_0']);
  const onGpu = gpus > 0;
  // The context is shared out among the slots.
  const contextTokens = maxModelLen * concurrency;
  return {
    command: ['/app/llama-server'],
    args: [
      ...flag('--model', `${modelPath}/${gguf.path}`),
      ...(projector === undefined ? [] : flag('--mmproj', `${modelPath}/${projector.path}`)),
      ...flag('--alias', servedName),
      ...flag('--host', '0.0.0.0'),
      ...flag('--port', PORT),
      ...flag('--ctx-size', contextTokens),
      ...flag('--parallel', concurrency),
      ...flag('--n-gpu-layers', onGpu ? 999 : 0),
      ...flag('--cache-type-k', kvCacheDtype),
      ...flag('--cache-type-v', kvCacheDtype),
      // A quantized cache of values needs it (tools/server README, `--cache-type-v`).
      ...(kvCacheDtype === undefined || kvCacheDtype === 'f16' ? [] : flag('--flash-attn', 'on')),
      ...(request.adapters ?? []).flatMap((adapter) => flag('--lora', adapterFile(serving, adapter))),
      ...flag('--chat-template-file', chatTemplatePath(request)),
      ...(request.chatTemplate === undefined ? [] : ['--jinja']),
      '--offline',
      '--metrics',
      '--no-slots',
    ],
    // As environment what older builds do not know: they ignore it, while an unknown flag would stop them.
    env: { HOME, LLAMA_ARG_UI: '0', LLAMA_ARG_FIT: 'off' },
    port: PORT,
    probes: { startup: '/health', readiness: '/health', liveness: '/health' },
    metrics: { port: PORT, path: '/metrics' },
    ...llamaCppPaths(request),
    writable: [
      { path: '/tmp', sizeBytes: GIB },
      { path: HOME, sizeBytes: GIB },
    ],
    sharedMemoryBytes: 0,
    user: { uid: 65532, gid: 65532 },
    weightBytes,
    warmUpSeconds: 60,
    // SIGTERM ends all computing; what it then waits for is that clients hang up (tools/server/server.cpp, shutdown_handler).
    ...drainOf(request.drainSeconds ?? DRAIN_SECONDS, false, 5),
    cpu: onGpu ? 2 * gpus : 2,
    // On CPU the weights, which repacking may hold a second time in part, plus the KV cache, plus buffers.
    memoryBytes: onGpu ? 8 * GIB : Math.ceil(weightBytes * 1.5 + contextTokens * KV_BYTES_PER_TOKEN + GIB),
  };
}

export const llamaCpp: Engine = {
  name: 'llama.cpp',
  extraFlags: LLAMA_CPP_ARGUMENTS,
  fieldFlags: {
    '--ctx-size': 'maxModelLen',
    '-c': 'maxModelLen',
    '--parallel': 'concurrency',
    '-np': 'concurrency',
    '--n-gpu-layers': 'gpus',
    '--gpu-layers': 'gpus',
    '-ngl': 'gpus',
    '--cache-type-k': 'kvCacheDtype',
    '-ctk': 'kvCacheDtype',
    '--cache-type-v': 'kvCacheDtype',
    '-ctv': 'kvCacheDtype',
    '--chat-template': 'chatTemplate',
    '--chat-template-file': 'chatTemplate',
    '--lora': 'adapters',
    '--mmproj': 'projector',
    '-mm': 'projector',
  },
  specify,
};
