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

/** How a body is opened from an offset on. */
export interface OpenOptions extends Wish {
  readonly signal?: AbortSignal | undefined;
}

/** Which part of a body is wanted; bytes. */
export interface Wish {
  /** Where it ends, exclusive. @default - the end of the body */
  readonly end?: number | undefined;
  /** Size of the whole, where it is known. */
  readonly size?: number | undefined;
}

/** Longest part that one request asks for: some stores refuse a GET for more (huggingface/huggingface_hub#4330). Bytes. */
export const MAX_PART_BYTES = 8 * 1024 ** 3;

/** Parts are not made smaller than this. Bytes. */
const MIN_PART_BYTES = 4096;
/** Sends one GET for a part, and says what came; undefined where smaller parts are worth a try. */
type OpenPart = (from: number, end: number | undefined, mayShrink: boolean) => Promise<OpenSource | undefined>;

/**
 * Asks for a body from an offset on. A server that ignores the wish, or has no such range, gives the body from its start. A body
 * larger than {@link MAX_PART_BYTES} comes by several requests, and so does one that the server refuses as a whole.
 *
 * @param judge throws what the protocol has to say about a status or about headers; other statuses than 200 and 206 fail anyway
 */
export async function openRange(
  send: SendWith,
  offset: number,
  judge: (response: HttpResponse) => void,
  { end, size }: Wish = {},
  partBytes = MAX_PART_BYTES,
): Promise<OpenSource> {
  const open: OpenPart = (from, to, mayShrink) => openPart(send, from, judge, to, mayShrink);
  const last = end ?? size;
  const left = last === undefined ? 0 : last - offset;
  let length = partBytes;
  for (;;) {
    const inOne = last === undefined || left <= length;
    const to = inOne ? end : offset + length;
    const first = await open(offset, to, size !== undefined && Math.min(left, length) > MIN_PART_BYTES);
    if (first === undefined) {
      length = Math.max(MIN_PART_BYTES, Math.ceil(Math.min(left, length) / 4));
      continue;
    }
    if (inOne) return first;
    const part = length;
    const next = (from: number): Promise<OpenSource | undefined> => open(from, Math.min(from + part, last), false);
    return { start: first.start, body: inParts(first, last, next) };
  }
}

/** One part after the other, until the last byte, or until one brings nothing new. */
async function* inParts(
  first: OpenSource,
  last: number,
  next: (from: number) => Promise<OpenSource | undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let at = first.start;
  for (let source: OpenSource | undefined = first; source !== undefined; source = await next(at)) {
    const before = at;
    let position = source.start;
    for await (const bytes of source.body) {
      const fresh = bytes.subarray(Math.min(bytes.length, Math.max(0, at - position)));
      position += bytes.length;
      at += fresh.length;
      if (fresh.length > 0) yield fresh;
    }
    if (at >= last || at === before) return;
  }
}

async function openPart(
  send: SendWith,
  offset: number,
  judge: (response: HttpResponse) => void,
  end: number | undefined,
  mayShrink: boolean,
): Promise<OpenSource | undefined> {
  const wish = offset > 0 || (end !== undefined && end > 0);
  const response = await send(wish ? { range: `bytes=${offset}-${end === undefined ? '' : end - 1}` } : {});
  const partial = response.status === 206;
  const misplaced = partial && contentRangeStart(response.headers['content-range']) !== offset;
  if (wish && (response.status === 416 || misplaced)) {
    await response.body.dump();
    return openPart(send, 0, judge, undefined, false);
  }
  // Some stores refuse what is long or has no end, and give the same in parts (huggingface/xet-core#592).
  if (response.status === 400 && mayShrink) {
    await response.body.dump();
    return undefined;
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
