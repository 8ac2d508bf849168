/**
 * What an answer may say. A field that no table has is dropped, not refused: engines add fields at every version, and an answer
 * without one says nothing else. An item, part or event of an unknown kind is refused: without it the answer would.
 */
import type { Fields, Shape } from '../../gateway/fields';
import {
  BOOLEAN,
  either,
  INTEGER,
  JSON_VALUE,
  kind,
  list,
  NUMBER,
  object,
  parts,
  TEXT,
} from '../../gateway/fields/shape';

/** Tokens one by one are no text that could be read. */
export const LOGPROBS: Shape = { ...JSON_VALUE, unless: 'answers-are-redacted' };

const counts = (...names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, INTEGER]));

const COMPLETION_USAGE = object({
  ...counts('prompt_tokens', 'completion_tokens', 'total_tokens'),
  prompt_tokens_details: object(counts('cached_tokens', 'audio_tokens', 'cache_write_tokens')),
  completion_tokens_details: object(
    counts('reasoning_tokens', 'audio_tokens', 'accepted_prediction_tokens', 'rejected_prediction_tokens'),
  ),
});

/** What engines say instead of an answer: OpenAI's form; codes are words or numbers. */
const ERROR_FIELDS: Fields = { message: TEXT, type: TEXT, param: TEXT, code: JSON_VALUE };

const HEAD: Fields = {
  id: TEXT,
  object: TEXT,
  created: INTEGER,
  model: TEXT,
  system_fingerprint: TEXT,
  service_tier: TEXT,
  usage: COMPLETION_USAGE,
};

/** A message, and a piece of one. vLLM calls reasoning by both names. */
export const SPOKEN: Fields = {
  role: TEXT,
  content: TEXT,
  reasoning_content: TEXT,
  reasoning: TEXT,
  refusal: TEXT,
  annotations: JSON_VALUE,
  tool_calls: list(object({ id: TEXT, index: INTEGER, type: TEXT, function: object({ name: TEXT, arguments: TEXT }) })),
};

const chosen = (fields: Fields): Fields => ({
  ...HEAD,
  choices: list(object({ index: INTEGER, finish_reason: TEXT, logprobs: LOGPROBS, ...fields })),
});

/** platform.openai.com/docs/api-reference/chat/object */
export const CHAT_ANSWER: Fields = chosen({ message: object(SPOKEN) });
/** platform.openai.com/docs/api-reference/chat-streaming */
export const CHAT_EVENT: Fields = { ...chosen({ delta: object(SPOKEN) }), error: object(ERROR_FIELDS) };

/** platform.openai.com/docs/api-reference/completions/object */
export const COMPLETIONS_ANSWER: Fields = chosen({ text: TEXT });
export const COMPLETIONS_EVENT: Fields = { ...COMPLETIONS_ANSWER, error: object(ERROR_FIELDS) };

/** platform.openai.com/docs/api-reference/embeddings/object */
export const EMBEDDINGS_ANSWER: Fields = {
  id: TEXT,
  object: TEXT,
  created: INTEGER,
  model: TEXT,
  data: list(object({ object: TEXT, index: INTEGER, embedding: either(list(NUMBER), TEXT) })),
  usage: COMPLETION_USAGE,
};

const output = { id: TEXT, status: TEXT } as const;

export const RESPONSES_PART = kind('type', {
  output_text: { text: TEXT, annotations: JSON_VALUE, logprobs: LOGPROBS },
  refusal: { refusal: TEXT },
  reasoning_text: { text: TEXT },
});

export const RESPONSES_SUMMARY = kind('type', { summary_text: { text: TEXT } });

export const RESPONSES_ITEM = kind('type', {
  message: { ...output, role: TEXT, phase: TEXT, content: parts(RESPONSES_PART) },
  function_call: { ...output, call_id: TEXT, name: TEXT, arguments: TEXT },
  reasoning: {
    ...output,
    summary: parts(RESPONSES_SUMMARY),
    content: parts(kind('type', { reasoning_text: { text: TEXT } })),
  },
});

/** platform.openai.com/docs/api-reference/responses/object; engines repeat there what was asked. */
export const RESPONSES_ANSWER: Fields = {
  id: TEXT,
  object: TEXT,
  created_at: NUMBER,
  completed_at: NUMBER,
  status: TEXT,
  model: TEXT,
  output: list(RESPONSES_ITEM),
  error: object({ code: TEXT, message: TEXT }),
  incomplete_details: object({ reason: TEXT }),
  instructions: TEXT,
  metadata: JSON_VALUE,
  tools: JSON_VALUE,
  tool_choice: JSON_VALUE,
  text: JSON_VALUE,
  reasoning: JSON_VALUE,
  parallel_tool_calls: BOOLEAN,
  temperature: NUMBER,
  top_p: NUMBER,
  max_output_tokens: INTEGER,
  service_tier: TEXT,
  truncation: TEXT,
  store: BOOLEAN,
  usage: object({
    ...counts('input_tokens', 'output_tokens', 'total_tokens'),
    input_tokens_details: object(counts('cached_tokens', 'cache_write_tokens')),
    output_tokens_details: object(counts('reasoning_tokens')),
  }),
};

export const MESSAGES_BLOCK = kind('type', {
  text: { text: TEXT, citations: JSON_VALUE },
  thinking: { thinking: TEXT, signature: TEXT },
  tool_use: { id: TEXT, name: TEXT, input: JSON_VALUE },
});

export const MESSAGES_USAGE = object(
  counts('input_tokens', 'output_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'),
);

/** docs.anthropic.com/en/api/messages */
export const MESSAGES_ANSWER: Fields = {
  id: TEXT,
  type: TEXT,
  role: TEXT,
  model: TEXT,
  content: parts(MESSAGES_BLOCK),
  stop_reason: TEXT,
  stop_sequence: TEXT,
  usage: MESSAGES_USAGE,
};
