/** Sends a content: whole or a part, straight from the file to the socket. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { matchesNone, parseRange, rangeStands } from './byte-range';
import type { Content } from './content';
import { openContent } from './content-bytes';
import { field, type Fields, setFields } from './fields';
import type { MirrorContext } from './protocol';
import { sendBody } from './send-body';

export interface SendOptions {
  /** Without quotes. @default - the digest */
  readonly etag?: string;
  /** @default - the media type of the content */
  readonly contentType?: string;
  readonly headers?: Fields;
}

/**
 * Answers GET and HEAD for a content: 200, 206, 304 or 416. Never compressed, never redirected: clients take
 * `Content-Length` for the size of the file. A whole blob is hashed while it is sent, and its end is not sent where the
 * hash is wrong: then the connection breaks.
 *
 * @throws DamagedBlobError when the store has lost the blob, or it is known to be wrong; nothing was sent then
 */
export async function sendContent(
  context: MirrorContext,
  request: FastifyRequest,
  reply: FastifyReply,
  content: Content,
  { etag = content.digest, contentType = content.mediaType, headers = {} }: SendOptions = {},
): Promise<void> {
  const bytes = await openContent(context, content);
  const { size } = content;
  try {
    const quoted = `"${etag}"`;
    setFields(reply, {
      ...headers,
      etag: field(quoted),
      'accept-ranges': field('bytes'),
      'content-type': field(contentType),
    });
    if (matchesNone(request.headers['if-none-match'], quoted)) {
      reply.code(304).send();
      return;
    }
    const isGet = request.method === 'GET'; // Range is defined for GET alone (RFC 9110 §14.2)
    const { range: part, 'if-range': condition } = request.headers;
    const wanted = isGet && rangeStands(condition?.toString(), quoted) ? part : undefined;
    const range = parseRange(wanted, size);
    if (range === 'unsatisfiable') {
      setFields(reply, { 'content-range': field(`bytes */${size}`), 'content-length': field(0) })
        .code(416)
        .send();
      return;
    }
    const { first, last } = range === 'whole' ? { first: 0, last: size - 1 } : range;
    if (range !== 'whole') setFields(reply, { 'content-range': field(`bytes ${first}-${last}/${size}`) }).code(206);
    setFields(reply, { 'content-length': field(last - first + 1) });
    if (!isGet || size === 0) {
      reply.send();
      return;
    }
    await sendBody(reply, bytes.chunks(first, last));
  } finally {
    await bytes.close();
  }
}
