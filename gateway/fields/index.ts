/** What a call may say, for each interface: every field that is in no table is refused. */
import type { ApiPath } from '../policy';
import { CHAT } from './chat';
import { EMBEDDINGS } from './embeddings';
import { MESSAGES } from './messages';
import { RESPONSES } from './responses';
import type { Fields } from './shape';

export { CHAT_ANSWER } from './answers';
export type { Fields, ObjectShape, Reader, Shape, Unless } from './shape';

export const REQUEST_FIELDS: Readonly<Record<ApiPath, Fields>> = {
  chat: CHAT,
  responses: RESPONSES,
  messages: MESSAGES,
  embeddings: EMBEDDINGS,
};
