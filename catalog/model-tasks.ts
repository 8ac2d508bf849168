/** What models are made for, by the name of their architecture: what is on no list here is unknown. */
import { GGUF_SHAPES, MODEL_SHAPES } from './model-shapes';

/** One kind of work; `rate` stands for classifying, scoring and rewards, which no workflow offers. */
export type ModelTask = 'generate' | 'embed' | 'rate' | 'transcribe';

/** Whole names: vllm-project/vllm model_executor/models/registry.py. */
const BY_NAME: Readonly<Record<ModelTask, readonly string[]>> = {
  generate: [
    'AriaForConditionalGeneration',
    'AyaVisionForConditionalGeneration',
    'Cohere2VisionForConditionalGeneration',
    'Gemma3nForConditionalGeneration',
    'Gemma4ForConditionalGeneration',
    'Glm4vForConditionalGeneration',
    'Glm4vMoeForConditionalGeneration',
    'Idefics3ForConditionalGeneration',
    'InternVLChatModel',
    'InternVLForConditionalGeneration',
    'KimiVLForConditionalGeneration',
    'Llama4ForConditionalGeneration',
    'LlavaNextForConditionalGeneration',
    'LlavaOnevisionForConditionalGeneration',
    'MllamaForConditionalGeneration',
    'NemotronH_Nano_VL_V2',
    'PaliGemmaForConditionalGeneration',
    'PixtralForConditionalGeneration',
    'SmolVLMForConditionalGeneration',
  ],
  embed: [
    'BertModel',
    'CLIPModel',
    'Gemma2Model',
    'Gemma3TextModel',
    'GteModel',
    'GteNewModel',
    'LlamaBidirectionalModel',
    'LlamaModel',
    'MistralModel',
    'ModernBertModel',
    'NewModel',
    'NomicBertModel',
    'Qwen2Model',
    'Qwen3Model',
    'RobertaForMaskedLM',
    'RobertaModel',
    'XLMRobertaModel',
  ],
  rate: ['InternLM2ForRewardModel', 'JinaVLForRanking', 'Qwen2ForProcessRewardModel', 'Qwen2ForRewardModel'],
  transcribe: ['Qwen3ASRForConditionalGeneration', 'WhisperForConditionalGeneration'],
};

/** Ends of names that transformers' auto classes give (vllm/config/model.py, _SUFFIX_TO_DEFAULTS). */
const BY_END: readonly (readonly [string, ModelTask])[] = [
  ['ForCausalLM', 'generate'],
  ['LMHeadModel', 'generate'],
  ['ForTextEncoding', 'embed'],
  ['EmbeddingModel', 'embed'],
  ['ForSequenceClassification', 'rate'],
  ['ForTokenClassification', 'rate'],
  ['ForRewardModeling', 'rate'],
];

/** By `general.architecture`: ggml-org/llama.cpp src/llama-arch.cpp; those that embed have no output but a pooled one. */
const GGUF: Readonly<Record<'generate' | 'embed', readonly string[]>> = {
  generate: [
    'apertus',
    'arcee',
    'bailingmoe',
    'bailingmoe2',
    'bitnet',
    'chatglm',
    'cohere2',
    'dots1',
    'ernie4_5-moe',
    'exaone',
    'exaone4',
    'falcon',
    'falcon-h1',
    'gemma3n',
    'gemma4',
    'glm4moe',
    'granitehybrid',
    'hunyuan-dense',
    'hunyuan-moe',
    'internlm2',
    'jamba',
    'lfm2',
    'lfm2moe',
    'llama4',
    'minicpm',
    'minicpm3',
    'minimax-m2',
    'mistral3',
    'nemotron',
    'nemotron_h',
    'nemotron_h_moe',
    'olmo',
    'phi2',
    'phi3',
    'phimoe',
    'qwen3next',
    'qwen3vl',
    'qwen3vlmoe',
    'stablelm',
    'starcoder',
  ],
  embed: [
    'bert',
    'gemma-embedding',
    'jina-bert-v2',
    'jina-bert-v3',
    'modern-bert',
    'neo-bert',
    'nomic-bert',
    'nomic-bert-moe',
  ],
};

/** Pooling of Sentence Transformers: with it, also a *ForCausalLM embeds (vllm/transformers_utils/config.py, get_pooling_config). */
const POOLING = /^\d+_Pooling\/config\.json$/;

/** What is known of a model. */
export interface DescribedModel {
  readonly source?: 'config.json' | 'gguf';
  readonly architecture?: string;
  /** Paths of its files. */
  readonly files: readonly string[];
}

function byArchitecture(architecture: string): ModelTask | undefined {
  const named = (Object.keys(BY_NAME) as ModelTask[]).find((task) => BY_NAME[task].includes(architecture));
  if (named !== undefined) return named;
  if (MODEL_SHAPES.some(({ architectures }) => architectures.includes(architecture))) return 'generate';
  return BY_END.find(([end]) => architecture.endsWith(end))?.[1];
}

/** What a model is made for; undefined where nothing says. */
export function taskOfModel({ source, architecture, files }: DescribedModel): ModelTask | undefined {
  if (architecture === undefined) return undefined;
  if (source === 'gguf') {
    if (GGUF.embed.includes(architecture)) return 'embed';
    return Object.hasOwn(GGUF_SHAPES, architecture) || GGUF.generate.includes(architecture) ? 'generate' : undefined;
  }
  const task = byArchitecture(architecture);
  const pooled = files.includes('modules.json') && files.some((path) => POOLING.test(path));
  return task === 'generate' && pooled ? 'embed' : task;
}
