/** The two JSON forms of the kit: RFC 8785 bytes for digests, indented sorted text for people. */
import canonicalize from 'canonicalize';
import { badInput } from './errors';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * RFC 8785 (JSON Canonicalization Scheme) bytes of a value; digests are taken over these.
 *
 * @throws AirlockError (input) for values that JSON cannot carry exactly (undefined, NaN, infinities).
 */
export function canonicalJson(value: unknown): Buffer {
  const text = canonicalize(value);
  if (text === undefined) throw badInput('the value has no JSON form', 'pass plain JSON data');
  return Buffer.from(text, 'utf8');
}

/** The same value for review: keys in the order of RFC 8785, two spaces of indentation, a final newline. */
export const reviewJson = (value: unknown): string =>
  `${JSON.stringify(JSON.parse(canonicalJson(value).toString('utf8')), null, 2)}\n`;
