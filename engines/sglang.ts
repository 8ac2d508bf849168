/** SGLang's server: https://docs.sglang.ai, "Server Arguments"; sgl-project/sglang python/sglang/srt/server_args.py. */
import { artifactEnvironment } from './artifacts';
import { refuseBlackwell } from './blackwell';
import { drainOf } from './drain';
import { type Engine, type EngineRequest, type EngineSpec, GIB } from './contract';
import { GROUP_PORTS, LEADER_ADDRESS, WORKER_INDEX } from './node-group';
import { offlinePythonEnvironment } from './offline-environment';
import { chatTemplatePath, chooseKvCacheDtype, flag, pipelineStages, refuseOptions, tensorParallel } from './options';
import { safetensorsBytes } from './safetensors-model';
import { sglangPaths } from './sglang-paths';
import { cudaOfTag } from './version';
import { SGLANG_ARGUMENTS } from './sglang-arguments';

const PORT = 30000;
const HOME = '/home/airlock';
/** It drains without bound after SIGTERM; the kubelet ends that, after so long where the site states nothing. */
const SHUTDOWN_SECONDS = 60;
/** DeepGEMM compiles its kernels at the first start on Hopper and Blackwell, which can take half an hour. */
const WARM_UP_SECONDS = 1800;

/** docs.sglang.ai, "Multi-Node Deployment". */
const nodeArgs = ({ nodes = 1 }: EngineRequest, rank: string): string[] =>
  nodes === 1
    ? []
    : [
        ...flag('--nnodes', nodes),
        ...flag('--node-rank', rank),
        ...flag('--dist-init-addr', `${LEADER_ADDRESS}:${String(GROUP_PORTS.first)}`),
      ];

function specify(request: EngineRequest): EngineSpec {
  const { version, modelPath, servedName, gpus, nodes = 1, adapters = [], artifacts } = request;
  refuseOptions('sglang', request, [
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
  const weightBytes = safetensorsBytes('sglang', request);
  const cuda = cudaOfTag(version);
  refuseBlackwell(request, cuda);
  const stages = pipelineStages(request);
  const args = [
    ...flag('--model-path', modelPath),
    ...flag('--served-model-name', servedName),
    // 127.0.0.1 by default.
    ...flag('--host', '0.0.0.0'),
    ...flag('--port', PORT),
    // "auto" falls back to pickled files, which can run code when loaded.
    ...flag('--load-format', 'safetensors'),
    ...flag('--tp-size', tensorParallel(request)),
    ...(stages > 1 ? flag('--pp-size', stages) : []),
    ...flag('--context-length', request.maxModelLen),
    ...flag('--max-running-requests', request.concurrency),
    ...flag('--quantization', request.quantization),
    ...flag('--kv-cache-dtype', chooseKvCacheDtype('sglang', request, ['fp8_e4m3', 'fp8_e5m2'])),
    ...flag('--mem-fraction-static', request.memoryFraction),
    ...flag('--chat-template', chatTemplatePath(request)),
    ...flag('--tool-call-parser', request.toolCallParser),
    ...flag('--reasoning-parser', request.reasoningParser),
    ...(adapters.length === 0
      ? []
      : ['--enable-lora', '--lora-paths', ...adapters.map(({ name, path }) => `${name}=${path}`)]),
    // A relative folder by default, below a root that is read-only.
    ...flag('--file-storage-path', `${HOME}/storage`),
    // Off by default.
    '--enable-metrics',
  ];
  return {
    // The image's entry point is a shell.
    command: ['python3', '-m', 'sglang.launch_server'],
    args: [...args, ...nodeArgs(request, '0')],
    ...(nodes > 1 ? { group: { workerArgs: [...args, ...nodeArgs(request, WORKER_INDEX)] } } : {}),
    env: {
      ...offlinePythonEnvironment(HOME),
      ...artifactEnvironment(artifacts),
      SGLANG_NO_USAGE_STATS: '1',
      SGLANG_CACHE_DIR: `${HOME}/.cache/sglang`,
      SGLANG_DG_CACHE_DIR: `${HOME}/.cache/deep_gemm`,
      SGLANG_JIT_DEEPGEMM_FAST_WARMUP: '1',
      FLASHINFER_WORKSPACE_BASE: HOME,
      // Else `/health` is `/health_generate`: it waits for a token, and long prompts of others get the pod killed
      // (srt/entrypoints/http_server.py, health_generate; sgl-project/sglang#22511).
      SGLANG_ENABLE_HEALTH_ENDPOINT_GENERATION: 'false',
    },
    port: PORT,
    // The start generates a token, so that the first caller does not wait for kernels; never again after it.
    probes: { startup: '/health_generate', readiness: '/health', liveness: '/health' },
    metrics: { port: PORT, path: '/metrics' },
    ...sglangPaths(request),
    writable: [
      { path: '/tmp', sizeBytes: 4 * GIB },
      { path: HOME, sizeBytes: 16 * GIB },
    ],
    sharedMemoryBytes: gpus > 1 ? 16 * GIB : 2 * GIB,
    user: { uid: 65532, gid: 0 },
    weightBytes,
    warmUpSeconds: WARM_UP_SECONDS,
    ...drainOf(request.drainSeconds ?? SHUTDOWN_SECONDS, true),
    // Tokenizer, scheduler and detokenizer are processes of their own.
    cpu: 4 + 2 * gpus,
    memoryBytes: (16 + 8 * gpus) * GIB,
    ...(cuda === undefined ? {} : { cuda }),
  };
}

export const sglang: Engine = {
  name: 'sglang',
  // sglang/srt/entrypoints/openai/protocol.py: it then stands in the answer between its tags. LiteLLM cuts it out again, to
  // beside the answer, where its filter does not read and the door before it does (gateway/litellm/airlock_answers.py).
  withoutReasoning: { separate_reasoning: false },
  extraFlags: SGLANG_ARGUMENTS,
  fieldFlags: {
    '--context-length': 'maxModelLen',
    '--max-running-requests': 'concurrency',
    '--quantization': 'quantization',
    '--kv-cache-dtype': 'kvCacheDtype',
    '--mem-fraction-static': 'memoryFraction',
    '--tp-size': 'gpus',
    '--tensor-parallel-size': 'gpus',
    '--pp-size': 'pipelineParallel',
    '--pipeline-parallel-size': 'pipelineParallel',
    '--chat-template': 'chatTemplate',
    '--tool-call-parser': 'toolCallParser',
    '--reasoning-parser': 'reasoningParser',
    '--enable-lora': 'adapters',
    '--lora-paths': 'adapters',
  },
  specify,
};
