/** What a caller gets instead of an answer, in the form of the API that was called. It never repeats what the caller wrote. */
import type { Api } from '../endpoints';
import type { JsonObject } from '../json/read-body';
import type { Refusal } from '../refusal';

/** platform.openai.com/docs/guides/error-codes */
const OPENAI_TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  429: 'rate_limit_error',
};
/** docs.anthropic.com/en/api/errors */
const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
};

const typeOf = (types: Readonly<Record<number, string>>, status: number, server: string): string =>
  types[status] ?? (status >= 500 ? server : 'invalid_request_error');

/** The body of an error. */
export function errorBody(api: Api, { status, code, message, param }: Refusal): JsonObject {
  if (api === 'anthropic')
    return { type: 'error', error: { type: typeOf(ANTHROPIC_TYPES, status, 'api_error'), message } };
  return { error: { message, type: typeOf(OPENAI_TYPES, status, 'server_error'), param: param ?? null, code } };
}

/** The same as the last event of a stream. @param isNamed whether its events have types */
export function errorEvent(api: Api, refusal: Refusal, isNamed: boolean): JsonObject {
  if (api === 'anthropic' || !isNamed) return errorBody(api, refusal);
  const { code, message, param } = refusal;
  return { type: 'error', code, message, param: param ?? null, sequence_number: 0 };
}
