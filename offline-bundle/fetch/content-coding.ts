/** Bodies that a server or a proxy before it compressed although identity was asked for (RFC 9110 §8.4, §12.5.3). */
import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { environmentFailed } from '../../core/errors';
import type { Headers } from './http';

/** A stream of bytes, with `dump()` to let go of it. */
export type HttpBody = AsyncIterable<Uint8Array> & { dump(): Promise<void> };

interface Answer {
  readonly statusCode: number;
  readonly body: Readable & { dump(): Promise<void> };
}

const DECODERS: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * The body as it was before it was compressed. A part of a compressed body is a part of nothing that was asked for.
 *
 * @throws AirlockError (environment) for a coding that is not known, or parts of a compressed body
 */
export function decoded(url: URL, headers: Headers, { statusCode, body }: Answer): HttpBody {
  const coding = (headers['content-encoding'] ?? '').trim().toLowerCase();
  if (coding === '' || coding === 'identity') return body;
  const decoder = DECODERS[coding];
  if (decoder === undefined || statusCode === 206) {
    body.on('error', () => undefined).destroy();
    throw environmentFailed(
      'UPSTREAM_ANSWER_INVALID',
      `${url.host} answers compressed although identity was asked for (Content-Encoding: ${coding}): ${url.protocol}//${url.host}${url.pathname}`,
      'a proxy before it may compress what passes: have it leave this host alone',
    );
  }
  const plain = decoder();
  // What breaks on the way in breaks the way out: whoever reads it sees the error there.
  pipeline(body, plain, () => undefined);
  return Object.assign(plain, {
    dump: (): Promise<void> => {
      plain.destroy();
      body.destroy();
      return Promise.resolve();
    },
  });
}
