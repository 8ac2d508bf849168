/** A body as exactly one JSON object: what two parsers could read in two ways is refused. */
import { parseStrictJson } from '../../core/strict-json';
import { Refusal } from '../refusal';

/** Levels of objects and lists; schemas of tools are the deepest that people send. */
export const DEEPEST = 32;

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws SyntaxError whose message repeats no value */
function objectIn(text: string): JsonObject {
  let value: unknown;
  try {
    value = parseStrictJson(text, { deepest: DEEPEST, interoperable: true });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // A key that stands twice is a word of the caller's.
    throw new SyntaxError(error.message.replace(/the key ".*" stands/s, 'a key stands'));
  }
  if (!isObject(value)) throw new SyntaxError('not an object');
  return value;
}

/** @throws Refusal 400 for what is no JSON object in UTF-8, has a key twice, is nested too deeply, or that parsers differ on */
export function readBody(bytes: Uint8Array): JsonObject {
  try {
    return objectIn(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : 'not UTF-8';
    throw new Refusal(400, 'invalid_body', `the body is no JSON that could be read: ${why}`);
  }
}

/** The same of an answer, or of an event of a streamed one. @throws Refusal 502 */
export function readAnswer(text: string): JsonObject {
  try {
    return objectIn(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw new Refusal(502, 'answer_not_understood', `the answer is no JSON that could be read: ${why}`);
  }
}
