/** The two JSON forms of the kit: RFC 8785 bytes for digests, indented sorted text for people. */
import canonicalize from 'canonicalize';
import { badInput } from './errors';

/** A value that JSON can hold exactly; undefined members are left out. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * RFC 8785 (JSON Canonicalization Scheme) bytes of a value; digests are taken over these.
 *
 * @throws AirlockError (input) for values that JSON cannot carry exactly (undefined, NaN, infinities).
 */
export function canonicalJson(value: unknown): Buffer {
  const text = canonicalize(value);
  if (text === undefined) throw badInput('VALUE_NOT_JSON', 'the value has no JSON form', 'pass plain JSON data');
  return Buffer.from(text, 'utf8');
}

/** The same value with members in the order of RFC 8785 (section 3.2.3). */
function sorted(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw badInput('VALUE_NOT_JSON', `${value} has no JSON form`, 'pass plain JSON data');
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const members = value as Readonly<Record<string, unknown>> & { readonly toJSON?: unknown };
  if (typeof members.toJSON === 'function') return sorted((value as { toJSON(): unknown }).toJSON());
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(members).sort()) {
    const member = sorted(members[key]);
    // Assigned, it would be the prototype.
    if (key === '__proto__') Object.defineProperty(result, key, { value: member, enumerable: true });
    else result[key] = member;
  }
  return result;
}

/**
 * The same value for review: keys in the order of RFC 8785, two spaces of indentation, a final newline.
 *
 * @throws AirlockError (input) for values that JSON cannot carry exactly (undefined, NaN, infinities).
 */
export function reviewJson(value: unknown): string {
  const text = JSON.stringify(sorted(value), null, 2) as string | undefined;
  if (text === undefined) throw badInput('VALUE_NOT_JSON', 'the value has no JSON form', 'pass plain JSON data');
  return `${text}\n`;
}
