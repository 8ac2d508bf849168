/** TensorRT-LLM's server: NVIDIA/TensorRT-LLM tensorrt_llm/commands/serve.py, `trtllm-serve`. */
import { artifactEnvironment } from './artifacts';
import { drainOf } from './drain';
import { type Engine, type EngineRequest, type EngineSpec, GIB } from './contract';
import { offlinePythonEnvironment } from './offline-environment';
import { chatTemplatePath, flag, refuseOptions, tensorParallel } from './options';
import { safetensorsBytes } from './safetensors-model';
import { CHAT, COMPLETIONS, generatingPaths, RESPONSES } from './serving-paths';
import { checkEngineVersion, tensorrtBuild } from './tensorrt-build';
import { TENSORRT_LLM_ARGUMENTS } from './tensorrt-llm-arguments';

const PORT = 8000;
const HOME = '/home/airlock';
/** The parent gives its child ten seconds, then kills it (serve.py, _signal_handler_cleanup_child). */
const SHUTDOWN_SECONDS = 20;

/** Arguments that the same server gets, whatever it loads. */
const serverArgs = (request: EngineRequest): string[] => [
  // localhost by default.
  ...flag('--host', '0.0.0.0'),
  ...flag('--port', PORT),
  ...flag('--tp_size', tensorParallel(request)),
  ...flag('--pp_size', request.pipelineParallel ?? 1),
  ...flag('--gpus_per_node', request.gpus),
  ...flag('--max_seq_len', request.maxModelLen),
  ...flag('--max_batch_size', request.concurrency),
  ...flag('--kv_cache_free_gpu_memory_fraction', request.memoryFraction),
  ...flag('--chat_template', chatTemplatePath(request)),
  ...flag('--tool_parser', request.toolCallParser),
  ...flag('--reasoning_parser', request.reasoningParser),
];

function specify(request: EngineRequest): EngineSpec {
  const { modelPath, gpus, artifacts, backend = 'pytorch' } = request;
  refuseOptions('tensorrt-llm', request, [
    'backend',
    'pipelineParallel',
    'concurrency',
    'memoryFraction',
    'chatTemplate',
    'toolCallParser',
    'reasoningParser',
  ]);
  const weightBytes = safetensorsBytes('tensorrt-llm', request);
  const server: EngineSpec = {
    command: ['trtllm-serve', 'serve'],
    args: [modelPath, ...flag('--backend', 'pytorch'), ...serverArgs(request)],
    env: {
      ...offlinePythonEnvironment(HOME),
      ...artifactEnvironment(artifacts),
      TRTLLM_NO_USAGE_STATS: '1',
      FLASHINFER_WORKSPACE_BASE: HOME,
      // Open MPI refuses a root user and looks for a home; its scratch files follow TMPDIR.
      TMPDIR: '/tmp',
    },
    port: PORT,
    probes: { startup: '/health', readiness: '/health', liveness: '/health' },
    // `/metrics` is JSON.
    metrics: { port: PORT, path: '/prometheus/metrics' },
    ...generatingPaths('tensorrt-llm', request, [CHAT, COMPLETIONS, RESPONSES]),
    writable: [
      { path: '/tmp', sizeBytes: 8 * GIB },
      { path: HOME, sizeBytes: 16 * GIB },
    ],
    // MPI ranks pass tensors through it (TensorRT-LLM docs, "Quick Start": --ipc host).
    sharedMemoryBytes: gpus > 1 ? 16 * GIB : 2 * GIB,
    user: { uid: 65532, gid: 0 },
    weightBytes,
    warmUpSeconds: 600,
    ...drainOf(request.drainSeconds ?? 0, false, SHUTDOWN_SECONDS),
    cpu: 4 + 2 * gpus,
    memoryBytes: (24 + 8 * gpus) * GIB,
  };
  if (backend === 'pytorch') return server;
  checkEngineVersion(request);
  const { build, engine } = tensorrtBuild(request, server);
  return {
    ...server,
    // An engine has no tokenizer in it.
    args: [engine, ...flag('--tokenizer', modelPath), ...flag('--backend', 'tensorrt'), ...serverArgs(request)],
    build,
    warnings: ['backend "engine" is gone from tensorrt-llm after 1.2: plan to leave it for pytorch'],
  };
}

export const tensorrtLlm: Engine = {
  name: 'tensorrt-llm',
  namesModelByPath: true,
  extraFlags: TENSORRT_LLM_ARGUMENTS,
  fieldFlags: {
    '--backend': 'engine.backend',
    '--tp_size': 'gpus',
    '--tensor_parallel_size': 'gpus',
    '--pp_size': 'pipelineParallel',
    '--pipeline_parallel_size': 'pipelineParallel',
    '--max_seq_len': 'maxModelLen',
    '--max_batch_size': 'concurrency',
    '--free_gpu_memory_fraction': 'memoryFraction',
    '--kv_cache_free_gpu_memory_fraction': 'memoryFraction',
    '--chat_template': 'chatTemplate',
    '--tool_parser': 'toolCallParser',
    '--reasoning_parser': 'reasoningParser',
    '--served_model_name': 'servedName',
  },
  specify,
};
