/** llama.cpp's HTTP server: ggml-org/llama.cpp tools/server/README.md. */
import { type Engine, type EngineRequest, type EngineSpec, GIB } from './contract';
import { chooseGguf } from './gguf-file';

/** Stated always: the default moved from 8080 to 9931. */
const PORT = 8080;
const HOME = '/home/airlock';
/** Context when the site names none: 0 would allocate the model's whole training context. */
const DEFAULT_CONTEXT = 8192;
/** 16-bit keys and values of a dense 70B model (80 layers × 8 heads × 128 × 2 × 2 bytes): an upper bound for edge models. */
const KV_BYTES_PER_TOKEN = 320 * 1024;

function specify(request: EngineRequest): EngineSpec {
  const { modelPath, servedName, gpus, maxModelLen = DEFAULT_CONTEXT } = request;
  const gguf = chooseGguf(request);
  const onGpu = gpus > 0;
  return {
    command: ['/app/llama-server'],
    args: [
      '--model',
      `${modelPath}/${gguf.path}`,
      '--alias',
      servedName,
      '--host',
      '0.0.0.0',
      '--port',
      String(PORT),
      '--ctx-size',
      String(maxModelLen),
      '--parallel',
      '1',
      '--n-gpu-layers',
      onGpu ? '999' : '0',
      '--offline',
      '--metrics',
      '--no-slots',
    ],
    // As environment what older builds do not know: they ignore it, while an unknown flag would stop them.
    env: { HOME, LLAMA_ARG_UI: '0', LLAMA_ARG_FIT: 'off' },
    port: PORT,
    probes: { startup: '/health', readiness: '/health', liveness: '/health' },
    metrics: { port: PORT, path: '/metrics' },
    httpPaths: ['/v1/models', '/v1/chat/completions', '/v1/completions', '/v1/embeddings'],
    writable: [
      { path: '/tmp', sizeBytes: GIB },
      { path: HOME, sizeBytes: GIB },
    ],
    sharedMemoryBytes: 0,
    user: { uid: 65532, gid: 65532 },
    weightBytes: gguf.bytes,
    warmUpSeconds: 60,
    shutdownSeconds: 30,
    cpu: onGpu ? 2 * gpus : 2,
    // On CPU the weights, which repacking may hold a second time in part, plus the KV cache, plus buffers.
    memoryBytes: onGpu ? 8 * GIB : Math.ceil(gguf.bytes * 1.5 + maxModelLen * KV_BYTES_PER_TOKEN + GIB),
  };
}

export const llamaCpp: Engine = {
  name: 'llama.cpp',
  forbiddenFlags: [
    '--tools',
    '--tools-runtime',
    '--agent',
    '-ag',
    '--mcp-servers-config',
    '--mcp-servers-json',
    '--ui-mcp-proxy',
    '--webui-mcp-proxy',
    '--props',
    '--hf-repo',
    '-hf',
    '-hfr',
    '--hf-token',
    '-hft',
    '--docker-repo',
    '-dr',
    '--model-url',
    '-mu',
    '--mmproj-url',
    '-mmu',
    '--rpc',
    '--media-path',
    '-m',
    '-a',
    '-c',
    '-np',
    '-ngl',
  ],
  specify,
};
