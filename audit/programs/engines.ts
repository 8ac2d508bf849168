/** Serving engines, by the documentation that their contracts in `engines/` cite. */
import type { EngineName } from '../../catalog/engines';
import { SIDE_ARTIFACTS } from '../../catalog/side-artifacts';
import { LEADER_ADDRESS, WORKER_INDEX } from '../../engines/node-group';
import type { Program } from './program';
import {
  adapter,
  apiPaths,
  duration,
  exactly,
  number,
  port,
  type Reader,
  scratchPath,
  servedName,
  verifiedPath,
  word,
} from './reader';

const EVERYWHERE = exactly('0.0.0.0', '::');
const ON = exactly('1');

const MOUNTS: Program['mounts'] = {
  '/tmp': ['scratch'],
  '/home/airlock': ['scratch'],
  '/dev/shm': ['scratch'],
  '/models/*': ['verified'],
  '/artifacts/*': ['verified'],
};

/** Without these an engine asks a hub for what it lacks, or reports its use (huggingface_hub, "Environment variables"). */
const OFFLINE: Readonly<Record<string, Reader>> = {
  HF_HUB_OFFLINE: ON,
  TRANSFORMERS_OFFLINE: ON,
  HF_DATASETS_OFFLINE: ON,
  HF_HUB_DISABLE_TELEMETRY: ON,
  DO_NOT_TRACK: ON,
  TELEMETRY_DISABLED: ON,
  BNB_DISABLE_TELEMETRY: ON,
  FLASHINFER_NO_DOWNLOAD: ON,
};

/** Files beside a model that some engines would fetch. */
const ARTIFACTS: Readonly<Record<string, Reader>> = Object.fromEntries(
  SIDE_ARTIFACTS.map(({ variable }) => [variable, verifiedPath]),
);

const PYTHON: Readonly<Record<string, Reader>> = {
  ...OFFLINE,
  HOME: scratchPath,
  USER: word,
  LOGNAME: word,
  HF_HOME: scratchPath,
  XDG_CACHE_HOME: scratchPath,
  XDG_CONFIG_HOME: scratchPath,
  TRITON_CACHE_DIR: scratchPath,
  TORCHINDUCTOR_CACHE_DIR: scratchPath,
  NUMBA_CACHE_DIR: scratchPath,
  OUTLINES_CACHE_DIR: scratchPath,
};

const needed = (...more: readonly string[]): string[] => [...Object.keys(OFFLINE), ...more];

const vllm: Program = {
  name: 'vllm serve',
  commands: [['vllm', 'serve']],
  words: [verifiedPath],
  options: {
    '--served-model-name': servedName,
    '--host': EVERYWHERE,
    '--port': port,
    '--load-format': exactly('safetensors'),
    '--tensor-parallel-size': number,
    '--pipeline-parallel-size': number,
    '--distributed-executor-backend': exactly('mp'),
    '--max-model-len': number,
    '--max-num-seqs': number,
    '--quantization': word,
    '--kv-cache-dtype': word,
    '--gpu-memory-utilization': number,
    '--chat-template': verifiedPath,
    '--enable-auto-tool-choice': 'flag',
    '--tool-call-parser': word,
    '--reasoning-parser': word,
    '--enable-lora': 'flag',
    '--max-loras': number,
    '--max-lora-rank': number,
    '--lora-modules': { each: adapter },
    '--disable-access-log-for-endpoints': apiPaths,
    '--shutdown-timeout': number,
    '--nnodes': number,
    '--node-rank': exactly('0', WORKER_INDEX),
    '--master-addr': exactly(LEADER_ADDRESS),
    '--master-port': port,
    '--headless': 'flag',
  },
  neededOptions: ['--load-format', '--served-model-name'],
  variables: {
    ...PYTHON,
    ...ARTIFACTS,
    VLLM_NO_USAGE_STATS: ON,
    VLLM_DO_NOT_TRACK: ON,
    VLLM_CACHE_ROOT: scratchPath,
    VLLM_CONFIG_ROOT: scratchPath,
    VLLM_MEDIA_URL_ALLOW_REDIRECTS: exactly('0'),
  },
  neededVariables: needed('VLLM_NO_USAGE_STATS', 'VLLM_DO_NOT_TRACK', 'VLLM_MEDIA_URL_ALLOW_REDIRECTS'),
  probePaths: ['/health'],
  mounts: MOUNTS,
};

const sglang: Program = {
  name: 'sglang',
  commands: [['python3', '-m', 'sglang.launch_server']],
  options: {
    '--model-path': verifiedPath,
    '--served-model-name': servedName,
    '--host': EVERYWHERE,
    '--port': port,
    '--load-format': exactly('safetensors'),
    '--tp-size': number,
    '--pp-size': number,
    '--context-length': number,
    '--max-running-requests': number,
    '--quantization': word,
    '--kv-cache-dtype': word,
    '--mem-fraction-static': number,
    '--chat-template': verifiedPath,
    '--tool-call-parser': word,
    '--reasoning-parser': word,
    '--enable-lora': 'flag',
    '--lora-paths': { each: adapter },
    '--file-storage-path': scratchPath,
    '--enable-metrics': 'flag',
    '--nnodes': number,
    '--node-rank': exactly('0', WORKER_INDEX),
    '--dist-init-addr': (value) =>
      value.startsWith(`${LEADER_ADDRESS}:`) && /^\d{1,5}$/.test(value.slice(LEADER_ADDRESS.length + 1))
        ? undefined
        : 'expected the address of the first pod of the group',
  },
  neededOptions: ['--model-path', '--load-format', '--served-model-name', '--file-storage-path'],
  variables: {
    ...PYTHON,
    ...ARTIFACTS,
    SGLANG_NO_USAGE_STATS: ON,
    SGLANG_CACHE_DIR: scratchPath,
    SGLANG_DG_CACHE_DIR: scratchPath,
    SGLANG_JIT_DEEPGEMM_FAST_WARMUP: ON,
    FLASHINFER_WORKSPACE_BASE: scratchPath,
    SGLANG_ENABLE_HEALTH_ENDPOINT_GENERATION: exactly('true', 'false'),
  },
  neededVariables: needed('SGLANG_NO_USAGE_STATS'),
  probePaths: ['/health', '/health_generate'],
  mounts: MOUNTS,
};

const tgi: Program = {
  name: 'text-generation-launcher',
  commands: [['text-generation-launcher']],
  options: {
    '--model-id': verifiedPath,
    '--hostname': EVERYWHERE,
    '--port': port,
    '--prometheus-port': port,
    '--num-shard': number,
    '--max-input-tokens': number,
    '--max-total-tokens': number,
    '--max-concurrent-requests': number,
    '--quantize': word,
    '--kv-cache-dtype': word,
    '--cuda-memory-fraction': number,
    '--graceful-termination-timeout': number,
    '--usage-stats': exactly('off'),
    '--json-output': 'flag',
  },
  neededOptions: ['--model-id', '--usage-stats'],
  variables: { ...PYTHON, HUGGINGFACE_HUB_CACHE: scratchPath, USAGE_STATS: exactly('off') },
  neededVariables: needed('USAGE_STATS'),
  probePaths: ['/health'],
  mounts: MOUNTS,
};

const tensorrtLlm: Program = {
  name: 'trtllm-serve',
  commands: [['trtllm-serve', 'serve']],
  words: [(value, scope) => (value.startsWith('/engines/') ? builtPath(value, scope) : verifiedPath(value, scope))],
  options: {
    '--backend': exactly('pytorch', 'tensorrt'),
    '--tokenizer': verifiedPath,
    '--host': EVERYWHERE,
    '--port': port,
    '--tp_size': number,
    '--pp_size': number,
    '--gpus_per_node': number,
    '--max_seq_len': number,
    '--max_batch_size': number,
    '--kv_cache_free_gpu_memory_fraction': number,
    '--chat_template': verifiedPath,
    '--tool_parser': word,
    '--reasoning_parser': word,
  },
  neededOptions: ['--backend'],
  variables: {
    ...PYTHON,
    ...ARTIFACTS,
    TRTLLM_NO_USAGE_STATS: ON,
    FLASHINFER_WORKSPACE_BASE: scratchPath,
    TMPDIR: scratchPath,
  },
  neededVariables: needed('TRTLLM_NO_USAGE_STATS'),
  probePaths: ['/health'],
  mounts: { ...MOUNTS, '/engines': ['kept'] },
};

/** What the plan's own build left in its claim; nobody verified those bytes, the build of the verified weights made them. */
function builtPath(value: string, { placed }: Parameters<Reader>[1]): ReturnType<Reader> {
  const place = placed(value);
  return place === 'kept' ? undefined : `${value} should lie in the claim of the build: it is ${place}`;
}

const llamaCpp: Program = {
  name: 'llama-server',
  commands: [['/app/llama-server']],
  options: {
    '--model': verifiedPath,
    '--mmproj': verifiedPath,
    '--alias': servedName,
    '--host': EVERYWHERE,
    '--port': port,
    '--ctx-size': number,
    '--parallel': number,
    '--n-gpu-layers': number,
    '--cache-type-k': word,
    '--cache-type-v': word,
    '--flash-attn': exactly('on', 'off', 'auto'),
    '--lora': verifiedPath,
    '--chat-template-file': verifiedPath,
    '--jinja': 'flag',
    '--offline': 'flag',
    '--metrics': 'flag',
    '--no-slots': 'flag',
  },
  neededOptions: ['--model', '--alias', '--offline', '--no-slots'],
  variables: { HOME: scratchPath, LLAMA_ARG_UI: exactly('0'), LLAMA_ARG_FIT: exactly('on', 'off') },
  neededVariables: ['LLAMA_ARG_UI'],
  probePaths: ['/health'],
  mounts: MOUNTS,
};

const ollama: Program = {
  name: 'ollama serve',
  commands: [['/bin/ollama']],
  words: [exactly('serve')],
  options: {},
  variables: {
    HOME: scratchPath,
    OLLAMA_HOST: (value) => (/^0\.0\.0\.0:\d{1,5}$/.test(value) ? undefined : 'expected 0.0.0.0 and a port'),
    OLLAMA_MODELS: verifiedPath,
    OLLAMA_NO_CLOUD: ON,
    OLLAMA_NOPRUNE: ON,
    OLLAMA_NOHISTORY: ON,
    OLLAMA_KEEP_ALIVE: duration,
    OLLAMA_MAX_LOADED_MODELS: number,
    OLLAMA_CONTEXT_LENGTH: number,
    OLLAMA_NUM_PARALLEL: number,
    OLLAMA_LOAD_TIMEOUT: duration,
    OLLAMA_KV_CACHE_TYPE: word,
    OLLAMA_FLASH_ATTENTION: exactly('0', '1'),
    CUDA_VISIBLE_DEVICES: exactly(''),
  },
  neededVariables: ['OLLAMA_MODELS', 'OLLAMA_NO_CLOUD', 'OLLAMA_NOPRUNE', 'OLLAMA_NOHISTORY'],
  probePaths: ['/api/version'],
  probeCommands: [[exactly('/bin/ollama'), exactly('run'), servedName, exactly('')]],
  mounts: MOUNTS,
};

/** What each engine may be told. */
export const ENGINE_PROGRAMS: Readonly<Record<EngineName, Program>> = {
  vllm,
  sglang,
  tgi,
  'tensorrt-llm': tensorrtLlm,
  'llama.cpp': llamaCpp,
  ollama,
};

/**
 * Builds a TensorRT engine from verified weights. Its program is a text on its command line: known by digest, after a person
 * has read it.
 */
export const ENGINE_BUILD: Program = {
  name: 'the build of an engine',
  commands: [],
  reviewedCommands: ['sha256:3b823372ad61d0db631c0fd302a5a9bfa03b50fb7d6731403b50fd46fb277bf3'],
  words: [exactly('/engines'), imagelessName, servedName, verifiedPath, number, number, number, numberOrNone],
  options: {},
  variables: tensorrtLlm.variables,
  neededVariables: tensorrtLlm.neededVariables ?? [],
  mounts: tensorrtLlm.mounts,
};

/** Name of a folder of the claim. */
function imagelessName(value: string): string | undefined {
  return /^[a-z0-9][a-z0-9.-]{0,250}$/.test(value) ? undefined : 'expected the name of a folder';
}

function numberOrNone(value: string, scope: Parameters<Reader>[1]): ReturnType<Reader> {
  return value === '' ? undefined : number(value, scope);
}
