/** Fields of `POST /v1/embeddings`: platform.openai.com/docs/api-reference/embeddings/create. */
import { choice, either, type Fields, INTEGER, list, NAME, TEXT } from './shape';

export const EMBEDDINGS: Fields = {
  model: NAME,
  // Texts, or the ids of their tokens.
  input: either(TEXT, list(either(TEXT, INTEGER, list(INTEGER)))),
  encoding_format: choice('float', 'base64'),
  user: TEXT,
};
