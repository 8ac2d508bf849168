/** JSON from strangers: parsed without trust in its shape. */
import { type AirlockError, environmentFailed } from '../../core/errors';

/** A JSON object whose members are still unknown. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** A server's answer that does not have the form of its protocol. */
export const malformed = (who: string, what: string): AirlockError =>
  environmentFailed(
    'UPSTREAM_ANSWER_INVALID',
    `${who} gives a malformed answer: ${what}`,
    'check that the address is the right one, and no proxy or login page in between',
  );

/** @throws AirlockError (environment) when the bytes are not JSON */
export function parseJson(bytes: Buffer, who: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    throw malformed(who, 'not JSON');
  }
}

/** @throws AirlockError (environment) when the bytes are not a JSON object */
export function parseJsonObject(bytes: Buffer, who: string): JsonObject {
  const value = parseJson(bytes, who);
  if (!isObject(value)) throw malformed(who, 'not a JSON object');
  return value;
}
