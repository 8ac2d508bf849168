/** The interfaces that a workflow may offer: their paths, what they may say, and how their answers are streamed. */
import type { Fields, Shape } from '../gateway/fields';
import { object } from '../gateway/fields/shape';
import { PATHS, type ApiPath } from '../gateway/policy';
import {
  CHAT_ANSWER,
  CHAT_EVENT,
  COMPLETIONS_ANSWER,
  COMPLETIONS_EVENT,
  EMBEDDINGS_ANSWER,
  MESSAGES_ANSWER,
  RESPONSES_ANSWER,
} from './fields/answers';
import { MESSAGES_EVENT, RESPONSES_EVENT } from './fields/events';
import { CHAT, COMPLETIONS, EMBEDDINGS, MESSAGES, RESPONSES } from './fields/requests';
import { isObject, type JsonObject } from './json/read-body';

export type EndpointName = ApiPath | 'completions';

/** Whose form errors have. */
export type Api = 'openai' | 'anthropic';

/** How an answer comes in events. */
export interface StreamForm {
  readonly event: Shape;
  /** Places whose texts come in pieces. */
  readonly pieces: ReadonlySet<string>;
  /** Places that hold a word of a call of a tool: it comes once, whole. */
  readonly once: ReadonlySet<string>;
  /** Types of events that open a text: it comes in pieces from then on. */
  readonly opens: ReadonlySet<string>;
  /** Whether events have a line with their type. */
  readonly isNamed: boolean;
  /** Whether `[DONE]` ends it. */
  readonly hasDone: boolean;
  /** The beginnings of identities whose texts are complete with an event; an empty one stands for all. */
  readonly completes: (event: JsonObject) => readonly (readonly number[])[];
}

export interface Endpoint {
  readonly path: string;
  readonly api: Api;
  readonly request: Fields;
  readonly answer: Shape;
  /** Absent where nothing is streamed. */
  readonly stream?: StreamForm;
}

const ALL: readonly (readonly number[])[] = [[]];

/** Choices that say why they ended. */
const endedChoices = ({ choices }: JsonObject): number[][] =>
  (Array.isArray(choices) ? choices : []).flatMap((choice: unknown) =>
    isObject(choice) && typeof choice['finish_reason'] === 'string' && typeof choice['index'] === 'number'
      ? [[choice['index']]]
      : [],
  );

const inChoices = (...places: readonly string[]): ReadonlySet<string> =>
  new Set(places.map((place) => `choices[].${place}`));

const CHUNKS = { opens: new Set<string>(), isNamed: false, hasDone: true, completes: endedChoices } as const;

/** A whole response comes at the beginning, before any piece, and at the end. */
function completedItems({ type, output_index: item }: JsonObject): readonly (readonly number[])[] {
  if (typeof type !== 'string' || type.endsWith('.delta')) return [];
  if (/^response\.(?:created|queued|in_progress)$/.test(type)) return [];
  if (typeof item !== 'number') return ALL;
  return type.endsWith('.done') ? [[item]] : [];
}

function completedBlocks({ type, index }: JsonObject): readonly (readonly number[])[] {
  if (type === 'content_block_stop') return typeof index === 'number' ? [[index]] : ALL;
  return type === 'message_delta' || type === 'message_stop' || type === 'error' ? ALL : [];
}

export const ENDPOINTS: Readonly<Record<EndpointName, Endpoint>> = {
  chat: {
    path: PATHS.chat,
    api: 'openai',
    request: CHAT,
    answer: object(CHAT_ANSWER),
    stream: {
      ...CHUNKS,
      event: object(CHAT_EVENT),
      pieces: inChoices(
        ...['delta.content', 'delta.reasoning_content', 'delta.reasoning', 'delta.refusal'],
        'delta.tool_calls[].function.arguments',
      ),
      once: inChoices('delta.tool_calls[].function.name', 'delta.tool_calls[].id'),
    },
  },
  completions: {
    path: '/v1/completions',
    api: 'openai',
    request: COMPLETIONS,
    answer: object(COMPLETIONS_ANSWER),
    stream: { ...CHUNKS, event: object(COMPLETIONS_EVENT), pieces: inChoices('text'), once: new Set() },
  },
  embeddings: { path: PATHS.embeddings, api: 'openai', request: EMBEDDINGS, answer: object(EMBEDDINGS_ANSWER) },
  responses: {
    path: PATHS.responses,
    api: 'openai',
    request: RESPONSES,
    answer: object(RESPONSES_ANSWER),
    stream: {
      event: RESPONSES_EVENT,
      pieces: new Set(['delta']),
      once: new Set(),
      opens: new Set([
        'response.output_item.added',
        'response.content_part.added',
        'response.reasoning_part.added',
        'response.reasoning_summary_part.added',
      ]),
      isNamed: true,
      hasDone: false,
      completes: completedItems,
    },
  },
  messages: {
    path: PATHS.messages,
    api: 'anthropic',
    request: MESSAGES,
    answer: object(MESSAGES_ANSWER),
    stream: {
      event: MESSAGES_EVENT,
      pieces: new Set(['delta.text', 'delta.partial_json', 'delta.thinking', 'delta.signature']),
      once: new Set(),
      opens: new Set(['content_block_start']),
      isNamed: true,
      hasDone: false,
      completes: completedBlocks,
    },
  },
};
