/** Header fields of answers: their values may quote a request or a bundle. */
import type { FastifyReply } from 'fastify';
import { visible } from '../../core/visible';

declare const FIELD: unique symbol;

/** Visible ASCII, which every field may hold (RFC 9110, section 5.5, "Field Values"). */
export type FieldValue = string & { readonly [FIELD]: true };

/** A value for a field; every other character becomes its code, as {@link visible} writes it. */
export const field = (value: string | number): FieldValue =>
  visible(String(value))
    .replace(/[^ -~]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
    .trim() as FieldValue;

/** Fields by their names in lower case. */
export type Fields = Readonly<Record<string, FieldValue>>;

export const setFields = (reply: FastifyReply, fields: Fields): FastifyReply => reply.headers(fields);

/** Takes an answer out of Fastify's hands, with the status and the fields that were set; its head goes out with the first byte. */
export function takeOver(reply: FastifyReply): void {
  reply.hijack();
  reply.raw.statusCode = reply.statusCode;
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value);
}
