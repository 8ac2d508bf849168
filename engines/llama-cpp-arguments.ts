/**
 * Arguments that a site may add to llama-server: what decides how much, how fast and with which defaults it computes, and
 * which kind of work it does (ggml-org/llama.cpp tools/server/README.md, `llama-server --help`). Nothing that reads or writes
 * a path, fetches, talks to another server, runs tools, logs what was asked, or opens an endpoint.
 */
import {
  type ArgumentForms,
  COUNT,
  COUNT_OR_LESS,
  JSON_SWITCHES,
  NUMBER,
  NUMBERS,
  oneOf,
  switches,
} from './argument-form';

const ON_OFF = oneOf('0', '1');

export const LLAMA_CPP_ARGUMENTS: ArgumentForms = {
  // The kind of work: llama-cpp.ts reads these.
  ...switches('--embedding', '--embeddings', '--rerank', '--reranking'),
  '--pooling': oneOf('none', 'mean', 'cls', 'last', 'rank'),
  '--embd-normalize': COUNT_OR_LESS,

  // Threads and batches.
  '--threads': COUNT_OR_LESS,
  '-t': COUNT_OR_LESS,
  '--threads-batch': COUNT_OR_LESS,
  '-tb': COUNT_OR_LESS,
  '--threads-http': COUNT_OR_LESS,
  '--batch-size': COUNT,
  '-b': COUNT,
  '--ubatch-size': COUNT,
  '-ub': COUNT,
  '--poll': COUNT,
  '--flash-attn': oneOf('on', 'off', 'auto'),
  '--cpu-strict': ON_OFF,
  '--numa': oneOf('distribute', 'isolate', 'numactl'),
  '--timeout': COUNT,
  '-to': COUNT,
  ...switches('--cont-batching', '-cb', '--no-cont-batching', '-nocb', '--no-warmup'),

  // Memory.
  '--cache-ram': COUNT_OR_LESS,
  '-cram': COUNT_OR_LESS,
  '--cache-reuse': COUNT,
  '--ctx-checkpoints': COUNT,
  '-ctxcp': COUNT,
  '--fit': oneOf('on', 'off'),
  '-fit': oneOf('on', 'off'),
  ...switches('--swa-full', '--kv-unified', '-kvu', '--no-kv-unified', '-no-kvu', '--no-kv-offload', '-nkvo'),
  ...switches('--context-shift', '--no-context-shift', '--cache-prompt', '--no-cache-prompt'),
  ...switches('--mlock', '--no-mmap', '--no-repack', '-nr', '--no-host', '--check-tensors'),

  // Several GPUs of the pod.
  '--split-mode': oneOf('none', 'layer', 'row', 'tensor'),
  '-sm': oneOf('none', 'layer', 'row', 'tensor'),
  '--tensor-split': NUMBERS,
  '-ts': NUMBERS,
  '--main-gpu': COUNT,
  '-mg': COUNT,
  '--n-cpu-moe': COUNT,
  '-ncmoe': COUNT,
  ...switches('--cpu-moe', '-cmoe'),

  // Longer contexts than the model was trained on.
  '--rope-scaling': oneOf('none', 'linear', 'yarn'),
  '--rope-scale': NUMBER,
  '--rope-freq-base': NUMBER,
  '--rope-freq-scale': NUMBER,
  '--yarn-orig-ctx': COUNT,
  '--yarn-ext-factor': NUMBER,
  '--yarn-attn-factor': NUMBER,
  '--yarn-beta-slow': NUMBER,
  '--yarn-beta-fast': NUMBER,

  // Defaults of answers, which a caller may set for its own.
  '--predict': COUNT_OR_LESS,
  '--n-predict': COUNT_OR_LESS,
  '-n': COUNT_OR_LESS,
  '--seed': COUNT_OR_LESS,
  '-s': COUNT_OR_LESS,
  '--temp': NUMBER,
  '--top-k': COUNT,
  '--top-p': NUMBER,
  '--min-p': NUMBER,
  '--repeat-last-n': COUNT_OR_LESS,
  '--repeat-penalty': NUMBER,
  '--presence-penalty': NUMBER,
  '--frequency-penalty': NUMBER,
  '--chat-template-kwargs': JSON_SWITCHES,
  '--reasoning': oneOf('on', 'off', 'auto'),
  '-rea': oneOf('on', 'off', 'auto'),
  // Else it writes reasoning beside the answer, where not every guard reads.
  '--reasoning-format': oneOf('none'),
  '--reasoning-budget': COUNT_OR_LESS,

  // Logs without what was asked.
  '--log-colors': oneOf('off'),
  ...switches('--log-prefix', '--log-timestamps', '--no-perf'),
};
