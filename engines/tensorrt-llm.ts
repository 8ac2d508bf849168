/** TensorRT-LLM's server: NVIDIA/TensorRT-LLM tensorrt_llm/commands/serve.py, `trtllm-serve`. */
import { badInput } from '../core/errors';
import { artifactEnvironment } from './artifacts';
import { type Engine, type EngineRequest, type EngineSpec, GIB } from './contract';
import { offlinePythonEnvironment } from './offline-environment';
import { chatTemplatePath, flag, refuseOptions, tensorParallel } from './options';
import { safetensorsBytes } from './safetensors-model';
import { atLeast } from './version';

const PORT = 8000;
const HOME = '/home/airlock';
/** The parent gives its child ten seconds, then kills it (serve.py, _signal_handler_cleanup_child). */
const SHUTDOWN_SECONDS = 20;
/** Building an engine from a checkpoint compiles every kernel for the GPU at hand. */
const BUILD_SECONDS = 3600;

/** docs/source/legacy/tensorrt-backend-removal.md: engines are gone after 1.2. */
function checkBackend({ serving, version, backend = 'pytorch' }: EngineRequest): 'pytorch' | 'tensorrt' {
  if (backend === 'pytorch') return 'pytorch';
  if (!atLeast(version, [1, 3])) return 'tensorrt';
  throw badInput(
    `serving "${serving}": engine.backend "engine" is gone from tensorrt-llm ${version}`,
    'write backend: pytorch, or a version of 1.2 or older',
  );
}

function specify(request: EngineRequest): EngineSpec {
  const { modelPath, gpus, pipelineParallel = 1, artifacts } = request;
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
  const backend = checkBackend(request);
  return {
    command: ['trtllm-serve', 'serve'],
    args: [
      modelPath,
      ...flag('--backend', backend),
      // localhost by default.
      ...flag('--host', '0.0.0.0'),
      ...flag('--port', PORT),
      ...flag('--tp_size', tensorParallel(request)),
      ...flag('--pp_size', pipelineParallel),
      ...flag('--gpus_per_node', gpus),
      ...flag('--max_seq_len', request.maxModelLen),
      ...flag('--max_batch_size', request.concurrency),
      ...flag('--kv_cache_free_gpu_memory_fraction', request.memoryFraction),
      ...flag('--chat_template', chatTemplatePath(request)),
      ...flag('--tool_parser', request.toolCallParser),
      ...flag('--reasoning_parser', request.reasoningParser),
    ],
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
    httpPaths: ['/v1/models', '/v1/chat/completions', '/v1/completions', '/v1/responses'],
    writable: [
      { path: '/tmp', sizeBytes: backend === 'tensorrt' ? Math.ceil(weightBytes * 1.5) + 8 * GIB : 8 * GIB },
      { path: HOME, sizeBytes: 16 * GIB },
    ],
    // MPI ranks pass tensors through it (TensorRT-LLM docs, "Quick Start": --ipc host).
    sharedMemoryBytes: gpus > 1 ? 16 * GIB : 2 * GIB,
    user: { uid: 65532, gid: 0 },
    weightBytes,
    warmUpSeconds: backend === 'tensorrt' ? BUILD_SECONDS : 600,
    shutdownSeconds: SHUTDOWN_SECONDS,
    cpu: 4 + 2 * gpus,
    memoryBytes: backend === 'tensorrt' ? Math.ceil(weightBytes * 1.5) + 32 * GIB : (24 + 8 * gpus) * GIB,
    ...(backend === 'tensorrt'
      ? {
          warnings: [
            'backend "engine" compiles the model for the GPU of the pod at every start; it is gone after 1.2, so plan to leave it',
          ],
        }
      : {}),
  };
}

export const tensorrtLlm: Engine = {
  name: 'tensorrt-llm',
  namesModelByPath: true,
  forbiddenFlags: [
    '--config',
    '--extra_llm_api_options',
    '--trust_remote_code',
    '--tokenizer',
    '--custom_tokenizer',
    '--custom_module_dirs',
    '--revision',
    '--metadata_server_config_file',
    '--server_role',
    '--disagg_cluster_uri',
    '--otlp_traces_endpoint',
    '--grpc',
  ],
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
