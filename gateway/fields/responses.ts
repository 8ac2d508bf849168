/** Fields of `POST /v1/responses`: platform.openai.com/docs/api-reference/responses/create. */
import {
  BOOLEAN,
  choice,
  DATA,
  either,
  type Fields,
  INTEGER,
  JSON_VALUE,
  kind,
  list,
  NAME,
  NOTHING,
  NUMBER,
  object,
  parts,
  TEXT,
} from './shape';

const content = parts(
  kind('type', {
    input_text: { text: TEXT },
    output_text: { text: TEXT, annotations: NOTHING, logprobs: NOTHING },
    refusal: { refusal: TEXT },
    input_image: { image_url: DATA, detail: choice('auto', 'low', 'high') },
  }),
);

const item = { id: NAME, status: choice('in_progress', 'completed', 'incomplete') } as const;

const items = list(
  kind(
    'type',
    {
      message: {
        ...item,
        role: choice('user', 'assistant', 'system', 'developer'),
        content: either(TEXT, content),
      },
      function_call: { ...item, call_id: NAME, name: NAME, arguments: TEXT },
      function_call_output: { ...item, call_id: NAME, output: TEXT },
      reasoning: {
        ...item,
        summary: list(kind('type', { summary_text: { text: TEXT } })),
        content: list(kind('type', { reasoning_text: { text: TEXT } })),
        encrypted_content: NOTHING,
      },
    },
    'message',
  ),
);

/** Without `previous_response_id`: LiteLLM reads a deployment out of it. */
export const RESPONSES: Fields = {
  model: NAME,
  input: either(TEXT, items),
  instructions: TEXT,
  stream: BOOLEAN,
  max_output_tokens: INTEGER,
  temperature: NUMBER,
  top_p: NUMBER,
  tools: list(kind('type', { function: { name: NAME, description: TEXT, parameters: JSON_VALUE, strict: BOOLEAN } })),
  tool_choice: either(choice('none', 'auto', 'required'), kind('type', { function: { name: NAME } })),
  parallel_tool_calls: BOOLEAN,
  text: object({
    format: kind('type', {
      text: {},
      json_object: {},
      json_schema: { name: NAME, description: TEXT, schema: JSON_VALUE, strict: BOOLEAN },
    }),
  }),
  truncation: choice('auto', 'disabled'),
  // Nothing is kept here; clients that say so may.
  store: choice(false),
  include: NOTHING,
  user: TEXT,
};
