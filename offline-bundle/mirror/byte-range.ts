/** Range requests (RFC 9110 §14). */

/** First and last byte, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * What a `Range` header asks for.
 *
 * @param size bytes of the whole
 * @returns `whole` where the header is absent, malformed, of another unit or asks for several parts: a server may
 *   ignore those (§14.2); `unsatisfiable` where no byte of the part exists
 */
export function parseRange(header: string | undefined, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  // A server may ignore any range (§14.2), and clients probe by the first byte what may be empty (huggingface.js).
  if (size === 0) return 'whole';
  const match = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header ?? '');
  const [, from = '', to = ''] = match ?? [];
  if (match === null || (from === '' && to === '')) return 'whole';
  if (from === '') {
    const length = Math.min(Number(to), size);
    return length === 0 ? 'unsatisfiable' : { first: size - length, last: size - 1 };
  }
  const first = Number(from);
  if (to !== '' && Number(to) < first) return 'whole'; // an invalid range (§14.1.1)
  if (first >= size) return 'unsatisfiable';
  return { first, last: to === '' ? size - 1 : Math.min(Number(to), size - 1) };
}

const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');

/** Whether an `If-None-Match` list names this entity tag (§13.1.2, weak comparison). */
export const matchesNone = (header: string | undefined, etag: string): boolean =>
  header !== undefined && (header.trim() === '*' || header.split(',').some((tag) => opaque(tag) === etag));

/** Whether `If-Range` lets the range stand: absent, or this very entity tag (§13.1.5); dates are not known here. */
export const rangeStands = (header: string | undefined, etag: string): boolean =>
  header === undefined || header.trim() === etag;
