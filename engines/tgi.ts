/** Text Generation Inference: huggingface/text-generation-inference docs/source/reference/launcher.md. */
import { badInput } from '../core/errors';
import { drainOf } from './drain';
import { type Engine, type EngineRequest, type EngineSpec, GIB } from './contract';
import { offlinePythonEnvironment } from './offline-environment';
import { choose, chooseKvCacheDtype, flag, refuseOptions } from './options';
import { safetensorsBytes } from './safetensors-model';
import { CHAT, COMPLETIONS, generatingPaths } from './serving-paths';
import { atLeast } from './version';
import { TGI_ARGUMENTS } from './tgi-arguments';

const PORT = 8080;
const METRICS_PORT = 9000;
const HOME = '/home/airlock';
const SHUTDOWN_SECONDS = 90;
/** Tokens of a prompt where the site states a context only: the launcher wants prompts to be shorter than the whole. */
const REPLY_TOKENS = 512;
const QUANTIZATIONS = ['awq', 'compressed-tensors', 'eetq', 'exl2', 'gptq', 'marlin', 'bitsandbytes', 'fp8'];
/** The launcher's names. */
const KV_CACHE: Readonly<Record<string, string>> = { fp8_e4m3: 'fp8_e4m3fn', fp8_e5m2: 'fp8_e5m2' };

function specify(request: EngineRequest): EngineSpec {
  const { serving, version, modelPath, gpus, maxModelLen, quantization, derivedImage = false } = request;
  const { drainSeconds = SHUTDOWN_SECONDS } = request;
  refuseOptions('tgi', request, ['concurrency', 'quantization', 'kvCacheDtype', 'memoryFraction']);
  // huggingface/text-generation-inference#3082: since 3.1 the image's Python lies below /root.
  if (atLeast(version, [3, 1]) && !derivedImage) {
    throw badInput(
      'ENGINE_IMAGE_UNSUITABLE',
      `serving "${serving}": the image of tgi ${version} runs as root only, and no pod here may`,
      'derive an image in which Python is readable to other users, list it under images, and name it as engine.image',
    );
  }
  const weightBytes = safetensorsBytes('tgi', request);
  const kvCacheDtype = chooseKvCacheDtype('tgi', request, ['fp8_e4m3', 'fp8_e5m2']);
  return {
    command: ['text-generation-launcher'],
    args: [
      ...flag('--model-id', modelPath),
      ...flag('--hostname', '0.0.0.0'),
      ...flag('--port', PORT),
      ...flag('--prometheus-port', METRICS_PORT),
      ...flag('--num-shard', Math.max(1, gpus)),
      ...(maxModelLen === undefined
        ? []
        : [
            ...flag('--max-input-tokens', Math.max(1, maxModelLen - REPLY_TOKENS)),
            ...flag('--max-total-tokens', maxModelLen),
          ]),
      ...flag('--max-concurrent-requests', request.concurrency),
      ...flag(
        '--quantize',
        quantization === undefined ? undefined : choose('tgi', request, 'quantization', quantization, QUANTIZATIONS),
      ),
      ...flag('--kv-cache-dtype', kvCacheDtype === undefined ? undefined : KV_CACHE[kvCacheDtype]),
      ...flag('--cuda-memory-fraction', request.memoryFraction),
      ...flag('--graceful-termination-timeout', drainSeconds),
      ...flag('--usage-stats', 'off'),
      '--json-output',
    ],
    env: {
      ...offlinePythonEnvironment(HOME),
      // Else it writes below /data. HF_KERNELS_CACHE stays the image's /kernels, which its Dockerfile fills: the kernels of
      // attention are read from there alone, without a download (server/text_generation_server/utils/kernels.py, load_kernel).
      HUGGINGFACE_HUB_CACHE: `${HOME}/.cache/huggingface/hub`,
      USAGE_STATS: 'off',
    },
    port: PORT,
    probes: { startup: '/health', readiness: '/health', liveness: '/health' },
    metrics: { port: METRICS_PORT, path: '/metrics' },
    ...generatingPaths('tgi', request, [CHAT, COMPLETIONS]),
    writable: [
      { path: '/tmp', sizeBytes: 4 * GIB },
      { path: HOME, sizeBytes: 8 * GIB },
    ],
    sharedMemoryBytes: gpus > 1 ? 8 * GIB : GIB,
    user: { uid: 65532, gid: 0 },
    weightBytes,
    warmUpSeconds: 300,
    ...drainOf(drainSeconds, true),
    cpu: 2 + 2 * gpus,
    memoryBytes: (16 + 8 * gpus) * GIB,
    warnings: ['tgi is in maintenance mode upstream; move the serving to vllm or sglang'],
  };
}

export const tgi: Engine = {
  name: 'tgi',
  // It lists the whole path as the model's name, and answers to any (router/src/server.rs, "openai_get_model_info").
  namesModelByPath: true,
  extraFlags: TGI_ARGUMENTS,
  fieldFlags: {
    '--graceful-termination-timeout': 'drainSeconds',
    '--num-shard': 'gpus',
    '--sharded': 'gpus',
    '--max-input-tokens': 'maxModelLen',
    '--max-input-length': 'maxModelLen',
    '--max-total-tokens': 'maxModelLen',
    '--max-concurrent-requests': 'concurrency',
    '--quantize': 'quantization',
    '--kv-cache-dtype': 'kvCacheDtype',
    '--cuda-memory-fraction': 'memoryFraction',
  },
  specify,
};
