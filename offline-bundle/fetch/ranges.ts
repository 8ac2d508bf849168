/** Reading large bodies: from an offset by Range, and on from where a connection broke. */
import { AirlockError, badInput, environmentFailed } from '../../core/errors';
import { type Headers, type HttpClient, type HttpResponse, shownUrl } from './http';
import type { OpenSource } from './source-reader';

/** Opens a body at an offset. */
export type OpenAt = (offset: number) => Promise<OpenSource>;

/** First byte of a `Content-Range: bytes 5-9/10` header (RFC 9110 §14.4). */
export const contentRangeStart = (value: string | undefined): number | undefined => {
  const text = /^bytes (\d{1,16})-\d{1,16}\/(?:\d{1,16}|\*)$/.exec(value?.trim() ?? '')?.[1];
  return text === undefined ? undefined : Number(text);
};

/** Sends one GET with these headers added to whatever the protocol needs. */
export type SendWith = (headers: Headers) => Promise<HttpResponse>;

/**
 * Asks for a body from an offset on. A server that ignores the wish, or has no such range, gives the body from its start.
 *
 * @param judge throws what the protocol has to say about a status or about headers; other statuses than 200 and 206 fail anyway
 * @param end where the wish ends, exclusive; the end of the body by default
 */
export async function openRange(
  send: SendWith,
  offset: number,
  judge: (response: HttpResponse) => void,
  end?: number,
): Promise<OpenSource> {
  const wish = offset > 0 || end !== undefined;
  const response = await send(wish ? { range: `bytes=${offset}-${end === undefined ? '' : end - 1}` } : {});
  const partial = response.status === 206;
  const misplaced = partial && contentRangeStart(response.headers['content-range']) !== offset;
  if (offset > 0 && (response.status === 416 || misplaced)) {
    await response.body.dump();
    return openRange(send, 0, judge);
  }
  try {
    judge(response);
    if (response.status !== 200 && !partial) throw unexpectedStatus(response);
    if (misplaced)
      throw environmentFailed(
        'UPSTREAM_ANSWER_INVALID',
        `${shownUrl(response.url)} answers with a part nobody asked for`,
      );
  } catch (error) {
    await response.body.dump();
    throw error;
  }
  return { body: response.body, start: partial ? offset : 0 };
}

/** The error for a status that no protocol rule explains. */
export const unexpectedStatus = (response: { readonly url: URL; readonly status: number }): AirlockError =>
  response.status === 404 || response.status === 410
    ? badInput(
        'UPSTREAM_NOT_FOUND',
        `${shownUrl(response.url)} does not exist (${response.status})`,
        'check the address, or whether the file was moved or withdrawn',
      )
    : environmentFailed(
        response.status === 401 || response.status === 403 ? 'UPSTREAM_ACCESS_DENIED' : 'UPSTREAM_ANSWER_INVALID',
        `${response.url.host} answers ${response.status}: ${shownUrl(response.url)}`,
        response.status === 401 || response.status === 403
          ? 'the address needs credentials or forbids access from here'
          : 'check the address in a browser',
      );

/**
 * The bytes from 0 to the end, reopened at the offset reached whenever the connection breaks.
 *
 * Gives up after as many attempts in a row as the client's policy allows without a single new byte.
 *
 * @throws AirlockError (environment) when it keeps breaking
 */
export async function* readResuming(
  http: HttpClient,
  openAt: OpenAt,
  url: URL,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  let done = 0;
  const persistence = http.persistence();
  for (;;) {
    const before = done;
    const { body, start } = await openAt(done);
    let position = start;
    try {
      for await (const part of body) {
        const fresh = position >= done ? part : part.subarray(Math.min(part.length, done - position));
        position += part.length;
        if (fresh.length === 0) continue;
        done += fresh.length;
        yield fresh;
      }
      return;
    } catch (error) {
      if (error instanceof AirlockError || signal?.aborted === true) throw error;
      if (done > before) persistence.reset();
      await http.backOff(persistence, url, error, signal);
    }
  }
}

/** The first bytes of a stream up to a limit, or all of it. */
export async function readUpTo(stream: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of stream) {
    parts.push(part);
    size += part.length;
    if (size >= limit) break;
  }
  return Buffer.concat(parts).subarray(0, limit);
}
