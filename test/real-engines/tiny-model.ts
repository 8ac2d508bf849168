/** A model of the outside world that engines load in a moment, and an adapter for it. */
import { writeGguf } from '../outside-world/gguf';
import { makeGgufModel } from '../outside-world/model';

/** Four heads of 32: what a quantized cache works on in blocks. */
const HIDDEN = 128;
const CHAT_TEMPLATE = "{% for message in messages %}{{ message['content'] }}{% endfor %}";

export type Content = Readonly<Record<string, Buffer>>;

/** Llama's architecture, a byte-level tokenizer, random weights: it says something, and nothing sensible. */
export function tinyModel(): Content {
  const files = makeGgufModel({ seed: 'engines', title: 'Tiny', hiddenSize: HIDDEN, layers: 2 }, 'tiny');
  const all = { ...files, 'chat.jinja': CHAT_TEMPLATE };
  return Object.fromEntries(
    Object.entries(all).map(([file, text]) => [file, typeof text === 'string' ? Buffer.from(text) : text]),
  );
}

/** A LoRA adapter of rank 1 for the first layer (ggml-org/llama.cpp src/llama-adapter.cpp). */
export function tinyAdapter(): Content {
  const hundredths = (count: number): Buffer => Buffer.from(Float32Array.from({ length: count }, () => 0.01).buffer);
  const tensor = 'blk.0.attn_q.weight';
  const adapter = writeGguf(
    {
      'general.type': { type: 'string', value: 'adapter' },
      'general.architecture': { type: 'string', value: 'llama' },
      'adapter.type': { type: 'string', value: 'lora' },
      'adapter.lora.alpha': { type: 'f32', value: 1 },
    },
    [
      { name: `${tensor}.lora_a`, dimensions: [HIDDEN, 1], bytes: hundredths(HIDDEN) },
      { name: `${tensor}.lora_b`, dimensions: [1, HIDDEN], bytes: hundredths(HIDDEN) },
    ],
  );
  return { 'tone.gguf': adapter };
}
