/** Ollama: ollama/ollama docs, "FAQ"; envconfig/config.go for its environment. */
import { badInput } from '../core/errors';
import { defaultContext } from './context';
import { drainOf } from './drain';
import { type Engine, type EngineRequest, type EngineSpec, GIB, type ServedPaths } from './contract';
import { chooseGguf } from './gguf-file';
import { chooseKvCacheDtype, refuseOptions } from './options';
import { CHAT, COMPLETIONS, doesOf, EMBEDDINGS, served, taskOf, unknownPaths } from './serving-paths';

const PORT = 11434;
const HOME = '/home/airlock';
/** For requests in flight where the site states nothing. */
const DRAIN_SECONDS = 30;
/** As for llama.cpp, whose engine it carries. */
const KV_BYTES_PER_TOKEN = 320 * 1024;
/** What its names allow, without host and tag (types/model/name.go, isValidPart). */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}$/;

/** It embeds with every model, and generates with those that are made for it (server/images.go, Capabilities). */
function ollamaPaths(request: EngineRequest): ServedPaths {
  const task = taskOf(request);
  if (task === undefined) return unknownPaths(request, 'take a model whose architecture is known');
  if (task !== 'generate')
    return served([EMBEDDINGS], `its model ${doesOf(task)}`, 'name a serving whose model generates');
  return served(
    [CHAT, COMPLETIONS, EMBEDDINGS],
    'ollama answers no more',
    'remove it from paths, or name another serving',
  );
}

function specify(request: EngineRequest): EngineSpec {
  const { serving, modelPath, servedName, gpus, shape, concurrency = 1 } = request;
  const { maxModelLen = defaultContext(shape?.maxPositionEmbeddings) } = request;
  refuseOptions('ollama', request, ['file', 'concurrency', 'kvCacheDtype']);
  if (!NAME.test(servedName)) {
    throw badInput(
      'ENGINE_OPTION_INVALID',
      `serving "${serving}": ollama cannot name a model "${servedName}"`,
      'write a servedName of letters, digits, dots, hyphens and underscores',
    );
  }
  const gguf = chooseGguf(request);
  const kvCacheDtype = chooseKvCacheDtype('ollama', request, ['f16', 'q8_0', 'q4_0']);
  return {
    command: ['/bin/ollama'],
    args: ['serve'],
    env: {
      HOME,
      OLLAMA_HOST: `0.0.0.0:${String(PORT)}`,
      OLLAMA_MODELS: modelPath,
      // Else it asks its vendor for models and accounts.
      OLLAMA_NO_CLOUD: '1',
      // Start-up deletes blobs that no manifest names: fatal on a read-only folder.
      OLLAMA_NOPRUNE: '1',
      OLLAMA_KEEP_ALIVE: '-1',
      OLLAMA_MAX_LOADED_MODELS: '1',
      OLLAMA_CONTEXT_LENGTH: String(maxModelLen),
      OLLAMA_NUM_PARALLEL: String(concurrency),
      // Longer than any disk takes; the kubelet's budget ends a start that hangs.
      OLLAMA_LOAD_TIMEOUT: '2h',
      OLLAMA_NOHISTORY: '1',
      ...(kvCacheDtype === undefined ? {} : { OLLAMA_KV_CACHE_TYPE: kvCacheDtype, OLLAMA_FLASH_ATTENTION: '1' }),
      ...(gpus === 0 ? { CUDA_VISIBLE_DEVICES: '' } : {}),
    },
    port: PORT,
    probes: {
      // Weights load with the first request; an empty prompt is one (docs/faq, "preload a model").
      startup: { exec: ['/bin/ollama', 'run', servedName, ''] },
      readiness: '/api/version',
      liveness: '/api/version',
    },
    ...ollamaPaths(request),
    writable: [
      { path: '/tmp', sizeBytes: GIB },
      // Its key pair and its history lie here.
      { path: HOME, sizeBytes: GIB },
    ],
    sharedMemoryBytes: 0,
    user: { uid: 65532, gid: 65532 },
    weightBytes: gguf.bytes,
    warmUpSeconds: 60,
    // SIGTERM closes connections at once (server/routes.go, Serve); the pause before it is all the grace there is.
    ...drainOf(request.drainSeconds ?? DRAIN_SECONDS, false, 5),
    cpu: gpus > 0 ? 2 * gpus : 2,
    memoryBytes:
      gpus > 0 ? 8 * GIB : Math.ceil(gguf.bytes * 1.5 + concurrency * maxModelLen * KV_BYTES_PER_TOKEN + GIB),
  };
}

/** It takes no arguments: everything is environment, which nobody can add to. */
export const ollama: Engine = { name: 'ollama', extraFlags: {}, fieldFlags: {}, specify };
