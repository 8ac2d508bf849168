/** vLLM's OpenAI-compatible server: https://docs.vllm.ai, "CLI Reference", `vllm serve`. */
import { badInput } from '../core/errors';
import { artifactEnvironment } from './artifacts';
import { blackwellWarnings } from './blackwell';
import { type AdapterFiles, type Engine, type EngineRequest, type EngineSpec, GIB } from './contract';
import { GROUP_PORTS, LEADER_ADDRESS, WORKER_INDEX } from './node-group';
import { offlinePythonEnvironment } from './offline-environment';
import { chatTemplatePath, chooseKvCacheDtype, flag, pipelineStages, refuseOptions, tensorParallel } from './options';
import { drainOf } from './drain';
import { safetensorsBytes } from './safetensors-model';
import { atLeast, cudaOfTag } from './version';
import { vllmPaths } from './vllm-paths';
import { VLLM_ARGUMENTS } from './vllm-arguments';

const PORT = 8000;
const HOME = '/home/airlock';
/** Time for requests in flight where the site states none; vLLM aborts them without the flag. */
const SHUTDOWN_SECONDS = 30;
/** Largest rank of adapters that is provided for: the server refuses a larger one at start; 16 is its default. */
const MAX_LORA_RANK = 64;
/** Paths that the kubelet and Prometheus ask every few seconds. */
const QUIET_PATHS = '/health,/metrics,/ping';

/** docs.vllm.ai, "LoRA Adapters". */
const adapterArgs = (adapters: readonly AdapterFiles[]): string[] =>
  adapters.length === 0
    ? []
    : [
        '--enable-lora',
        ...flag('--max-loras', adapters.length),
        ...flag('--max-lora-rank', MAX_LORA_RANK),
        '--lora-modules',
        ...adapters.map(({ name, path }) => `${name}=${path}`),
      ];

/** docs.vllm.ai, "Parallelism and Scaling", "Running vLLM with MultiProcessing"; older servers know Ray alone for it. */
function nodeArgs({ serving, version, nodes = 1 }: EngineRequest, rank: string): string[] {
  if (nodes === 1) return [];
  if (!atLeast(version, [0, 12])) {
    throw badInput(
      'VERSION_UNSUPPORTED',
      `serving "${serving}": vllm ${version} spans nodes through Ray alone, which reports usage and opens ports`,
      'use version 0.12 or newer, or nodes: 1',
    );
  }
  return [
    ...flag('--nnodes', nodes),
    ...flag('--node-rank', rank),
    ...flag('--master-addr', LEADER_ADDRESS),
    ...flag('--master-port', GROUP_PORTS.first),
  ];
}

function specify(request: EngineRequest): EngineSpec {
  const { version, modelPath, servedName, gpus, nodes = 1, adapters = [], artifacts } = request;
  refuseOptions('vllm', request, [
    'nodes',
    'pipelineParallel',
    'concurrency',
    'quantization',
    'kvCacheDtype',
    'memoryFraction',
    'adapters',
    'chatTemplate',
    'toolCallParser',
    'reasoningParser',
  ]);
  const weightBytes = safetensorsBytes('vllm', request);
  // vllm-project/vllm#36666: the flag came with 0.18; older servers refuse to start with it.
  const drains = atLeast(version, [0, 18]);
  const drainSeconds = request.drainSeconds ?? (drains ? SHUTDOWN_SECONDS : 0);
  const cuda = cudaOfTag(version);
  const warnings = blackwellWarnings(request, cuda);
  const stages = pipelineStages(request);
  const args = [
    modelPath,
    ...flag('--served-model-name', servedName),
    ...flag('--host', '0.0.0.0'),
    ...flag('--port', PORT),
    // "auto" falls back to pickled *.bin and *.pt files, which can run code when loaded.
    ...flag('--load-format', 'safetensors'),
    ...flag('--tensor-parallel-size', tensorParallel(request)),
    ...(stages > 1 ? flag('--pipeline-parallel-size', stages) : []),
    // Ray would open ports and report usage.
    ...(gpus * nodes > 1 ? flag('--distributed-executor-backend', 'mp') : []),
    ...flag('--max-model-len', request.maxModelLen),
    ...flag('--max-num-seqs', request.concurrency),
    ...flag('--quantization', request.quantization),
    ...flag('--kv-cache-dtype', chooseKvCacheDtype('vllm', request, ['fp8', 'fp8_e4m3', 'fp8_e5m2'])),
    ...flag('--gpu-memory-utilization', request.memoryFraction),
    ...flag('--chat-template', chatTemplatePath(request)),
    ...(request.toolCallParser === undefined ? [] : ['--enable-auto-tool-choice']),
    ...flag('--tool-call-parser', request.toolCallParser),
    ...flag('--reasoning-parser', request.reasoningParser),
    ...adapterArgs(adapters),
    ...(atLeast(version, [0, 16]) ? flag('--disable-access-log-for-endpoints', QUIET_PATHS) : []),
    ...(drains ? flag('--shutdown-timeout', drainSeconds) : []),
  ];
  return {
    command: ['vllm', 'serve'],
    args: [...args, ...nodeArgs(request, '0')],
    ...(nodes > 1 ? { group: { workerArgs: [...args, ...nodeArgs(request, WORKER_INDEX), '--headless'] } } : {}),
    env: {
      ...offlinePythonEnvironment(HOME),
      ...artifactEnvironment(artifacts),
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
    ...vllmPaths(request),
    writable: [
      { path: '/tmp', sizeBytes: 4 * GIB },
      { path: HOME, sizeBytes: 16 * GIB },
    ],
    // NCCL and the worker processes pass tensors through it (docs.vllm.ai, "Using Docker", --ipc=host or --shm-size).
    sharedMemoryBytes: gpus > 1 ? 8 * GIB : GIB,
    // The image's own "vllm" user; its group 0 owns what an arbitrary user must read.
    user: { uid: 2000, gid: 0 },
    weightBytes,
    // Compilation and graph capture: our estimate, on the safe side of what upstream's recipes wait.
    warmUpSeconds: 300,
    ...drainOf(drainSeconds, drains),
    // One process per GPU plus the API server; host memory holds no weights beyond the page cache.
    cpu: 2 + 2 * gpus,
    memoryBytes: (16 + 8 * gpus) * GIB,
    ...(cuda === undefined ? {} : { cuda }),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

export const vllm: Engine = {
  name: 'vllm',
  // vllm/entrypoints/openai/chat_completion/protocol.py.
  withoutReasoning: { include_reasoning: false },
  extraFlags: VLLM_ARGUMENTS,
  fieldFlags: {
    '--shutdown-timeout': 'drainSeconds',
    '--max-model-len': 'maxModelLen',
    '--max-num-seqs': 'concurrency',
    '--quantization': 'quantization',
    '-q': 'quantization',
    '--kv-cache-dtype': 'kvCacheDtype',
    '--kv-cache-memory-bytes': 'memoryFraction',
    '--gpu-memory-utilization': 'memoryFraction',
    '--pipeline-parallel-size': 'pipelineParallel',
    '-pp': 'pipelineParallel',
    '-tp': 'gpus',
    '--chat-template': 'chatTemplate',
    '--tool-call-parser': 'toolCallParser',
    '--enable-auto-tool-choice': 'toolCallParser',
    '--reasoning-parser': 'reasoningParser',
    '--enable-lora': 'adapters',
    '--lora-modules': 'adapters',
    '--distributed-executor-backend': 'gpus',
  },
  specify,
};
