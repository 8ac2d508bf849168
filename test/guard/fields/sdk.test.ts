/**
 * The tables beside the types of the pinned official SDK: each of its fields, kinds and events is listed here with what the guard
 * does with it, and the compiler refuses a list that lacks one. So a new SDK says what is new.
 */
import type OpenAI from 'openai';
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionContentPart,
  ChatCompletionCreateParams,
  ChatCompletionMessage,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import type {
  Response,
  ResponseCreateParams,
  ResponseInputItem,
  ResponseOutputItem,
  ResponseOutputMessage,
  ResponseOutputText,
  ResponseReasoningItem,
  ResponseStreamEvent,
} from 'openai/resources/responses/responses';
import type { Fields, Shape } from '../../../gateway/fields';
import { ENDPOINTS } from '../../../guard/endpoints';

/** `listed`: a table has it. `refused`, `dropped`: no table has it. */
type What = 'listed' | 'refused' | 'dropped';
type Every<Names extends PropertyKey> = Readonly<Record<Names, What>>;

const names = <T extends string>(what: What, ...list: readonly T[]): Readonly<Record<T, What>> =>
  Object.fromEntries(list.map((name) => [name, what])) as Record<T, What>;

const CHAT: Every<keyof ChatCompletionCreateParams> = {
  ...names(
    'listed',
    ...(['messages', 'model', 'frequency_penalty', 'logit_bias', 'logprobs', 'max_completion_tokens'] as const),
    ...(['max_tokens', 'n', 'parallel_tool_calls', 'presence_penalty', 'reasoning_effort'] as const),
    ...(['response_format', 'safety_identifier', 'seed', 'stop', 'stream', 'stream_options', 'temperature'] as const),
    ...(['tool_choice', 'tools', 'top_logprobs', 'top_p', 'user'] as const),
  ),
  ...names(
    'refused',
    ...(['audio', 'function_call', 'functions', 'metadata', 'modalities', 'moderation', 'prediction'] as const),
    ...(['prompt_cache_key', 'prompt_cache_options', 'prompt_cache_retention', 'service_tier', 'store'] as const),
    ...(['verbosity', 'web_search_options'] as const),
  ),
};

const COMPLETIONS: Every<keyof OpenAI.CompletionCreateParams> = names(
  'listed',
  ...([
    'model',
    'prompt',
    'best_of',
    'echo',
    'frequency_penalty',
    'logit_bias',
    'logprobs',
    'max_tokens',
    'n',
  ] as const),
  ...(['presence_penalty', 'seed', 'stop', 'stream', 'stream_options', 'suffix', 'temperature', 'top_p'] as const),
  'user',
);

const EMBEDDINGS: Every<keyof OpenAI.EmbeddingCreateParams> = names(
  'listed',
  ...(['input', 'model', 'dimensions', 'encoding_format', 'user'] as const),
);

const RESPONSES: Every<keyof ResponseCreateParams> = {
  ...names(
    'listed',
    ...([
      'include',
      'input',
      'instructions',
      'max_output_tokens',
      'model',
      'parallel_tool_calls',
      'reasoning',
    ] as const),
    ...(['safety_identifier', 'store', 'stream', 'temperature', 'text', 'tool_choice', 'tools'] as const),
    ...(['top_logprobs', 'top_p', 'truncation', 'user'] as const),
  ),
  ...names(
    'refused',
    ...(['background', 'context_management', 'conversation', 'metadata', 'moderation'] as const),
    ...(['previous_response_id', 'prompt', 'prompt_cache_key', 'prompt_cache_options'] as const),
    ...(['prompt_cache_retention', 'service_tier', 'stream_options'] as const),
  ),
};

const ROLES: Every<ChatCompletionMessageParam['role']> = {
  ...names('listed', ...(['assistant', 'developer', 'system', 'tool', 'user'] as const)),
  function: 'refused',
};

const PARTS: Every<ChatCompletionContentPart['type']> = {
  ...names('listed', ...(['text', 'image_url', 'input_audio'] as const)),
  file: 'refused',
};

const INPUT_ITEMS: Every<NonNullable<ResponseInputItem['type']>> = {
  ...names('listed', ...(['message', 'function_call', 'function_call_output', 'reasoning'] as const)),
  ...names(
    'refused',
    ...([
      'additional_tools',
      'apply_patch_call',
      'apply_patch_call_output',
      'code_interpreter_call',
      'compaction',
    ] as const),
    ...(['compaction_trigger', 'computer_call', 'computer_call_output', 'custom_tool_call'] as const),
    ...(['custom_tool_call_output', 'file_search_call', 'image_generation_call', 'item_reference'] as const),
    ...(['local_shell_call', 'local_shell_call_output', 'mcp_approval_request', 'mcp_approval_response'] as const),
    ...(['mcp_call', 'mcp_list_tools', 'program', 'program_output', 'shell_call', 'shell_call_output'] as const),
    ...(['tool_search_call', 'tool_search_output', 'web_search_call'] as const),
  ),
};

const MESSAGE: Every<keyof ChatCompletionMessage> = {
  ...names('listed', ...(['content', 'refusal', 'role', 'annotations', 'tool_calls'] as const)),
  ...names('dropped', ...(['audio', 'function_call'] as const)),
};

const DELTA: Every<keyof ChatCompletionChunk.Choice.Delta> = {
  ...names('listed', ...(['content', 'refusal', 'role', 'tool_calls'] as const)),
  function_call: 'dropped',
};

const CHAT_ANSWER: Every<keyof ChatCompletion | keyof ChatCompletionChunk> = {
  ...names(
    'listed',
    ...(['id', 'choices', 'created', 'model', 'object', 'service_tier', 'system_fingerprint', 'usage'] as const),
  ),
  moderation: 'dropped',
};

const COMPLETIONS_ANSWER: Every<keyof OpenAI.Completion> = names(
  'listed',
  ...(['id', 'choices', 'created', 'model', 'object', 'system_fingerprint', 'usage'] as const),
);

const EMBEDDINGS_ANSWER: Every<keyof OpenAI.CreateEmbeddingResponse> = names(
  'listed',
  ...(['data', 'model', 'object', 'usage'] as const),
);

const RESPONSES_ANSWER: Every<keyof Response> = {
  ...names(
    'listed',
    ...([
      'id',
      'created_at',
      'completed_at',
      'error',
      'incomplete_details',
      'instructions',
      'metadata',
      'model',
    ] as const),
    ...(['object', 'output', 'parallel_tool_calls', 'temperature', 'tool_choice', 'tools', 'top_p'] as const),
    ...(['max_output_tokens', 'reasoning', 'service_tier', 'status', 'text', 'truncation', 'usage'] as const),
  ),
  ...names(
    'dropped',
    // The SDK itself makes `output_text`.
    ...(['output_text', 'background', 'conversation', 'moderation', 'previous_response_id', 'prompt'] as const),
    ...(['prompt_cache_key', 'prompt_cache_options', 'prompt_cache_retention', 'safety_identifier'] as const),
    ...(['top_logprobs', 'user'] as const),
  ),
};

const OUTPUT_ITEMS: Every<ResponseOutputItem['type']> = {
  ...names('listed', ...(['message', 'function_call', 'reasoning'] as const)),
  ...names(
    'refused',
    ...([
      'additional_tools',
      'apply_patch_call',
      'apply_patch_call_output',
      'code_interpreter_call',
      'compaction',
    ] as const),
    ...(['computer_call', 'computer_call_output', 'custom_tool_call', 'custom_tool_call_output'] as const),
    ...(['file_search_call', 'function_call_output', 'image_generation_call', 'local_shell_call'] as const),
    ...(['local_shell_call_output', 'mcp_approval_request', 'mcp_approval_response', 'mcp_call'] as const),
    ...(['mcp_list_tools', 'program', 'program_output', 'shell_call', 'shell_call_output'] as const),
    ...(['tool_search_call', 'tool_search_output', 'web_search_call'] as const),
  ),
};

const OUTPUT_PARTS: Every<ResponseOutputMessage['content'][number]['type']> = names(
  'listed',
  ...(['output_text', 'refusal'] as const),
);

const OUTPUT_TEXT: Every<keyof ResponseOutputText> = names(
  'listed',
  ...(['annotations', 'text', 'type', 'logprobs'] as const),
);

const REASONING: Every<keyof ResponseReasoningItem> = {
  ...names('listed', ...(['id', 'summary', 'type', 'content', 'status'] as const)),
  // Nobody can read it.
  encrypted_content: 'dropped',
};

const PREFIX = 'response.';
type EventName = ResponseStreamEvent['type'] extends infer Name
  ? Name extends `response.${infer Rest}`
    ? Rest
    : Name
  : never;

const EVENTS: Every<EventName> = {
  ...names(
    'listed',
    ...(['created', 'queued', 'in_progress', 'completed', 'failed', 'incomplete', 'error'] as const),
    ...(['output_item.added', 'output_item.done', 'content_part.added', 'content_part.done'] as const),
    ...(['output_text.delta', 'output_text.done', 'output_text.annotation.added'] as const),
    ...(['refusal.delta', 'refusal.done', 'function_call_arguments.delta', 'function_call_arguments.done'] as const),
    ...(['reasoning_text.delta', 'reasoning_text.done'] as const),
    ...(['reasoning_summary_part.added', 'reasoning_summary_part.done'] as const),
    ...(['reasoning_summary_text.delta', 'reasoning_summary_text.done'] as const),
  ),
  ...names(
    'refused',
    ...(['audio.delta', 'audio.done', 'audio.transcript.delta', 'audio.transcript.done'] as const),
    ...(['code_interpreter_call_code.delta', 'code_interpreter_call_code.done'] as const),
    ...(['code_interpreter_call.completed', 'code_interpreter_call.in_progress'] as const),
    'code_interpreter_call.interpreting',
    ...(['file_search_call.completed', 'file_search_call.in_progress', 'file_search_call.searching'] as const),
    ...(['web_search_call.completed', 'web_search_call.in_progress', 'web_search_call.searching'] as const),
    ...(['image_generation_call.completed', 'image_generation_call.generating'] as const),
    ...(['image_generation_call.in_progress', 'image_generation_call.partial_image'] as const),
    ...(['mcp_call_arguments.delta', 'mcp_call_arguments.done', 'mcp_call.completed', 'mcp_call.failed'] as const),
    ...(['mcp_call.in_progress', 'mcp_list_tools.completed', 'mcp_list_tools.failed'] as const),
    ...(['mcp_list_tools.in_progress', 'custom_tool_call_input.delta', 'custom_tool_call_input.done'] as const),
  ),
};

/** The shape at a place: names of fields, `[]` for an element, of `either` the one that has the next step. */
function at(shape: Shape, ...steps: readonly string[]): Shape {
  const [step, ...rest] = steps;
  if (step === undefined) return shape;
  if (shape.is === 'either')
    return at(
      shape.of.find((one) => one.is === (step === '[]' ? 'list' : 'object'))!,
      ...steps,
    );
  if (shape.is === 'list') return at(shape.of, ...rest);
  if (shape.is === 'object') return at(shape.fields[step]!, ...rest);
  if (shape.is === 'kind') return at(shape.of[step]!, ...rest);
  throw new Error(`nothing stands at ${step}`);
}

const listed = (shape: Shape): string[] =>
  Object.keys(shape.is === 'kind' ? shape.of : (shape as { fields: Fields }).fields);
const chat = { is: 'object', fields: ENDPOINTS.chat.request } as const;
const responses = { is: 'object', fields: ENDPOINTS.responses.request } as const;
const item = at(ENDPOINTS.responses.answer, 'output', '[]');

it.each<[string, Readonly<Record<string, What>>, readonly string[]]>([
  ['requests of chat', CHAT, listed(chat)],
  ['requests of completions', COMPLETIONS, Object.keys(ENDPOINTS.completions.request)],
  ['requests of embeddings', EMBEDDINGS, Object.keys(ENDPOINTS.embeddings.request)],
  ['requests of responses', RESPONSES, listed(responses)],
  ['roles', ROLES, listed(at(chat, 'messages', '[]'))],
  ['parts of messages', PARTS, listed(at(chat, 'messages', '[]', 'user', 'content', '[]'))],
  ['items of requests', INPUT_ITEMS, listed(at(responses, 'input', '[]'))],
  ['answers of chat', CHAT_ANSWER, listed(ENDPOINTS.chat.answer)],
  ['messages of answers', MESSAGE, listed(at(ENDPOINTS.chat.answer, 'choices', '[]', 'message'))],
  ['pieces of messages', DELTA, listed(at(ENDPOINTS.chat.stream!.event, 'choices', '[]', 'delta'))],
  ['answers of completions', COMPLETIONS_ANSWER, listed(ENDPOINTS.completions.answer)],
  ['answers of embeddings', EMBEDDINGS_ANSWER, listed(ENDPOINTS.embeddings.answer)],
  ['answers of responses', RESPONSES_ANSWER, listed(ENDPOINTS.responses.answer)],
  ['items of answers', OUTPUT_ITEMS, listed(item)],
  ['parts of answers', OUTPUT_PARTS, listed(at(item, 'message', 'content', '[]'))],
  ['texts of answers', OUTPUT_TEXT, listed(at(item, 'message', 'content', '[]', 'output_text'))],
  ['reasoning of answers', REASONING, listed(at(item, 'reasoning'))],
  ['events of responses', EVENTS, listed(ENDPOINTS.responses.stream!.event).map((name) => name.replace(PREFIX, ''))],
])('%s: tables have what is listed here, and nothing else of the SDK', (_, sdk, table) => {
  const expected = Object.keys(sdk).filter((name) => sdk[name] === 'listed');
  expect(table.filter((name) => name in sdk).sort()).toEqual(expected.sort());
});
