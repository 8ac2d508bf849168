/**
 * Fields of answers of `/v1/chat/completions` that a workflow which redacts answers lets out; the others are dropped.
 * LiteLLM's filter reads contents and arguments. Whatever else can hold text, the door reads: engines and LiteLLM put
 * reasoning beside the answer, and LiteLLM cuts `<think>…</think>` out of contents before its filter sees them.
 */
import { type Fields, FILTERED, INTEGER, JSON_VALUE, list, NUMBER, object, TEXT } from './shape';

const spoken = {
  role: TEXT,
  content: FILTERED,
  reasoning_content: TEXT,
  refusal: TEXT,
  tool_calls: list(
    object({ id: TEXT, index: INTEGER, type: TEXT, function: object({ name: TEXT, arguments: FILTERED }) }),
  ),
} as const;

export const CHAT_ANSWER: Fields = {
  id: TEXT,
  object: TEXT,
  created: NUMBER,
  model: TEXT,
  system_fingerprint: TEXT,
  choices: list(
    object({
      index: INTEGER,
      finish_reason: TEXT,
      // Of a whole answer, and of a piece of a streamed one.
      message: object(spoken),
      delta: object(spoken),
    }),
  ),
  usage: JSON_VALUE,
  error: JSON_VALUE,
};
