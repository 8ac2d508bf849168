/** vLLM's OpenAI-compatible server: https://docs.vllm.ai, "CLI Reference", `vllm serve`. */
import { badInput } from '../core/errors';
import { type Engine, type EngineRequest, type EngineSpec, GIB } from './contract';
import { offlinePythonEnvironment } from './offline-environment';
import { atLeast } from './version';

const PORT = 8000;
const HOME = '/home/airlock';
/** Time for requests in flight; vLLM aborts them without the flag. */
const SHUTDOWN_SECONDS = 30;

/** Bytes of the safetensors at the root of the model; other folders hold the same weights in other forms. */
function weightBytes({ serving, files }: EngineRequest): number {
  const weights = files.filter(({ path }) => !path.includes('/') && path.endsWith('.safetensors'));
  if (weights.length === 0) {
    throw badInput(
      `serving "${serving}": vllm loads safetensors, and the locked model has none`,
      'include *.safetensors in the model, or serve its GGUF with llama.cpp',
    );
  }
  if (!files.some(({ path }) => path === 'config.json')) {
    throw badInput(
      `serving "${serving}": vllm needs config.json, and the locked model lacks it`,
      'include config.json in the model',
    );
  }
  return weights.reduce((sum, file) => sum + file.size, 0);
}

function specify(request: EngineRequest): EngineSpec {
  const { version, modelPath, servedName, gpus, maxModelLen } = request;
  // vllm-project/vllm#36666: the flag came with 0.18; older servers refuse to start with it.
  const drains = atLeast(version, [0, 18]);
  return {
    command: ['vllm', 'serve'],
    args: [
      modelPath,
      '--served-model-name',
      servedName,
      '--host',
      '0.0.0.0',
      '--port',
      String(PORT),
      // "auto" falls back to pickled *.bin and *.pt files, which can run code when loaded.
      '--load-format',
      'safetensors',
      '--tensor-parallel-size',
      String(gpus),
      // Workers in one pod; Ray would open ports and report usage.
      ...(gpus > 1 ? ['--distributed-executor-backend', 'mp'] : []),
      ...(maxModelLen === undefined ? [] : ['--max-model-len', String(maxModelLen)]),
      ...(drains ? ['--shutdown-timeout', String(SHUTDOWN_SECONDS)] : []),
    ],
    env: {
      ...offlinePythonEnvironment(HOME),
      VLLM_NO_USAGE_STATS: '1',
      VLLM_DO_NOT_TRACK: '1',
      VLLM_CACHE_ROOT: `${HOME}/.cache/vllm`,
      VLLM_CONFIG_ROOT: `${HOME}/.config/vllm`,
      VLLM_MEDIA_URL_ALLOW_REDIRECTS: '0',
    },
    port: PORT,
    probes: { startup: '/health', readiness: '/health', liveness: '/health' },
    metrics: { port: PORT, path: '/metrics' },
    // docs.vllm.ai, "Security": the API key guards none of the others.
    httpPaths: ['/v1/models', '/v1/chat/completions', '/v1/completions', '/v1/responses', '/v1/embeddings'],
    writable: [
      { path: '/tmp', sizeBytes: 4 * GIB },
      { path: HOME, sizeBytes: 16 * GIB },
    ],
    // NCCL and the worker processes pass tensors through it (docs.vllm.ai, "Using Docker", --ipc=host or --shm-size).
    sharedMemoryBytes: gpus > 1 ? 8 * GIB : GIB,
    // The image's own "vllm" user; its group 0 owns what an arbitrary user must read.
    user: { uid: 2000, gid: 0 },
    weightBytes: weightBytes(request),
    // Compilation and graph capture: our estimate, on the safe side of what upstream's recipes wait.
    warmUpSeconds: 300,
    shutdownSeconds: drains ? SHUTDOWN_SECONDS : 0,
    // One process per GPU plus the API server; host memory holds no weights beyond the page cache.
    cpu: 2 + 2 * gpus,
    memoryBytes: (16 + 8 * gpus) * GIB,
  };
}

export const vllm: Engine = {
  name: 'vllm',
  forbiddenFlags: [
    '--trust-remote-code',
    '--enable-lora',
    '--allowed-local-media-path',
    '--download-dir',
    '--hf-token',
    '--hf-overrides',
    '--tokenizer',
    '--code-revision',
    '--middleware',
    '--api-key',
  ],
  specify,
};
