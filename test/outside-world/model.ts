/** Small but valid language models, the same bytes for the same seed: Llama's architecture with random weights. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { seededBytes } from './bytes';
import { type GgufValue, writeGguf } from './gguf';

import { type Tensor, writeSafetensors } from './safetensors';
import { BOS, EOS, MERGES, tokenizerConfigJson, tokenizerJson, TOKENS } from './tokenizer';

export interface ModelOptions {
  readonly seed: string;
  /** As the model card names it. */
  readonly title: string;
  /** @default 64 */
  readonly hiddenSize?: number;
  /** @default 2 */
  readonly layers?: number;
  /** Tokens. @default 2048 */
  readonly contextLength?: number;
  /** Safetensors files; more than one brings `model.safetensors.index.json`. @default 1 */
  readonly shards?: number;
}

/** The text as apache.org publishes it. */
const APACHE_2_0 = readFileSync(path.resolve(__dirname, '../../LICENSE'), 'utf8');

type Files = Record<string, Buffer | string>;

interface Shape {
  readonly name: string;
  readonly ggufName: string;
  readonly shape: readonly number[];
}

interface Dimensions {
  readonly hidden: number;
  readonly layers: number;
  readonly context: number;
  readonly heads: number;
  readonly feedForward: number;
}

const dimensionsOf = ({ hiddenSize = 64, layers = 2, contextLength = 2048 }: ModelOptions): Dimensions => ({
  hidden: hiddenSize,
  layers,
  context: contextLength,
  heads: 4,
  feedForward: hiddenSize * 4,
});

/** Tensor names: transformers `modeling_llama.py`; llama.cpp `gguf-py/gguf/constants.py`. */
function shapesOf({ hidden, layers, feedForward }: Dimensions): Shape[] {
  const half = hidden / 2; // two key-value heads to four heads
  const perLayer: [string, string, number[]][] = [
    ['input_layernorm', 'attn_norm', [hidden]],
    ['self_attn.q_proj', 'attn_q', [hidden, hidden]],
    ['self_attn.k_proj', 'attn_k', [half, hidden]],
    ['self_attn.v_proj', 'attn_v', [half, hidden]],
    ['self_attn.o_proj', 'attn_output', [hidden, hidden]],
    ['post_attention_layernorm', 'ffn_norm', [hidden]],
    ['mlp.gate_proj', 'ffn_gate', [feedForward, hidden]],
    ['mlp.up_proj', 'ffn_up', [feedForward, hidden]],
    ['mlp.down_proj', 'ffn_down', [hidden, feedForward]],
  ];
  return [
    { name: 'model.embed_tokens.weight', ggufName: 'token_embd.weight', shape: [TOKENS.length, hidden] },
    ...Array.from({ length: layers }, (_, layer) =>
      perLayer.map(([name, ggufName, shape]) => ({
        name: `model.layers.${String(layer)}.${name}.weight`,
        ggufName: `blk.${String(layer)}.${ggufName}.weight`,
        shape,
      })),
    ).flat(),
    { name: 'model.norm.weight', ggufName: 'output_norm.weight', shape: [hidden] },
    { name: 'lm_head.weight', ggufName: 'output.weight', shape: [TOKENS.length, hidden] },
  ];
}

const elementsOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** Numbers between -0.05 and 0.05: ordinary weights, no infinities. */
function randomFloats(seed: string, count: number): Float32Array {
  const noise = seededBytes(seed, count * 2);
  return Float32Array.from({ length: count }, (_, at) => (noise.readInt16LE(at * 2) / 32_768) * 0.05);
}

const asF32 = (floats: Float32Array): Buffer => {
  const bytes = Buffer.alloc(floats.length * 4);
  floats.forEach((value, at) => bytes.writeFloatLE(value, at * 4));
  return bytes;
};

/** bfloat16 is the upper half of a 32-bit float. */
const asBf16 = (floats: Float32Array): Buffer => {
  const wide = asF32(floats);
  const bytes = Buffer.alloc(floats.length * 2);
  floats.forEach((_, at) => wide.copy(bytes, at * 2, at * 4 + 2, at * 4 + 4));
  return bytes;
};

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const card = ({ title }: ModelOptions, library: string): string =>
  `---\nlicense: apache-2.0\nlibrary_name: ${library}\npipeline_tag: text-generation\nlanguage:\n- en\n---\n\n# ${title}\n\nA small model with random weights, made for tests. It says nothing sensible.\n`;

function configJson({ hidden, layers, context, heads, feedForward }: Dimensions): object {
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    torch_dtype: 'bfloat16',
    hidden_size: hidden,
    intermediate_size: feedForward,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: heads / 2,
    head_dim: hidden / heads,
    hidden_act: 'silu',
    max_position_embeddings: context,
    rms_norm_eps: 1e-5,
    rope_theta: 10_000,
    vocab_size: TOKENS.length,
    bos_token_id: 0,
    eos_token_id: 1,
    tie_word_embeddings: false,
    attention_bias: false,
    mlp_bias: false,
    initializer_range: 0.02,
    use_cache: true,
  };
}

/** Consecutive tensors, as transformers splits them, and the index that says which file holds which. */
function sharded(tensors: readonly Tensor[], shards: number): Files {
  if (shards === 1) return { 'model.safetensors': writeSafetensors(tensors) };
  const files: Files = {};
  const places: Record<string, string> = {};
  const each = Math.ceil(tensors.length / shards);
  const number = (value: number): string => String(value).padStart(5, '0');
  for (let at = 0; at < shards; at += 1) {
    const name = `model-${number(at + 1)}-of-${number(shards)}.safetensors`;
    const part = tensors.slice(at * each, (at + 1) * each);
    files[name] = writeSafetensors(part);
    part.forEach((tensor) => (places[tensor.name] = name));
  }
  const total = tensors.reduce((sum, tensor) => sum + tensor.bytes.length, 0);
  files['model.safetensors.index.json'] = json({ metadata: { total_size: total }, weight_map: places });
  return files;
}

/** A repository for transformers and vLLM, with `original/` files of the kind that sites leave out. */
export function makeSafetensorsModel(options: ModelOptions): Files {
  const dimensions = dimensionsOf(options);
  const tensors = shapesOf(dimensions).map(({ name, shape }): Tensor => ({
    name,
    shape,
    dtype: 'BF16',
    bytes: asBf16(randomFloats(`${options.seed} ${name}`, elementsOf(shape))),
  }));
  return {
    'README.md': card(options, 'transformers'),
    LICENSE: APACHE_2_0,
    'config.json': json(configJson(dimensions)),
    'generation_config.json': json({ bos_token_id: 0, eos_token_id: 1, do_sample: false, max_new_tokens: 64 }),
    'tokenizer.json': json(tokenizerJson()),
    'tokenizer_config.json': json(tokenizerConfigJson(dimensions.context)),
    ...sharded(tensors, options.shards ?? 1),
    'original/params.json': json({ dim: dimensions.hidden, n_layers: dimensions.layers, n_heads: dimensions.heads }),
    'original/consolidated.00.pth': seededBytes(`${options.seed} original`, 50_000),
  };
}

function ggufMetadata({ title }: ModelOptions, dimensions: Dimensions): Record<string, GgufValue> {
  const text = (value: string): GgufValue => ({ type: 'string', value });
  const count = (value: number): GgufValue => ({ type: 'u32', value });
  const control = 3; // token type of special tokens
  return {
    'general.architecture': text('llama'),
    'general.type': text('model'),
    'general.name': text(title),
    'general.license': text('apache-2.0'),
    'general.file_type': count(0),
    'general.quantization_version': count(2),
    'llama.context_length': count(dimensions.context),
    'llama.embedding_length': count(dimensions.hidden),
    'llama.block_count': count(dimensions.layers),
    'llama.feed_forward_length': count(dimensions.feedForward),
    'llama.attention.head_count': count(dimensions.heads),
    'llama.attention.head_count_kv': count(dimensions.heads / 2),
    'llama.attention.layer_norm_rms_epsilon': { type: 'f32', value: 1e-5 },
    'llama.rope.dimension_count': count(dimensions.hidden / dimensions.heads),
    'llama.rope.freq_base': { type: 'f32', value: 10_000 },
    'llama.vocab_size': count(TOKENS.length),
    'tokenizer.ggml.model': text('gpt2'),
    'tokenizer.ggml.pre': text('gpt-2'),
    'tokenizer.ggml.tokens': { type: 'strings', value: TOKENS },
    'tokenizer.ggml.token_type': {
      type: 'i32s',
      value: TOKENS.map((token) => (token === BOS || token === EOS ? control : 1)),
    },
    'tokenizer.ggml.merges': { type: 'strings', value: MERGES },
    'tokenizer.ggml.bos_token_id': count(0),
    'tokenizer.ggml.eos_token_id': count(1),
    'tokenizer.ggml.add_bos_token': { type: 'bool', value: false },
  };
}

/** A repository for llama.cpp: one GGUF file named `<base>-f32.gguf`. */
export function makeGgufModel(options: ModelOptions, base: string): Files {
  const dimensions = dimensionsOf(options);
  const tensors = shapesOf(dimensions).map(({ name, ggufName, shape }) => ({
    name: ggufName,
    dimensions: [...shape].reverse(),
    bytes: asF32(randomFloats(`${options.seed} ${name}`, elementsOf(shape))),
  }));
  return {
    'README.md': card(options, 'gguf'),
    LICENSE: APACHE_2_0,
    [`${base}-f32.gguf`]: writeGguf(ggufMetadata(options, dimensions), tensors),
  };
}
