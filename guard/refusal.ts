/** Why a call is not answered. A refusal never repeats what a caller or a model wrote. */

export type RefusalCode =
  | 'invalid_body'
  | 'invalid_field'
  | 'field_not_allowed'
  | 'model_required'
  | 'model_not_allowed'
  | 'path_not_allowed'
  | 'streaming_not_allowed'
  | 'content_blocked'
  | 'invalid_api_key'
  | 'not_found'
  | 'unsupported_media_type'
  | 'answer_not_understood'
  | 'no_answer'
  | 'upstream_error'
  | 'internal_error';

/** Thrown wherever a call ends; the server writes it in the form of the API that was called. */
export class Refusal extends Error {
  public constructor(
    /** HTTP status, e.g. 400. */
    public readonly status: number,
    public readonly code: RefusalCode,
    message: string,
    /** The field that is meant, e.g. `messages[0].content`. */
    public readonly param?: string,
  ) {
    super(message);
    this.name = 'Refusal';
  }
}
