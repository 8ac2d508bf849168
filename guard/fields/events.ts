/** Events of streamed answers that are told apart by `type`. An event of another type is refused. */
import type { Fields, Shape } from '../../gateway/fields';
import { INTEGER, JSON_VALUE, kind, object, TEXT } from '../../gateway/fields/shape';
import {
  LOGPROBS,
  MESSAGES_ANSWER,
  MESSAGES_BLOCK,
  MESSAGES_USAGE,
  RESPONSES_ANSWER,
  RESPONSES_ITEM,
  RESPONSES_PART,
  RESPONSES_SUMMARY,
} from './answers';

const SEQUENCE = { sequence_number: INTEGER } as const;
const whole: Fields = { ...SEQUENCE, response: object(RESPONSES_ANSWER) };
const inItem = { ...SEQUENCE, item_id: TEXT, output_index: INTEGER } as const;
const inContent = { ...inItem, content_index: INTEGER } as const;
const inSummary = { ...inItem, summary_index: INTEGER } as const;

/** platform.openai.com/docs/api-reference/responses-streaming; `reasoning_part` is of vLLM. */
export const RESPONSES_EVENT: Shape = kind('type', {
  'response.created': whole,
  'response.queued': whole,
  'response.in_progress': whole,
  'response.completed': whole,
  'response.failed': whole,
  'response.incomplete': whole,
  'response.output_item.added': { ...SEQUENCE, output_index: INTEGER, item: RESPONSES_ITEM },
  'response.output_item.done': { ...SEQUENCE, output_index: INTEGER, item: RESPONSES_ITEM },
  'response.content_part.added': { ...inContent, part: RESPONSES_PART },
  'response.content_part.done': { ...inContent, part: RESPONSES_PART },
  'response.output_text.delta': { ...inContent, delta: TEXT, logprobs: LOGPROBS },
  'response.output_text.done': { ...inContent, text: TEXT, logprobs: LOGPROBS },
  'response.output_text.annotation.added': { ...inContent, annotation_index: INTEGER, annotation: JSON_VALUE },
  'response.refusal.delta': { ...inContent, delta: TEXT },
  'response.refusal.done': { ...inContent, refusal: TEXT },
  'response.function_call_arguments.delta': { ...inItem, delta: TEXT },
  'response.function_call_arguments.done': { ...inItem, name: TEXT, arguments: TEXT },
  'response.reasoning_text.delta': { ...inContent, delta: TEXT },
  'response.reasoning_text.done': { ...inContent, text: TEXT },
  'response.reasoning_part.added': { ...inContent, part: RESPONSES_PART },
  'response.reasoning_part.done': { ...inContent, part: RESPONSES_PART },
  'response.reasoning_summary_part.added': { ...inSummary, part: RESPONSES_SUMMARY },
  'response.reasoning_summary_part.done': { ...inSummary, part: RESPONSES_SUMMARY },
  'response.reasoning_summary_text.delta': { ...inSummary, delta: TEXT },
  'response.reasoning_summary_text.done': { ...inSummary, text: TEXT },
  error: { ...SEQUENCE, code: TEXT, message: TEXT, param: TEXT },
});

/** docs.anthropic.com/en/docs/build-with-claude/streaming */
export const MESSAGES_EVENT: Shape = kind('type', {
  message_start: { message: object(MESSAGES_ANSWER) },
  content_block_start: { index: INTEGER, content_block: MESSAGES_BLOCK },
  content_block_delta: {
    index: INTEGER,
    delta: kind('type', {
      text_delta: { text: TEXT },
      input_json_delta: { partial_json: TEXT },
      thinking_delta: { thinking: TEXT },
      signature_delta: { signature: TEXT },
    }),
  },
  content_block_stop: { index: INTEGER },
  message_delta: { delta: object({ stop_reason: TEXT, stop_sequence: TEXT }), usage: MESSAGES_USAGE },
  message_stop: {},
  ping: {},
  error: { error: object({ type: TEXT, message: TEXT }) },
});
