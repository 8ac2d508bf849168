import { ENGINES } from '../../engines';
import type { EngineName } from '../../catalog/engines';
import type { EngineRequest } from '../../engines/contract';
import { request, VERSIONS } from './requests';

const CHAT = ['/v1/models', '/v1/chat/completions', '/v1/completions'];
const RESPONSES = [...CHAT, '/v1/responses'];
const EMBEDDINGS = ['/v1/models', '/v1/embeddings'];
const NOTHING = ['/v1/models'];

const GGUF: readonly EngineName[] = ['llama.cpp', 'ollama'];

function specOf(engine: EngineName, architecture: string | undefined, change: Partial<EngineRequest> = {}) {
  const source = GGUF.includes(engine) ? ('gguf' as const) : ('config.json' as const);
  const described = { source, ...(architecture === undefined ? {} : { architecture }) };
  return ENGINES[engine].specify(request({ version: VERSIONS[engine], described, ...change }));
}

const sentence = ['modules.json', '1_Pooling/config.json', 'config.json', 'model.safetensors'].map((path) => ({
  path,
  size: 1,
}));

describe('the paths of a serving', () => {
  it.each<[EngineName, string, readonly string[], readonly string[]]>([
    ['vllm', 'Qwen3ForCausalLM', [], RESPONSES],
    ['vllm', 'Qwen3ForCausalLM', ['--runner', 'generate'], RESPONSES],
    ['vllm', 'Qwen3ForCausalLM', ['--runner', 'pooling'], EMBEDDINGS],
    ['vllm', 'Qwen3ForCausalLM', ['--runner=pooling', '--convert=classify'], NOTHING],
    ['vllm', 'Qwen3ForCausalLM', ['--runn', 'pooling'], EMBEDDINGS],
    ['vllm', 'Qwen3ForCausalLM', ['--runner', 'pooling', '--runner', 'generate'], RESPONSES],
    ['vllm', 'Qwen3ForCausalLM', ['--task', 'embed'], EMBEDDINGS],
    ['vllm', 'Qwen3ForCausalLM', ['--task', 'score'], NOTHING],
    ['vllm', 'Qwen3ForCausalLM', ['--runner', 'draft'], NOTHING],
    ['vllm', 'XLMRobertaModel', [], EMBEDDINGS],
    ['vllm', 'XLMRobertaModel', ['--runner', 'pooling'], EMBEDDINGS],
    ['vllm', 'Qwen3ForSequenceClassification', ['--runner', 'pooling'], NOTHING],
    ['vllm', 'WhisperForConditionalGeneration', [], NOTHING],
    ['vllm', 'WhisperForConditionalGeneration', ['--runner', 'generate'], NOTHING],
    ['vllm', 'NovelModel', [], NOTHING],
    ['vllm', 'NovelModel', ['--runner', 'generate'], RESPONSES],
    ['vllm', 'NovelModel', ['--runner', 'pooling'], NOTHING],
    ['vllm', 'NovelModel', ['--runner', 'pooling', '--convert', 'embed'], EMBEDDINGS],
    ['sglang', 'Qwen3ForCausalLM', [], RESPONSES],
    ['sglang', 'Qwen3ForCausalLM', ['--is-embedding'], EMBEDDINGS],
    ['sglang', 'Qwen3ForCausalLM', ['--is_embedding'], EMBEDDINGS],
    ['sglang', 'XLMRobertaModel', [], EMBEDDINGS],
    ['sglang', 'ModernBertModel', [], NOTHING],
    ['sglang', 'ModernBertModel', ['--is-embedding'], EMBEDDINGS],
    ['sglang', 'NovelModel', [], NOTHING],
    ['tgi', 'MistralForCausalLM', [], CHAT],
    ['tgi', 'XLMRobertaModel', [], NOTHING],
    ['tgi', 'NovelModel', [], NOTHING],
    ['tensorrt-llm', 'Qwen3ForCausalLM', [], RESPONSES],
    ['tensorrt-llm', 'WhisperForConditionalGeneration', [], NOTHING],
    ['llama.cpp', 'qwen2', [], CHAT],
    ['llama.cpp', 'qwen2', ['--embeddings'], EMBEDDINGS],
    ['llama.cpp', 'qwen2', ['--embedding'], EMBEDDINGS],
    ['llama.cpp', 'qwen2', ['--reranking'], NOTHING],
    ['llama.cpp', 'nomic-bert', [], NOTHING],
    ['llama.cpp', 'nomic-bert', ['--embeddings'], EMBEDDINGS],
    ['llama.cpp', 'novel', [], NOTHING],
    ['ollama', 'qwen2', [], [...CHAT, '/v1/embeddings']],
    ['ollama', 'nomic-bert', [], EMBEDDINGS],
    ['ollama', 'novel', [], NOTHING],
  ])('%s with %s and %j', (engine, architecture, extraArgs, paths) => {
    const { httpPaths, limits } = specOf(engine, architecture, { extraArgs });
    expect(httpPaths).toEqual(paths);
    expect([limits.why, limits.fix]).not.toContain('');
  });

  it.each(Object.keys(ENGINES) as EngineName[])(
    '%s: none but the list of models where the lock says nothing',
    (engine) => {
      const { httpPaths, limits } = specOf(engine, undefined);
      expect(httpPaths).toEqual(NOTHING);
      expect(limits.fix).toContain('run `airlock lock`');
    },
  );

  it('follow the pooling of Sentence Transformers that the pod holds', () => {
    expect(specOf('vllm', 'Qwen3ForCausalLM', { files: sentence }).httpPaths).toEqual(EMBEDDINGS);
    expect(specOf('sglang', 'Qwen3ForCausalLM', { files: sentence }).limits.fix).toContain('--is-embedding');
  });

  it('have the Responses API of vLLM from 0.10 on', () => {
    expect(specOf('vllm', 'Qwen3ForCausalLM', { version: '0.9.2' }).httpPaths).toEqual(CHAT);
  });
});
