/** What a request may say: the tables of gateway/fields, and what the guard can read beyond them. */
import { REQUEST_FIELDS, type Fields, type Shape } from '../../gateway/fields';
import { onlyUnguarded, SAMPLING } from '../../gateway/fields/chat';
import { BOOLEAN, choice, either, INTEGER, list, NAME, NUMBER, object, TEXT } from '../../gateway/fields/shape';

/** Ids of tokens stand for a text that nobody can read. */
const TOKEN: Shape = { ...INTEGER, unless: 'requests-are-redacted' };

/** Texts, or the ids of their tokens. */
const TEXTS = either(TEXT, list(either(TEXT, TOKEN, list(TOKEN))));

/** Who asks, in the word that replaced `user`: platform.openai.com/docs/guides/safety-best-practices. */
const PERSON = { user: TEXT, safety_identifier: TEXT } as const;

export const CHAT: Fields = { ...REQUEST_FIELDS.chat, ...PERSON };

/** platform.openai.com/docs/api-reference/completions/create */
export const COMPLETIONS: Fields = {
  model: NAME,
  prompt: TEXTS,
  suffix: TEXT,
  echo: BOOLEAN,
  stream: BOOLEAN,
  stream_options: object({ include_usage: BOOLEAN }),
  stop: either(TEXT, list(TEXT)),
  max_tokens: INTEGER,
  n: INTEGER,
  best_of: INTEGER,
  seed: INTEGER,
  ...SAMPLING,
  frequency_penalty: NUMBER,
  presence_penalty: NUMBER,
  logit_bias: { is: 'weights' },
  logprobs: onlyUnguarded(INTEGER),
  user: TEXT,
};

export const EMBEDDINGS: Fields = { ...REQUEST_FIELDS.embeddings, input: TEXTS, dimensions: INTEGER };

export const RESPONSES: Fields = {
  ...REQUEST_FIELDS.responses,
  ...PERSON,
  reasoning: object({
    effort: choice('none', 'minimal', 'low', 'medium', 'high', 'xhigh'),
    summary: choice('auto', 'concise', 'detailed'),
  }),
  top_logprobs: onlyUnguarded(INTEGER),
};

export const MESSAGES: Fields = REQUEST_FIELDS.messages;
