/** Fields of `POST /v1/messages`: docs.anthropic.com/en/api/messages. */
import {
  BOOLEAN,
  choice,
  either,
  type Fields,
  INTEGER,
  JSON_VALUE,
  kind,
  list,
  NAME,
  NUMBER,
  object,
  parts,
  TEXT,
} from './shape';

/** A hint of Anthropic's clients that no engine here needs. */
const cached = { cache_control: kind('type', { ephemeral: { ttl: choice('5m', '1h') } }) } as const;

const image = {
  source: kind('type', {
    base64: { media_type: NAME, data: { is: 'text', read: 'door', unless: 'requests-are-redacted' } },
  }),
} as const;

const said = { text: { text: TEXT, ...cached }, image: { ...image, ...cached } } as const;

const content = either(
  TEXT,
  parts(
    kind('type', {
      ...said,
      thinking: { thinking: TEXT, signature: TEXT },
      tool_use: { id: NAME, name: NAME, input: JSON_VALUE, ...cached },
      tool_result: {
        tool_use_id: NAME,
        content: either(TEXT, parts(kind('type', said))),
        is_error: BOOLEAN,
        ...cached,
      },
    }),
  ),
);

const oneCall = { disable_parallel_tool_use: BOOLEAN } as const;

export const MESSAGES: Fields = {
  model: NAME,
  max_tokens: INTEGER,
  messages: list(kind('role', { user: { content }, assistant: { content } })),
  system: either(TEXT, parts(kind('type', { text: { text: TEXT, ...cached } }))),
  stop_sequences: list(TEXT),
  stream: BOOLEAN,
  temperature: NUMBER,
  top_p: NUMBER,
  top_k: INTEGER,
  tools: list(object({ type: choice('custom'), name: NAME, description: TEXT, input_schema: JSON_VALUE, ...cached })),
  tool_choice: kind('type', { auto: oneCall, any: oneCall, none: {}, tool: { name: NAME, ...oneCall } }),
};
