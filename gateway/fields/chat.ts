/** Fields of `POST /v1/chat/completions`: platform.openai.com/docs/api-reference/chat/create, and what engines add to it. */
import {
  BOOLEAN,
  choice,
  DATA,
  either,
  type Fields,
  FILTERED,
  IGNORED,
  INTEGER,
  JSON_VALUE,
  kind,
  list,
  NAME,
  NOTHING,
  NUMBER,
  object,
  parts,
  type Shape,
  TEXT,
} from './shape';

const textParts = kind('type', { text: { text: FILTERED } });

const userParts = kind('type', {
  text: { text: FILTERED },
  image_url: { image_url: object({ url: DATA, detail: choice('auto', 'low', 'high') }) },
  input_audio: {
    input_audio: object({
      data: { is: 'text', read: 'door', unless: 'requests-are-redacted' },
      format: choice('wav', 'mp3'),
    }),
  },
});

/** Fields that answers have and that clients send back; none comes further. */
const SENT_BACK = {
  annotations: NOTHING,
  audio: NOTHING,
  function_call: NOTHING,
  // LiteLLM puts what engines answer beside its own fields in here, at least `refusal: null`.
  provider_specific_fields: IGNORED,
  thinking_blocks: NOTHING,
  images: NOTHING,
} as const;

const spoken = { content: either(FILTERED, parts(textParts)), name: NAME } as const;

const toolCalls = list(
  kind('type', { function: { id: NAME, index: INTEGER, function: object({ name: NAME, arguments: FILTERED }) } }),
);

const messages = list(
  kind('role', {
    system: spoken,
    developer: spoken,
    user: { content: either(FILTERED, parts(userParts)), name: NAME },
    assistant: { ...spoken, ...SENT_BACK, refusal: TEXT, reasoning_content: TEXT, tool_calls: toolCalls },
    tool: { ...spoken, tool_call_id: NAME },
  }),
);

const tools = list(
  kind('type', {
    function: { function: object({ name: NAME, description: TEXT, parameters: JSON_VALUE, strict: BOOLEAN }) },
  }),
);

const responseFormat = kind('type', {
  text: {},
  json_object: {},
  json_schema: {
    json_schema: object({ name: NAME, description: TEXT, schema: JSON_VALUE, strict: BOOLEAN }),
  },
});

/** Tokens of an answer one by one are no text that a filter could read. */
export const onlyUnguarded = (shape: Shape): Shape => ({ ...shape, unless: 'answers-are-redacted' });

/** How tokens are drawn; numbers alone. The last three are of vLLM, SGLang and llama.cpp. */
export const SAMPLING = {
  temperature: NUMBER,
  top_p: NUMBER,
  top_k: INTEGER,
  min_p: NUMBER,
  repetition_penalty: NUMBER,
} as const;

export const CHAT: Fields = {
  model: NAME,
  messages,
  stream: BOOLEAN,
  // The gateway counts the tokens of every stream, so it says true whatever stands here.
  stream_options: object({ include_usage: BOOLEAN }),
  tools,
  tool_choice: either(
    choice('none', 'auto', 'required'),
    kind('type', { function: { function: object({ name: NAME }) } }),
  ),
  parallel_tool_calls: BOOLEAN,
  response_format: responseFormat,
  stop: either(TEXT, list(TEXT)),
  max_tokens: INTEGER,
  max_completion_tokens: INTEGER,
  n: INTEGER,
  seed: INTEGER,
  ...SAMPLING,
  frequency_penalty: NUMBER,
  presence_penalty: NUMBER,
  logit_bias: { is: 'weights' },
  logprobs: onlyUnguarded(BOOLEAN),
  top_logprobs: onlyUnguarded(INTEGER),
  reasoning_effort: choice('none', 'minimal', 'low', 'medium', 'high', 'xhigh'),
  chat_template_kwargs: object({ enable_thinking: BOOLEAN }),
  user: TEXT,
};
