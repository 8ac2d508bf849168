/** A byte-level BPE tokenizer with every byte and one merge: small, and complete for any text. */

/** GPT-2's reversible map from bytes to printable characters (openai/gpt-2, src/encoder.py, `bytes_to_unicode`). */
function byteAlphabet(): string[] {
  const printable = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}

export const BOS = '<|begin|>';
export const EOS = '<|end|>';
export const MERGES: readonly string[] = ['Ġ t'];
/** Tokens by id: two special ones, the bytes, the merged pair. */
export const TOKENS: readonly string[] = [BOS, EOS, ...byteAlphabet(), 'Ġt'];

const CHAT_TEMPLATE =
  "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}";

const special = (content: string, id: number): object => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});

/** `tokenizer.json` as huggingface/tokenizers reads it. */
export const tokenizerJson = (): object => ({
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [special(BOS, 0), special(EOS, 1)],
  normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: null,
  decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
  model: {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    vocab: Object.fromEntries(TOKENS.map((token, id) => [token, id])),
    merges: MERGES,
  },
});

export const tokenizerConfigJson = (contextLength: number): object => ({
  tokenizer_class: 'PreTrainedTokenizerFast',
  bos_token: BOS,
  eos_token: EOS,
  model_max_length: contextLength,
  clean_up_tokenization_spaces: false,
  chat_template: CHAT_TEMPLATE,
});
