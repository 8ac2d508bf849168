/**
 * How a field of a request or of an answer may look: the words in which the tables of this folder are written.
 * They are rendered as JSON, and `airlock_fields.py` reads them; a value that has none of these shapes is refused.
 */

/** Who reads the text of a field on a workflow that redacts. */
export type Reader =
  /** LiteLLM's own filter: contents, parts of type text, and arguments of calls of tools. */
  | 'filter'
  /** The door before LiteLLM, by the same patterns. */
  | 'door';

/** Where a field is refused though it is listed. */
export type Unless =
  /** On workflows that redact requests: nobody can read it. */
  | 'requests-are-redacted'
  /** On workflows that redact answers: what it asks for cannot be read. */
  | 'answers-are-redacted';

export type Shape = (
  | { readonly is: 'text'; readonly read: Reader }
  /** One word of letters, digits and `_ . : / -`; where requests are redacted, one with a match is refused, not masked. */
  | { readonly is: 'name' }
  | { readonly is: 'number' | 'integer' | 'boolean' }
  | { readonly is: 'choice'; readonly of: readonly (string | boolean)[] }
  /** Bytes in place, as `data:…`; nothing behind this gateway may fetch an address that a caller writes. */
  | { readonly is: 'data' }
  /** Any JSON: its texts are masked; where a name or number in it matches, the request is refused. */
  | { readonly is: 'json' }
  /** Numbers by the ids of tokens; where requests are redacted, one with a match is refused. */
  | { readonly is: 'weights' }
  /** Null or an empty list or object, as clients that send answers back write it; dropped. */
  | { readonly is: 'nothing' }
  /** Whatever LiteLLM itself wrote into an answer, as clients send it back; dropped, whatever it holds. */
  | { readonly is: 'ignored' }
  /** `together` names the text of each item that engines put together with its neighbors': no match may span two. */
  | { readonly is: 'list'; readonly of: Shape; readonly together?: string }
  | ObjectShape
  /** Objects whose field `by` says which of them one is; `otherwise` where it has none. */
  | {
      readonly is: 'kind';
      readonly by: string;
      readonly of: Readonly<Record<string, ObjectShape>>;
      readonly otherwise?: string;
    }
  /** The first whose JSON type is that of the value. */
  | { readonly is: 'either'; readonly of: readonly Shape[] }
) & { readonly unless?: Unless };

export interface ObjectShape {
  readonly is: 'object';
  readonly fields: Fields;
}

export type Fields = Readonly<Record<string, Shape>>;

/** Text that LiteLLM's filter reads. */
export const FILTERED: Shape = { is: 'text', read: 'filter' };
/** Text that the door reads. */
export const TEXT: Shape = { is: 'text', read: 'door' };
export const NAME: Shape = { is: 'name' };
export const NUMBER: Shape = { is: 'number' };
export const INTEGER: Shape = { is: 'integer' };
export const BOOLEAN: Shape = { is: 'boolean' };
export const JSON_VALUE: Shape = { is: 'json' };
export const NOTHING: Shape = { is: 'nothing' };
export const IGNORED: Shape = { is: 'ignored' };
export const DATA: Shape = { is: 'data', unless: 'requests-are-redacted' };

export const choice = (...of: readonly (string | boolean)[]): Shape => ({ is: 'choice', of });
export const list = (of: Shape): Shape => ({ is: 'list', of });
/** A list of parts of one text. */
export const parts = (of: Shape): Shape => ({ is: 'list', of, together: 'text' });
export const object = (fields: Fields): ObjectShape => ({ is: 'object', fields });
export const either = (...of: readonly Shape[]): Shape => ({ is: 'either', of });

/** Objects told apart by a field, which each of them has; `fields` are those of each. */
export const kind = (by: string, fields: Readonly<Record<string, Fields>>, otherwise?: string): Shape => ({
  is: 'kind',
  by,
  of: Object.fromEntries(
    Object.entries(fields).map(([name, own]) => [name, object({ [by]: choice(name), ...own })] as const),
  ),
  ...(otherwise === undefined ? {} : { otherwise }),
});
